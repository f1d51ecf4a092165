/// What hosts tell each other: one JSON object on one line, 8 KiB at most.
///
/// | type | from | what it means |
/// |---|---|---|
/// | `hello` | all, first | who is speaking, and its keys for ssh |
/// | `ready` | members | the leader may start processes here |
/// | `beat` | all | the host lives |
/// | `failed` | members | this host's program ended badly |
/// | `first` | the hub | this is the job's first failure: end |
/// | `ended` | all | this host's program ended with 0 |
enum PeerMessage: Hashable, Sendable {
    case hello(PeerHello)
    case ready
    case beat
    case failed(PeerFailure)
    case first(PeerFailure)
    case ended

    /// The longest line, its end included, in bytes.
    static let longest = 8_192

    /// The line of the message.
    func line(time: Int) -> [UInt8] {
        var object = JSONObject([("time", .integer(time))])
        switch self {
        case .hello(let hello):
            object["type"] = "hello"
            object["hello"] = .object(hello.object)
        case .ready: object["type"] = "ready"
        case .beat: object["type"] = "beat"
        case .failed(let failure):
            object["type"] = "failed"
            object["failure"] = .object(failure.object)
        case .first(let failure):
            object["type"] = "first"
            object["failure"] = .object(failure.object)
        case .ended: object["type"] = "ended"
        }
        return JSONWriter.bytes(.object(object)) + [UInt8(ascii: "\n")]
    }

    /// Reads a line without its end; nothing where it is no message.
    static func read(_ line: [UInt8]) -> (message: PeerMessage, time: Int)? {
        guard line.count < longest, let object = (try? JSONReader.read(line))?.object,
            let time = object["time"]?.integer, time >= 0, let message = message(object)
        else { return nil }
        return (message, time)
    }

    private static func message(_ object: JSONObject) -> PeerMessage? {
        switch object["type"]?.string {
        case "hello": object["hello"]?.object.flatMap { PeerHello($0) }.map { .hello($0) }
        case "ready": .ready
        case "beat": .beat
        case "failed": object["failure"]?.object.flatMap { PeerFailure($0) }.map { .failed($0) }
        case "first": object["failure"]?.object.flatMap { PeerFailure($0) }.map { .first($0) }
        case "ended": .ended
        default: nil
        }
    }
}

/// What a host says first.
struct PeerHello: Hashable, Sendable {
    /// Its name in the job.
    var host: String
    /// A digest of what all hosts of one job know: another job that uses the same addresses is told apart.
    var job: String
    /// The public key of its sshd, as `ssh-ed25519 AAAA…`.
    var hostKey: String?
    /// The public key that it opens others with.
    var clientKey: String?

    var object: JSONObject {
        var object = JSONObject([("host", .string(host)), ("job", .string(job))])
        if let hostKey { object["host_key"] = .string(hostKey) }
        if let clientKey { object["client_key"] = .string(clientKey) }
        return object
    }

    init(host: String, job: String, hostKey: String? = nil, clientKey: String? = nil) {
        (self.host, self.job, self.hostKey, self.clientKey) = (host, job, hostKey, clientKey)
    }

    init?(_ object: JSONObject) {
        guard let host = object["host"]?.string, let job = object["job"]?.string, host.utf8.count <= 256 else {
            return nil
        }
        self.init(host: host, job: job)
        for (name, path) in [("host_key", \PeerHello.hostKey), ("client_key", \PeerHello.clientKey)] {
            guard let value = object[name] else { continue }
            guard let text = value.string, Self.isKey(text) else { return nil }
            self[keyPath: path] = text
        }
    }

    /// A type and base64, nothing else: it is written into files that ssh reads line by line.
    static func isKey(_ text: String) -> Bool {
        let parts = text.utf8.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
        guard parts.count == 2, text.utf8.count <= 2_048, !parts[0].isEmpty, !parts[1].isEmpty else { return false }
        return parts[0].allSatisfy { $0.isASCIIAlphanumeric || "-.@".utf8.contains($0) }
            && parts[1].allSatisfy { $0.isASCIIAlphanumeric || "+/=".utf8.contains($0) }
    }

    /// The type and the key of a line that ssh-keygen wrote; its comment is nobody's business.
    static func key(ofFile bytes: [UInt8]) -> String? {
        let words = bytes.split { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\n") }
        guard words.count >= 2 else { return nil }
        let text = String(decoding: words[0] + [UInt8(ascii: " ")] + words[1], as: UTF8.self)
        return isKey(text) ? text : nil
    }
}
