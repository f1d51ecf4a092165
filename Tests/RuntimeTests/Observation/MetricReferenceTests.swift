import SystemPackage
import TestSupport
import Testing

@testable import ContainerRuntime

/// What is found is what Python's `re` finds, line by line.
@Suite struct MetricReferenceTests {
    /// The naive way: every line, every definition, the first match, the first group as a float.
    private static let reference = #"""
        import json, re, sys
        definitions = json.loads(sys.stdin.buffer.readline())
        text = sys.stdin.buffer.read().decode("utf-8", "replace")
        for line in re.split("[\r\n]", text):
            for name, regex in definitions.items():
                match = re.search(regex, line)
                if not match or match.group(1) is None:
                    continue
                try:
                    value = float(match.group(1))
                except ValueError:
                    continue
                print(name, repr(value))
        """#

    private func expected(_ sample: SampleLogs.Sample) throws -> [String] {
        let definitions = JSONObject(sample.definitions.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) })
        let input = JSONWriter.bytes(.object(definitions)) + [0x0a] + Array(sample.text.utf8)
        let output = try Python.output(Self.reference, input: input)
        return String(decoding: output, as: UTF8.self).split(separator: "\n").map(String.init)
    }

    static func definitions(_ sample: SampleLogs.Sample) throws -> [MetricDefinition] {
        try sample.definitions.sorted { $0.key < $1.key }
            .map { pair throws(Failure) in try MetricDefinition(name: pair.key, regex: pair.value) }
    }

    /// What a scanner finds in pieces of those sizes.
    static func found(_ text: [UInt8], _ scanner: MetricScanner, pieces: [Int] = [.max]) -> [String] {
        var found: [String] = []
        let stream = LogStream()
        var place = 0
        var turn = 0
        func drain(_ atEnd: Bool) {
            stream.drain(atEnd: atEnd) { lines in
                scanner.scan(lines) { index, value, _ in
                    found.append("\(scanner.definitions[index].name) \(value.double)")
                }
            } cut: {
                scanner.noteCutLine()
            }
        }
        while place < text.count {
            let size = min(pieces[turn % pieces.count], text.count - place)
            place += text[place..<place + size].withUnsafeBytes { stream.add($0) }
            turn += 1
            drain(false)
        }
        drain(true)
        return found
    }

    @Test(.enabled(if: Python.isThere, "needs python3"), arguments: SampleLogs.all)
    func realLogsGiveWhatPythonFinds(_ sample: SampleLogs.Sample) throws {
        let expected = try expected(sample)
        #expect(!expected.isEmpty)
        let scanner = MetricScanner(try Self.definitions(sample))
        // Python writes 1e-05 and nan as Swift does.
        #expect(Self.found(Array(sample.text.utf8), scanner) == expected)
        // A group that has to be there twice is doubtful, and said so; nothing else is.
        let doubtful = sample.definitions.filter { $0.value.contains("(.|e") }.count
        #expect(scanner.problems.count == doubtful, "\(scanner.problems)")
    }

    @Test(.enabled(if: Python.isThere, "needs python3"), arguments: SampleLogs.all)
    func theCommandFindsTheSame(_ sample: SampleLogs.Sample) throws {
        let options = sample.definitions.sorted { $0.key < $1.key }.flatMap { ["--metric", "\($0.key)=\($0.value)"] }
        let command = Command(Command.train, ["metrics", "-", "--json"] + options, input: Array(sample.text.utf8))
        let result = try command.run()
        let lines = try result.output.split(separator: 0x0a).map { try #require(try JSONReader.read(Array($0)).object) }
        let found = lines.map { line in
            let text = line["text"]?.string ?? line["value"].map { PythonText.str($0) } ?? ""
            return "\(line["name"]?.string ?? "") \(Double(text) ?? -1)"
        }
        #expect(found == (try expected(sample)))
        #expect(result.status == (sample.definitions["never"] == nil ? 0 : 1), "\(result.errorText)")
    }

    @Test(arguments: SampleLogs.all)
    func anyCutOfTheStreamGivesTheSame(_ sample: SampleLogs.Sample) throws {
        let definitions = try Self.definitions(sample)
        let whole = Self.found(Array(sample.text.utf8), MetricScanner(definitions))
        for pieces in [[1], [7], [64, 1, 333], [4096, 13]] {
            #expect(Self.found(Array(sample.text.utf8), MetricScanner(definitions), pieces: pieces) == whole)
        }
    }

    @Test(arguments: SampleLogs.all)
    func theTextsThatMatchesMustHoldChangeNothing(_ sample: SampleLogs.Sample) throws {
        let definitions = try Self.definitions(sample)
        let plain = MetricScanner(definitions, usesLiterals: false)
        #expect(
            Self.found(Array(sample.text.utf8), MetricScanner(definitions))
                == Self.found(Array(sample.text.utf8), plain)
        )
    }
}
