public import SystemPackage

/// `train metrics LOG`: tries definitions on a log, and tells what matched, how often, and what never did.
public final class MetricTrial {
    private let scanner: MetricScanner
    private var last: [String]
    private var first: [String]
    private var range: [(least: Double, most: Double)?]
    private var dropped = 0

    /// Compiles the definitions.
    public init(_ definitions: [MetricDefinition]) {
        scanner = MetricScanner(definitions)
        last = definitions.map { _ in "" }
        first = last
        range = definitions.map { _ in nil }
    }

    /// Reads a log to its end.
    ///
    /// - Parameters:
    ///   - path: The log, or `-` for standard input.
    ///   - line: Called for every metric with a line of JSON as in output/metrics/metrics.jsonl, `time` left at 0; nil for none.
    /// - Throws: `Failure` with code `configurationUnreadable`.
    public func read(_ path: FilePath, line: (([UInt8]) -> Void)? = nil) throws(Failure) {
        let stream = LogStream()
        let lines = MetricOutput(scanner.definitions)
        do throws(Errno) {
            let file =
                path == "-"
                ? try OwnedDescriptor(duplicating: .standardInput) : try OwnedDescriptor.open(path)
            while true {
                let count = try stream.read(file.borrowed)
                stream.drain(atEnd: count == 0) { text in
                    scanner.scan(text) { index, value, facts in
                        note(index, value)
                        guard let line else { return }
                        var output: [UInt8] = []
                        lines.own(index, value, facts, stream: nil, time: "0", to: &output)
                        line(output)
                    }
                } cut: {
                    scanner.noteCutLine()
                }
                if count == 0 { break }
            }
        } catch {
            throw Failure(.configurationUnreadable, path.string, error)
        }
    }

    /// Whether every definition found a number.
    public var allMatched: Bool { scanner.counts.allSatisfy { $0.found > 0 } }

    /// How many bytes were looked through.
    public var bytes: Int { scanner.bytes }

    /// One line a definition, for people, and what is wrong with them.
    public var report: String {
        var output: [String] = []
        for (index, definition) in scanner.definitions.enumerated() {
            let count = scanner.counts[index]
            var words: [String] = []
            if count.found > 0, let range = range[index] {
                let lines = Amount.count(count.found, "line")
                words.append(
                    "\(lines), first \(first[index]), last \(last[index]), least \(range.least), most \(range.most)"
                )
            } else if count.found == 0 {
                words.append("never")
            }
            if count.notNumbers > 0 { words.append("\(count.notNumbers) lines match and hold no number in the group") }
            if count.givenUp > 0 { words.append("\(count.givenUp) lines need too many steps and are left out") }
            if count.isSpent { words.append("it took too much time and was not looked for to the end") }
            output.append("\(definition.name): \(words.joined(separator: "; "))")
        }
        output += scanner.problems
        if scanner.cutLines > 0 {
            output.append(
                "\(scanner.cutLines) lines are longer than \(MetricScanner.longestLine) bytes and were cut there"
            )
        }
        return output.map { $0 + "\n" }.joined()
    }

    private func note(_ index: Int, _ value: MetricValue) {
        let number = value.double
        let text: String
        switch value {
        case .number(let digits): text = String(decoding: digits, as: UTF8.self)
        case .respelled, .notFinite: text = "\(number)"
        }
        if scanner.counts[index].found == 1 { first[index] = text }
        last[index] = text
        guard let known = range[index] else {
            range[index] = (number, number)
            return
        }
        // A NaN is neither less nor more than anything.
        range[index] = (number < known.least ? number : known.least, number > known.most ? number : known.most)
    }
}
