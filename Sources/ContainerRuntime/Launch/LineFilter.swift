/// What makes lines of the bytes of a stream, and forgets nothing.
protocol LineFilter {
    /// Takes bytes and gives back what can be written.
    mutating func take(_ bytes: ArraySlice<UInt8>) -> [UInt8]
    /// Gives back what is left at the end.
    mutating func finish() -> [UInt8]
}

extension RankTagger: LineFilter {}

/// Makes every line of a program one of JSON, with time, host, rank and stream.
///
/// - A line ends at its line feed, or where a carriage return goes back over it; empty ones of the latter are left out.
/// - A longer line than 16 KiB comes in parts, each but the last marked as one, so that memory stays bounded.
struct JSONLines: LineFilter {
    private let stream: String
    private let place: LogPlace?
    private var ranks: RankTagger?
    private var lines = LineSplitter(longest: 1 << 14, endsAtReturns: true)
    private var endedInReturn = false
    /// Whose the line is that comes in parts.
    private var rankPlace: LogPlace?
    private var wasPart = false

    /// Makes a filter; with ranks, what mpirun tags is told by its rank's host and number.
    init(stream: String, place: LogPlace?, ranks: RankTagger? = nil) {
        (self.stream, self.place, self.ranks) = (stream, place, ranks)
    }

    mutating func take(_ bytes: ArraySlice<UInt8>) -> [UInt8] { split(ranks?.take(bytes)[...] ?? bytes) }

    private mutating func split(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        var rest = bytes
        var output: [UInt8] = []
        while let line = lines.next(&rest) {
            // The line feed behind a carriage return ends nothing more.
            let isNone = line.bytes.isEmpty && (line.end == .carriageReturn || endedInReturn)
            endedInReturn = line.end == .carriageReturn
            if !isNone { output += json(line.bytes, isPart: line.end == .cut) }
        }
        return output
    }

    mutating func finish() -> [UInt8] {
        split(ranks?.finish()[...] ?? []) + (lines.finish().map { json($0, isPart: false) } ?? [])
    }

    private mutating func json(_ line: ArraySlice<UInt8>, isPart: Bool) -> [UInt8] {
        guard let ranks else { return LogLine.json(line, stream: stream, place: place, isPart: isPart) }
        if !wasPart { rankPlace = nil }
        defer { wasPart = isPart }
        var message = line
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
}
