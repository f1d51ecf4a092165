import ContainerRuntime
import Testing

@Suite struct PythonTextTests {
    @Test(arguments: [
        (0.1, "0.1"), (1.0, "1.0"), (100_000.0, "100000.0"), (1e-5, "1e-05"), (1e-8, "1e-08"), (1e16, "1e+16"),
        (12_345_678_901_234_568.0, "1.2345678901234568e+16"), (-0.0, "-0.0"), (.leastNonzeroMagnitude, "5e-324"),
        (0.0001, "0.0001"),
        (123_456_789_012_345.6, "123456789012345.6"), (1e22, "1e+22"), (9_999_999_999_999_998.0, "9999999999999998.0"),
        (1.5e300, "1.5e+300"), (-2.5, "-2.5"), (1e100, "1e+100"),
    ])
    func floatsAreWrittenAsPythonWritesThem(_ number: Double, _ text: String) {
        #expect(PythonText.repr(number) == text)
    }

    @Test(arguments: [
        ("it's", #""it's""#), (#"say "hi""#, #"'say "hi"'"#), (#"it's "it""#, #"'it\'s "it"'"#),
        ("back\\slash", #"'back\\slash'"#), ("tab\tnl\n\r", #"'tab\tnl\n\r'"#),
        ("\u{1}\u{7f}\u{85}", #"'\x01\x7f\x85'"#),
        ("é日本😀", "'é日本😀'"), ("\u{a0}\u{200b}\u{2028}", #"'\xa0\u200b\u2028'"#), ("\u{e000}", #"'\ue000'"#),
        ("\u{10ffff}", #"'\U0010ffff'"#), ("", "''"), ("e\u{301}", "'e\u{301}'"),
    ])
    func stringsAreWrittenAsPythonWritesThem(_ text: String, _ expected: String) {
        #expect(PythonText.repr(text) == expected)
    }

    @Test(arguments: [("straße", "STRASSE"), ("é", "É"), ("ŉ", "ʼN"), ("canal_ﬁ", "CANAL_FI"), ("İi", "İI")])
    func capitalsArePythons(_ text: String, _ expected: String) {
        #expect(PythonText.upper(text) == expected)
    }

    @Test(.enabled(if: Python.isThere, "needs python3 on the PATH"), .timeLimit(.minutes(60)))
    func pythonAgreesOnTenThousandFloats() throws {
        var random = Deterministic(seed: 1)
        var numbers = (0..<8_000).map { _ in Double(bitPattern: random.next()) }.filter(\.isFinite)
        numbers += (-330...310).map { Double("1e\($0)") ?? 0 }
        numbers += (0..<1_000).map { _ in Double(Int64(bitPattern: random.next()) >> 20) / 1_000 }
        let program = """
            import struct, sys
            for line in sys.stdin: print(repr(struct.unpack('<d', struct.pack('<Q', int(line)))[0]))
            """
        let input = numbers.map { "\($0.bitPattern)\n" }.joined()
        let lines = try String(decoding: Python.output(program, input: Array(input.utf8)), as: UTF8.self)
            .split(separator: "\n")
        #expect(lines.count == numbers.count)
        for (number, line) in zip(numbers, lines) { #expect(PythonText.repr(number) == line) }
    }

    /// Python reads our JSON of random values and writes it again as JSON, `repr` and `str.upper`.
    @Test(.enabled(if: Python.isThere, "needs python3 on the PATH"), .timeLimit(.minutes(60)))
    func pythonAgreesOnThousandsOfValues() throws {
        var random = Deterministic(seed: 2)
        let values = (0..<3_000).map { _ in random.value(depth: 0) }
        let program = """
            import json, sys
            for line in sys.stdin:
                value = json.loads(line)
                print(json.dumps(value, sort_keys=True, separators=(',', ':')))
                print(repr(value))
                print(json.dumps(str(value).upper()))
            """
        let input = values.map { JSONWriter.text($0) + "\n" }.joined()
        let output = try Python.output(program, input: Array(input.utf8))
        let lines = output.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        try #require(lines.count == values.count * 3 + 1)
        for (place, value) in values.enumerated() {
            #expect(JSONWriter.bytes(value) == Array(lines[place * 3]))
            // Python got the keys sorted, since our JSON has them so.
            let sorted = try JSONReader.read(text: JSONWriter.text(value))
            #expect(Array(PythonText.repr(sorted).utf8) == Array(lines[place * 3 + 1]))
            let upper = JSONValue.string(PythonText.upper(PythonText.str(sorted)))
            #expect(JSONWriter.bytes(upper) == Array(lines[place * 3 + 2]))
        }
    }

    /// Texts that are nearly JSON: we take what Python takes and refuse what it refuses.
    @Test(.enabled(if: Python.isThere, "needs python3 on the PATH"), .timeLimit(.minutes(60)))
    func pythonAgreesOnWhatIsJSON() throws {
        var random = Deterministic(seed: 3)
        let texts = (0..<6_000).map { _ in random.damaged(JSONWriter.text(random.value(depth: 1))) }
        let program = """
            import json, sys
            for line in sys.stdin:
                text = bytes.fromhex(line.strip()).decode()
                try: print(json.dumps(json.loads(text), sort_keys=True, separators=(',', ':')))
                except ValueError: print('refused')
            """
        let input = texts.map { $0.utf8.map { Self.hexadecimal($0) }.joined() + "\n" }.joined()
        let lines = try String(decoding: Python.output(program, input: Array(input.utf8)), as: UTF8.self)
            .split(separator: "\n")
        try #require(lines.count == texts.count)
        var refused = 0
        for (text, line) in zip(texts, lines) {
            let answer = (try? JSONReader.read(text: text)).map { JSONWriter.text($0) } ?? "refused"
            // Half a surrogate pair is refused here, and read by Python.
            if answer == "refused", line.contains("\\ud") { continue }
            #expect(answer == line, "\(text)")
            if line == "refused" { refused += 1 }
        }
        #expect(refused > 500 && refused < texts.count - 500)
    }

    private static func hexadecimal(_ byte: UInt8) -> String {
        (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }
}
