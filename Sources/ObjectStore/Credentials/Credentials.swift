/// Who asks: an access key and its secret, kept in memory and nowhere else.
struct Credentials: Sendable {
    /// The key's name.
    let accessKeyID: String
    /// The secret that signs.
    let secretAccessKey: String
    /// The token of temporary credentials.
    var sessionToken: String?
    /// When temporary credentials end.
    var expiration: Timestamp?

    /// Whether they should be asked for again: five minutes before they end, since a request takes its time.
    func isStale(at time: Timestamp) -> Bool {
        expiration.map { $0.seconds - time.seconds < 300 } ?? false
    }
}

extension Credentials: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Nothing of them, so that no log can show any.
    var description: String { "credentials" }
    /// Nothing of them.
    var debugDescription: String { description }
    /// Nothing of them: `dump` and string interpolation of whatever holds them look here.
    var customMirror: Mirror { Mirror(self, children: []) }
}
