/// Makes whole lines with host and rank of what mpirun tags piece by piece.
///
/// `mpirun --tag-output` writes `[1,3]<stdout>:` before every piece that a rank wrote, wherever a line ends, so that a line
/// written in three pieces has three tags, and other ranks' pieces in it. Here it is `[algo-2:3] ` and the line.
struct RankTagger: Hashable, Sendable {
    let perHost: Int
    let hosts: [String]
    private var partial: [Int: [UInt8]] = [:]
    private var rank: Int?
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
    mutating func take(_ bytes: some Sequence<UInt8>) -> [UInt8] { take(all: bytes) }

    mutating func take(all bytes: some Sequence<UInt8>) -> [UInt8] {
        var output: [UInt8] = []
        for byte in bytes { take(byte, &output) }
        // Untagged text waits for nothing, unless it may be the beginning of a tag.
        return output
    }

    /// Gives back what is left at the end.
    mutating func finish() -> [UInt8] {
        var output: [UInt8] = []
        let rest = held
        held = []
        for byte in rest { add(byte, &output) }
        for (rank, line) in partial.sorted(by: { $0.key < $1.key }) where !line.isEmpty {
            output += prefix(rank) + line + [UInt8(ascii: "\n")]
        }
        partial = [:]
        return output
    }

    private mutating func take(_ byte: UInt8, _ output: inout [UInt8]) {
        held.append(byte)
        while let first = held.first {
            switch tag(held) {
            case .none:
                held.removeFirst()
                add(first, &output)
            case .partial: return
            case .whole(let number):
                held.removeAll(keepingCapacity: true)
                rank = number
                return
            }
        }
    }

    private mutating func add(_ byte: UInt8, _ output: inout [UInt8]) {
        guard let rank else {
            output.append(byte)
            return
        }
        partial[rank, default: []].append(byte)
        let isEnd = byte == UInt8(ascii: "\n")
        guard isEnd || byte == UInt8(ascii: "\r") || partial[rank, default: []].count >= Self.longestLine else {
            return
        }
        output += prefix(rank) + partial[rank, default: []]
        partial[rank] = []
        if isEnd { self.rank = nil }
    }

    private func prefix(_ rank: Int) -> [UInt8] { Array("[\(host(of: rank)):\(rank)] ".utf8) }

    /// More ranks than the hosts have places are possible: mpirun may be told so.
    private func host(of rank: Int) -> String { rank / perHost < hosts.count ? hosts[rank / perHost] : "?" }

    /// Whose a line is that this has tagged, and how long the tag is.
    func place(of line: [UInt8]) -> (place: LogPlace, length: Int)? {
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
        case whole(rank: Int)
    }

    /// `[JOB,RANK]<stdout>:`, or its beginning.
    private func tag(_ bytes: [UInt8]) -> Tag {
        guard bytes[0] == UInt8(ascii: "["), bytes.count <= Self.longestTag else { return .none }
        var rest = bytes.dropFirst()
        let job = rest.prefix(while: \.isASCIIDigit)
        rest = rest.dropFirst(job.count)
        guard let comma = rest.popFirst() else { return .partial }
        guard comma == UInt8(ascii: ","), !job.isEmpty else { return .none }
        let digits = rest.prefix(while: \.isASCIIDigit)
        rest = rest.dropFirst(digits.count)
        if rest.isEmpty { return .partial }
        guard let rank = String(digits).flatMap({ Int($0) }), isRank(rank) else { return .none }
        for name in ["]<stdout>:", "]<stderr>:", "]<stddiag>:"] {
            let mark = Array(name.utf8)
            if rest.elementsEqual(mark) { return .whole(rank: rank) }
            if rest.count < mark.count, mark.starts(with: rest) { return .partial }
        }
        return .none
    }
}

extension String {
    fileprivate init?(_ bytes: ArraySlice<UInt8>) {
        self.init(validating: bytes, as: UTF8.self)
    }
}
