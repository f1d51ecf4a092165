/// Who asks: an access key and its secret, kept in memory and nowhere else.
public struct Credentials: Hashable, Sendable {
    /// The key's name.
    public let accessKeyID: String
    /// The secret that signs.
    public let secretAccessKey: String
    /// The token of temporary credentials.
    public let sessionToken: String?
    /// When temporary credentials end.
    public let expiration: Timestamp?

    /// Makes credentials.
    public init(
        accessKeyID: String,
        secretAccessKey: String,
        sessionToken: String? = nil,
        expiration: Timestamp? = nil
    ) {
        self.accessKeyID = accessKeyID
        self.secretAccessKey = secretAccessKey
        self.sessionToken = sessionToken
        self.expiration = expiration
    }

    /// Whether they should be asked for again: five minutes before they end, since a request takes its time.
    public func isStale(at time: Timestamp) -> Bool {
        expiration.map { $0.seconds - time.seconds < 300 } ?? false
    }
}

extension Credentials: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Nothing of them, so that no log can show any.
    public var description: String { "credentials" }
    /// Nothing of them.
    public var debugDescription: String { description }
    /// Nothing of them: `dump` and string interpolation of whatever holds them look here.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
