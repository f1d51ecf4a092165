/// What can keep hosts from talking to each other.
extension Failure.Code {
    /// Names of other hosts did not resolve in time.
    public static func hostsUnresolved(names: [String], words: String, time: String) -> Self {
        Self("hostsUnresolved", .peer) { _ in
            "\(names.listing): no address after \(time) (\(words)); the host did not start, or its name is not known here; "
                + "TRAIN_HOST_TIMEOUT sets how long is waited"
        }
    }

    /// What the hosts need to talk to each other could not be made.
    public static func peersUnprepared(what: String) -> Self {
        Self("peersUnprepared", .runtime) { "\($0): \(what)" }
    }
}
