/// What makes lines of the bytes of a stream, and forgets nothing.
protocol LineFilter {
    /// Takes bytes and gives back what can be written.
    mutating func take(_ bytes: ArraySlice<UInt8>) -> [UInt8]
    /// Gives back what is left at the end.
    mutating func finish() -> [UInt8]
}

extension RankTagger: LineFilter {
    mutating func take(_ bytes: ArraySlice<UInt8>) -> [UInt8] { take(all: bytes) }
}

/// Makes every line of a program one of JSON, with time, host, rank and stream.
///
/// - A line ends at its line feed, or where a carriage return goes back over it; empty ones of the latter are left out.
/// - A longer line than 16 KiB comes in parts, each but the last marked as one, so that memory stays bounded.
struct JSONLines: LineFilter {
    static let longestLine = 1 << 14

    private let stream: String
    private let place: LogPlace?
    private var ranks: RankTagger?
    private var line: [UInt8] = []
    private var endedInReturn = false
    /// Whose the line is that comes in parts.
    private var rankPlace: LogPlace?
    private var wasPart = false

    /// Makes a filter; with ranks, what mpirun tags is told by its rank's host and number.
    init(stream: String, place: LogPlace?, ranks: RankTagger? = nil) {
        (self.stream, self.place, self.ranks) = (stream, place, ranks)
    }

    mutating func take(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        guard ranks != nil else { return lines(bytes) }
        return lines(ranks?.take(bytes)[...] ?? [])
    }

    mutating func finish() -> [UInt8] {
        let rest = ranks?.finish() ?? []
        return lines(rest[...]) + (line.isEmpty ? [] : end(isPart: false))
    }

    private mutating func lines(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        var output: [UInt8] = []
        var rest = bytes
        while let stop = rest.firstIndex(where: { $0 == 0x0a || $0 == 0x0d }) {
            add(rest[..<stop], &output)
            let isReturn = rest[stop] == 0x0d
            // The line feed behind a carriage return ends nothing more.
            let isRest = !isReturn && endedInReturn && line.isEmpty
            if !line.isEmpty || !isReturn && !isRest { output += end(isPart: false) }
            endedInReturn = isReturn
            rest = rest[(stop + 1)...]
        }
        if !rest.isEmpty { endedInReturn = false }
        add(rest, &output)
        return output
    }

    private mutating func add(_ bytes: ArraySlice<UInt8>, _ output: inout [UInt8]) {
        var rest = bytes
        while line.count + rest.count > Self.longestLine {
            let room = Self.longestLine - line.count
            line += rest.prefix(room)
            rest = rest.dropFirst(room)
            // A character in two parts would be two broken ones.
            let cut = Self.beginOfLastCharacter(line)
            let kept = Array(line[cut...])
            line.removeLast(kept.count)
            output += end(isPart: true)
            line = kept
        }
        line += rest
    }

    private mutating func end(isPart: Bool) -> [UInt8] {
        defer { line.removeAll(keepingCapacity: true) }
        guard let ranks else { return LogLine.json(line, stream: stream, place: place, isPart: isPart) }
        if !wasPart { rankPlace = nil }
        defer { wasPart = isPart }
        var message = line[...]
        if !wasPart, let (place, length) = ranks.place(of: line) {
            rankPlace = place
            message = message.dropFirst(length)
        }
        return LogLine.json(
            message,
            stream: stream,
            place: rankPlace ?? place,
            hasRank: rankPlace != nil,
            isPart: isPart
        )
    }

    /// The place of the last character, where it may go on behind the end; the end where it cannot.
    private static func beginOfLastCharacter(_ bytes: [UInt8]) -> Int {
        for back in 1...3 where back < bytes.count {
            let byte = bytes[bytes.count - back]
            if byte & 0xc0 == 0x80 { continue }
            let length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1
            return length > back ? bytes.count - back : bytes.count
        }
        return bytes.count
    }
}
