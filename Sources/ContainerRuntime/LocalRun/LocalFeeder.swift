import SystemPackage

/// What feeds a channel of one host in Pipe mode while the host runs, in a session of its own.
struct LocalFeeder {
    /// The channel's name.
    let channel: String
    private let first: FilePath
    private let helper: LocalHelper

    /// How long the first FIFO may take: a manifest is read whole before.
    static let patience = Duration.seconds(60)

    /// Starts the feeder of a channel, or nothing where it is in File mode.
    ///
    /// - Throws: `Failure` with code `spawnFailed`.
    init?(
        _ channel: LocalChannel,
        _ tree: LocalTree,
        _ output: LocalOutput,
        _ supervisor: Supervisor
    ) throws(Failure) {
        guard let feed = channel.feed else { return nil }
        self.channel = channel.name
        let tag = tree.request.hosts.count > 1 ? "\(tree.host) feeder \(channel.name)" : "feeder \(channel.name)"
        let place = tree.paths.channel(channel.name)
        first = tree.paths.channel("\(channel.name)_0")
        helper = try LocalHelper(.feed(feed.feeder(of: channel.path, to: place)), tag, output, supervisor)
    }

    /// Whether the FIFO of the first epoch is there.
    var isReady: Bool { (try? FileStatus(link: first))?.isPipe ?? false }

    /// The failure where its FIFO did not come.
    var lateness: Failure {
        Failure(.pipeMissing(waited: Self.patience.inSeconds, there: "its feeder still runs"), first.string)
    }

    /// Whether it ended before it was told to.
    func hasEnded(_ supervisor: Supervisor) -> Bool { supervisor.wait(for: helper.companion, atMost: .zero) }

    /// Whether it ended by an error of its own, be it at the moment at which it was told to end.
    var hasFailed: Bool {
        if case .exited? = helper.companion.ending { true } else { false }
    }

    /// Why it ended.
    func words(_ output: LocalOutput) -> String { helper.words(output) }
}
