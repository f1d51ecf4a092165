/// Which host of a job a line of the log is of.
public struct LogPlace: Hashable, Sendable, LosslessStringConvertible {
    /// The host's name.
    public var host: String
    /// Its rank among the hosts, or that of a process of an engine.
    public var rank: Int

    /// Makes a place.
    public init(host: String, rank: Int) { (self.host, self.rank) = (host, rank) }

    /// The variable by which a helper of ours learns it.
    static let variable: RawString = "TRAIN_LOG_PLACE"

    /// The variable's value: `algo-1/0`.
    public var description: String { "\(host)/\(rank)" }

    /// Reads the variable's value.
    public init?(_ text: String) {
        guard let slash = text.utf8.lastIndex(of: UInt8(ascii: "/")), let rank = Int(text[text.index(after: slash)...])
        else { return nil }
        self.init(host: String(text[..<slash]), rank: rank)
    }
}

/// One line of the log as JSON: `{"time": …, "level": …, "host": …, "rank": …, "stream": …, "message": …}` in ASCII.
enum LogLine {
    /// Makes a line; bytes that are not UTF-8 are shown as U+FFFD.
    ///
    /// - Parameters:
    ///   - message: What is said.
    ///   - stream: `runtime`, `stdout` or `stderr`.
    ///   - level: The level of a line of the runtime's own.
    ///   - place: The host, once that is known.
    ///   - hasRank: Whether the line is of the rank too; mpirun's own are of none.
    ///   - isPart: Whether the line goes on in the next one.
    ///   - time: When it was said.
    /// - Returns: The line with its end.
    static func json(
        _ message: some Collection<UInt8>,
        stream: String,
        level: String? = nil,
        place: LogPlace?,
        hasRank: Bool = true,
        isPart: Bool = false,
        time: WallTime = .now
    ) -> [UInt8] {
        var line = Array("{\"time\":".utf8) + JSONWriter.bytes(time.json)
        func add(_ name: String, _ value: JSONValue) {
            line += Array(",\"\(name)\":".utf8) + JSONWriter.bytes(value)
        }
        if let level { add("level", .string(level)) }
        if let place {
            add("host", .string(place.host))
            if hasRank { add("rank", .integer(place.rank)) }
        }
        add("stream", .string(stream))
        add("message", .string(String(decoding: message, as: UTF8.self)))
        if isPart { add("partial", .bool(true)) }
        line += Array("}\n".utf8)
        return line
    }

    /// What was said in lines of JSON; what is no such line stays as it is, but for the rest of one that is cut.
    ///
    /// - Parameters:
    ///   - tail: The lines.
    ///   - isCut: Whether the first line may lack its beginning.
    ///   - isTagged: Whether a rank's message gets the `[algo-2:3] ` that its line would have as text.
    /// - Returns: The messages, each with its line end.
    static func messages(_ tail: [UInt8], isCut: Bool = false, isTagged: Bool = false) -> [UInt8] {
        var messages: [UInt8] = []
        var isContinued = false
        for (index, line) in tail.split(separator: 0x0a).enumerated() {
            if let object = try? JSONReader.read(Array(line)).object, let message = object["message"]?.string {
                if isTagged, !isContinued, let host = object["host"]?.string, let rank = object["rank"]?.integer {
                    messages += Array("[\(host):\(rank)] ".utf8)
                }
                messages += Array(message.utf8)
                isContinued = object["partial"] == .bool(true)
                if !isContinued { messages.append(0x0a) }
            } else if index > 0 || !isCut {
                messages += line + [0x0a]
            }
        }
        return messages
    }
}
