/// The first thing that went wrong in a job of many hosts, as every host tells it.
public struct PeerFailure: Hashable, Sendable {
    /// What happened.
    public enum Kind: String, Hashable, Sendable {
        /// The host's program ended badly.
        case failed
        /// The host was told to stop.
        case stopped
        /// The host is not heard of any more.
        case vanished
        /// The host never joined.
        case absent
    }

    /// The host that it happened on.
    public var host: String
    /// What happened.
    public var kind: Kind
    /// The rank of the process, where it is known.
    public var rank: Int?
    /// The exit code, where there is one.
    public var exitCode: Int?
    /// The signal's number, where one ended the process.
    public var signal: Int?
    /// The exception, or the last line, or how long was waited.
    public var line: String
    /// When, in milliseconds since 1970, by the clock of the host that tells it.
    public var time: Int
    /// Whether the line speaks of a lost connection: then another host's failure is likely its cause.
    public var isConsequence = false

    /// The longest line that is told, in bytes.
    static let lineLimit = 400

    /// Makes a failure.
    public init(host: String, kind: Kind, line: String, time: Int) {
        self.host = host
        self.kind = kind
        self.line = line.asOneLine.cut(toUTF8: Self.lineLimit)
        self.time = time
    }

    /// The failure in one line, for the failure files of the other hosts.
    public var words: String {
        switch kind {
        case .failed:
            let place = rank.map { "host \(host), rank \($0)" } ?? "host \(host)"
            let ending =
                signal.map { " (\(Signal(rawValue: Int32(truncatingIfNeeded: $0))))" }
                ?? exitCode.map { " (exit code \($0))" } ?? ""
            return "\(place): \(line)\(ending)"
        case .stopped: return "host \(host) was stopped: \(line)"
        case .vanished: return "host \(host) vanished: \(line)"
        case .absent: return "host \(host) never joined: \(line)"
        }
    }

    /// Which of two failures came first: one that is no consequence before one that is, then the earlier.
    func precedes(_ other: PeerFailure) -> Bool {
        guard isConsequence == other.isConsequence else { return !isConsequence }
        return time < other.time
    }

    /// Words of programs that lost another host, in small letters; none of them is anybody's first failure.
    private static let lostConnection = [
        "connection closed by peer", "connection reset", "connection refused", "broken pipe", "socket timeout",
        "disterror", "distnetworkerror", "distbackenderror", "remote process exited", "rendezvousconnectionerror",
        "rendezvousclosederror", "signalexception", "lost communication with", "connection timed out",
        "unhandled system error", "failed to recv", "recvvalue failed", "connection was closed", "store is not ready",
    ]

    /// Whether a line speaks of a lost connection.
    static func speaksOfLostConnection(_ line: String) -> Bool {
        let line = line.lowercased()
        return lostConnection.contains { line.contains($0) }
    }
}

extension PeerFailure {
    /// The failure as JSON.
    var object: JSONObject {
        var object = JSONObject([
            ("host", .string(host)), ("kind", .string(kind.rawValue)), ("line", .string(line)),
            ("time", .integer(time)),
            ("is_consequence", .bool(isConsequence)),
        ])
        for (name, value) in [("rank", rank), ("exit_code", exitCode), ("signal", signal)] {
            if let value { object[name] = .integer(value) }
        }
        return object
    }

    /// Reads a failure; nothing where a field is missing or makes no sense.
    init?(_ object: JSONObject) {
        guard let host = object["host"]?.string, !host.isEmpty, host.utf8.count <= 256, host == host.asOneLine,
            let kind = object["kind"]?.string.flatMap(Kind.init), let line = object["line"]?.string,
            let time = object["time"]?.integer, time >= 0
        else { return nil }
        self.init(host: host, kind: kind, line: line, time: time)
        rank = Self.small(object["rank"])
        exitCode = Self.small(object["exit_code"])
        signal = Self.small(object["signal"])
        isConsequence = object["is_consequence"] == .bool(true)
    }

    private static func small(_ value: JSONValue?) -> Int? {
        value?.integer.flatMap { 0...10_000_000 ~= $0 ? $0 : nil }
    }
}
