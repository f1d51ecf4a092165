import CRegex

/// Looks for metrics in whole lines of a log.
///
/// - A line ends with a line feed or a carriage return, so every state of a bar is a line. The first match in it counts.
/// - Lines without the text that every match holds are passed over at the speed of memory.
/// - The work is bounded: 64 KiB of a line, a number of steps for a match, and a budget of time for each definition; one
///   that has spent its budget is not looked for any more.
final class MetricScanner {
    /// What became of one definition.
    struct Count: Equatable {
        /// Lines that gave a number.
        var found = 0
        /// Lines that matched, and what was captured is no number.
        var notNumbers = 0
        /// Lines on which the bound for a match was reached.
        var givenUp = 0
        /// Whether its budget is spent.
        var isSpent = false
    }

    /// A class, so that looking at it copies nothing.
    private final class Search {
        let regex: RegexSearch
        let literal: [UInt8]?
        var nanoseconds = 0

        init(_ regex: RegexSearch, _ literal: [UInt8]?) { (self.regex, self.literal) = (regex, literal) }
    }

    /// How much of a line is looked at.
    static let longestLine = 1 << 16
    /// What each definition may cost: this, and so much for each byte of the log.
    private static let budget = 2_000_000_000
    private static let nanosecondsPerByte = 100
    /// A line that may cost much alone.
    private static let longLine = 1 << 12

    let definitions: [MetricDefinition]
    private(set) var counts: [Count]
    /// Lines that were longer than what is looked at.
    private(set) var cutLines = 0
    /// Bytes that were looked through.
    private(set) var bytes = 0
    /// What is wrong with definitions that cannot be used, or is doubtful.
    let problems: [String]

    private var searches: [Search?]
    /// Where each one may match next.
    private var next: [Int]
    private var watches = false

    /// Compiles the definitions; those that cannot be are left out, with a problem.
    init(_ definitions: [MetricDefinition], usesLiterals: Bool = true) {
        self.definitions = definitions
        counts = definitions.map { _ in Count() }
        var problems: [String] = []
        searches = definitions.map { definition in
            do throws(RegexSearch.Problem) {
                let regex = try RegexSearch(definition.regex)
                if let problem = Self.problem(of: regex) {
                    problems.append("metric \"\(definition.name)\": \(problem)")
                }
                guard regex.groups > 0 else { return nil }
                return Search(regex, usesLiterals ? RequiredLiteral.find(definition.regex) : nil)
            } catch {
                problems.append("metric \"\(definition.name)\": no regular expression: \(error.words)")
                return nil
            }
        }
        self.problems = problems
        next = definitions.map { _ in 0 }
    }

    private static func problem(of regex: RegexSearch) -> String? {
        switch regex.groups {
        case 0: "its regex has no group; put parentheses around the number"
        case 1: nil
        default: "its regex has \(regex.groups) groups, the first is the number; (?:…) makes one that does not count"
        }
    }

    /// Notes a line that is known to be longer than what is looked at.
    func noteCutLine() { cutLines += 1 }

    /// Looks through whole lines.
    ///
    /// - Parameters:
    ///   - text: Lines; the last one may be without its end.
    ///   - found: Called for every metric, line by line, with the definition's place, the number, and what else the line says.
    func scan(_ text: UnsafeBufferPointer<UInt8>, _ found: (Int, MetricValue, LineFacts) -> Void) {
        guard let base = text.baseAddress, !text.isEmpty else { return }
        // Not the clock on the wall: that others run is no fault of a regex.
        let begin = ProcessorTime.ofThread
        for index in searches.indices { advance(index, to: 0, in: text) }
        while true {
            var place = text.count
            for candidate in next where candidate < place { place = candidate }
            guard place < text.count else { break }
            let start = line_start_search(base, place)
            let end = place + line_end_search(base + place, text.count - place)
            if end - start > Self.longestLine { noteCutLine() }
            let line = UnsafeBufferPointer(rebasing: text[start..<min(end, start + Self.longestLine)])
            var facts: LineFacts?
            for index in next.indices where next[index] < end {
                if let value = match(index, line) {
                    let known = facts ?? LineFacts(line)
                    facts = known
                    found(index, value, known)
                }
                advance(index, to: end + 1, in: text)
            }
        }
        bytes += text.count
        // The clock is asked for a match only on long lines, and where a part of the log took much longer than it should.
        let elapsed = ProcessorTime.ofThread - begin
        watches = elapsed > 2_000_000 + text.count * Self.nanosecondsPerByte
    }

    /// Sets where a definition may match next, from a place on.
    private func advance(_ index: Int, to place: Int, in text: UnsafeBufferPointer<UInt8>) {
        guard let search = searches[index], let base = text.baseAddress else {
            next[index] = text.count
            return
        }
        var place = min(place, text.count)
        if let literal = search.literal {
            place += literal_search(base + place, text.count - place, literal, literal.count)
        } else {
            while place < text.count, text[place] == UInt8(ascii: "\n") || text[place] == UInt8(ascii: "\r") {
                place += 1
            }
        }
        next[index] = place
    }

    private func match(_ index: Int, _ line: UnsafeBufferPointer<UInt8>) -> MetricValue? {
        guard let regex = searches[index]?.regex else { return nil }
        let isTimed = watches || line.count > Self.longLine
        let begin = isTimed ? ProcessorTime.ofThread : 0
        defer { if isTimed { charge(index, ProcessorTime.ofThread - begin) } }
        switch regex.first(in: line) {
        case .none: return nil
        case .givenUp: counts[index].givenUp += 1
        case .found(let range):
            if let range, let value = MetricValue(UnsafeBufferPointer(rebasing: line[range])) {
                counts[index].found += 1
                return value
            }
            counts[index].notNumbers += 1
        }
        return nil
    }

    private func charge(_ index: Int, _ nanoseconds: Int) {
        guard let search = searches[index] else { return }
        search.nanoseconds += nanoseconds
        guard search.nanoseconds > Self.budget + bytes * Self.nanosecondsPerByte else { return }
        counts[index].isSpent = true
        searches[index] = nil
    }
}
