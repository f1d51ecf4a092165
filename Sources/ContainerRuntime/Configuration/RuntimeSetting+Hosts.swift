extension RuntimeSetting {
    /// How long other hosts may take to be found and to join.
    public static let hostTimeout = RuntimeSetting(
        variable: "TRAIN_HOST_TIMEOUT",
        option: "--host-timeout",
        defaultText: "600s",
        help: "How long the other hosts may take until their names resolve and they join.",
        expected: DurationText.expected,
        accepts: { DurationText.parse($0) != nil }
    )

    /// The order of the hosts.
    public static let hostOrder = RuntimeSetting(
        variable: "TRAIN_HOST_ORDER",
        option: "--host-order",
        defaultText: "platform",
        help: "The order of the hosts, which decides ranks: platform, or natural with algo-2 before algo-10.",
        expected: "platform or natural",
        accepts: { HostOrder(rawValue: $0) != nil }
    )

    /// The port of the peer channel.
    public static let peerPort = RuntimeSetting(
        variable: "TRAIN_PEER_PORT",
        option: "--peer-port",
        defaultText: "7788",
        help: "The port on which the hosts tell each other of failures; 0 for no such channel.",
        expected: "a port from 0 to 65535",
        accepts: { Int($0).map { 0...65_535 ~= $0 } ?? false }
    )

    /// How long a host may be silent.
    public static let peerTimeout = RuntimeSetting(
        variable: "TRAIN_PEER_TIMEOUT",
        option: "--peer-timeout",
        defaultText: "30s",
        help: "How long a host may be silent before the others end.",
        expected: "\(DurationText.expected), 5 s at least",
        accepts: { (DurationText.parse($0) ?? .zero) >= .seconds(5) }
    )

    /// The command line of a framework's own launcher.
    public static let launchCommand = RuntimeSetting(
        variable: "TRAIN_LAUNCH_COMMAND",
        option: "--launch-command",
        defaultText: "none",
        help: "A launcher's command line with placeholders such as {hosts}, {rank} and {program}.",
        expected: "a command line with the word {program}",
        accepts: { !$0.isEmpty }
    )
}
