/// Makes whole lines with host and rank of what mpirun tags piece by piece.
///
/// `mpirun --tag-output` writes `[1,3]<stdout>:` before every piece that a rank wrote, wherever a line ends, so that a line
/// written in three pieces has three tags, and other ranks' pieces in it. Here it is `[algo-2:3] ` and the line.
struct RankTagger: Hashable, Sendable {
    let perHost: Int
    let hosts: [String]
    /// The lines of the ranks, each of which may have come in part.
    private var lines: [Int: LineSplitter] = [:]
    private var rank: Int?
    /// What may be the beginning of a tag.
    private var held: [UInt8] = []

    /// A longer line is cut, so that memory stays bounded.
    private static let longestLine = 1 << 16
    private static let longestTag = 40
    /// So many ranks are believed in any case.
    private static let leastRanks = 256

    /// Makes a tagger for hosts that run so many processes each.
    init(perHost: Int, hosts: [String]) {
        self.perHost = max(1, perHost)
        self.hosts = hosts
    }

    /// Takes bytes of mpirun's and gives back what can be written.
    mutating func take(_ bytes: some Sequence<UInt8>) -> [UInt8] { take(Array(bytes)[...]) }

    mutating func take(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        var output: [UInt8] = []
        var rest = held.isEmpty ? bytes : held[...] + bytes
        held = []
        while let start = rest.firstIndex(of: UInt8(ascii: "[")) {
            add(rest[..<start], &output)
            rest = rest[start...]
            switch tag(rest) {
            case .none:
                add(rest.prefix(1), &output)
                rest = rest.dropFirst()
            case .partial:
                held = Array(rest)
                return output
            case .whole(let number, let length):
                rank = number
                rest = rest.dropFirst(length)
            }
        }
        add(rest, &output)
        return output
    }

    /// Gives back what is left at the end.
    mutating func finish() -> [UInt8] {
        var output: [UInt8] = []
        add(held[...], &output)
        held = []
        for rank in lines.keys.sorted() {
            if let line = lines[rank]?.finish() { output += prefix(rank) + line + [UInt8(ascii: "\n")] }
        }
        lines = [:]
        return output
    }

    /// Adds bytes to the line of the rank that wrote them; behind its end, and where no rank did, they are text.
    private mutating func add(_ bytes: ArraySlice<UInt8>, _ output: inout [UInt8]) {
        var rest = bytes
        while let rank {
            let splitter = LineSplitter(longest: Self.longestLine, endsAtReturns: true)
            guard let line = lines[rank, default: splitter].next(&rest) else { return }
            output += prefix(rank) + line.bytes + line.end.bytes
            if line.end == .lineFeed { self.rank = nil }
        }
        output += rest
    }

    private func prefix(_ rank: Int) -> [UInt8] { Array("[\(host(of: rank)):\(rank)] ".utf8) }

    /// More ranks than the hosts have places are possible: mpirun may be told so.
    private func host(of rank: Int) -> String { rank / perHost < hosts.count ? hosts[rank / perHost] : "?" }

    /// Whose a line is that this has tagged, and how long the tag is.
    func place(of line: ArraySlice<UInt8>) -> (place: LogPlace, length: Int)? {
        guard line.first == UInt8(ascii: "["), let close = line.prefix(300).firstIndex(of: UInt8(ascii: "]")),
            let colon = line[..<close].lastIndex(of: UInt8(ascii: ":")),
            let rank = String(line[(colon + 1)..<close]).flatMap({ Int($0) }), isRank(rank)
        else { return nil }
        let own = prefix(rank)
        return line.starts(with: own) ? (LogPlace(host: host(of: rank), rank: rank), own.count) : nil
    }

    /// A program can print any number where a rank stands, and each would take memory.
    private func isRank(_ number: Int) -> Bool { number >= 0 && number < max(hosts.count * perHost, Self.leastRanks) }

    private enum Tag: Equatable {
        case none
        case partial
        case whole(rank: Int, length: Int)
    }

    /// `[JOB,RANK]<stdout>:` at the beginning, or the beginning of that.
    private func tag(_ text: ArraySlice<UInt8>) -> Tag {
        var rest = text.prefix(Self.longestTag).dropFirst()
        // What is longer is none.
        let partial = text.count > Self.longestTag ? Tag.none : .partial
        let job = rest.prefix(while: \.isASCIIDigit)
        rest = rest.dropFirst(job.count)
        guard let comma = rest.popFirst() else { return partial }
        guard comma == UInt8(ascii: ","), !job.isEmpty else { return .none }
        let digits = rest.prefix(while: \.isASCIIDigit)
        rest = rest.dropFirst(digits.count)
        if rest.isEmpty { return partial }
        guard let rank = String(digits).flatMap({ Int($0) }), isRank(rank) else { return .none }
        for name in ["]<stdout>:", "]<stderr>:", "]<stddiag>:"] {
            let mark = Array(name.utf8)
            if rest.starts(with: mark) {
                return .whole(rank: rank, length: rest.startIndex - text.startIndex + mark.count)
            }
            if rest.count < mark.count, mark.starts(with: rest) { return partial }
        }
        return .none
    }
}

extension String {
    fileprivate init?(_ bytes: ArraySlice<UInt8>) {
        self.init(validating: bytes, as: UTF8.self)
    }
}
