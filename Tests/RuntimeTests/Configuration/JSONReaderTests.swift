import Testing

@testable import ContainerRuntime

@Suite struct JSONReaderTests {
    static let wrong: [(text: String, line: Int, column: Int, words: String)] = [
        ("", 1, 1, "a value is expected, found the end"),
        ("{", 1, 2, "a key in double quotation marks or \"}\" is expected, found the end"),
        ("{\n \"a\": 1,\n}", 3, 1, "a key in double quotation marks is expected, found \"}\""),
        ("{\"a\" 1}", 1, 6, "\":\" is expected, found \"1\""),
        ("{\"a\": 1 \"b\"", 1, 9, "\",\" or \"}\" is expected, found a quotation mark"),
        ("{'a': 1}", 1, 2, "a key in double quotation marks or \"}\" is expected, found \"'\""),
        ("[1,]", 1, 4, "a value is expected, found \"]\""),
        ("[1 2]", 1, 4, "\",\" or \"]\" is expected, found \"2\""),
        ("{\"é\": é}", 1, 7, "a value is expected, found \"é\""),
        ("{\"é😀\": x}", 1, 8, "a value is expected, found \"x\""),
        ("{\r\n\"a\": \"b\r\n", 2, 8, "a control character must be escaped in a string, found the byte 0xd"),
        ("\"abc", 1, 5, "a closing quotation mark is expected, found the end"),
        ("\"\\x\"", 1, 3, "one of \" \\ / b f n r t u is expected after a backslash, found \"x\""),
        ("\"\\u12g4\"", 1, 6, "four hexadecimal digits are expected after \\u, found \"g\""),
        ("\"a\\ud800b\"", 1, 3, "a whole character is expected, found the lone surrogate \\ud800"),
        ("\"\\ude00\\ud83d\"", 1, 2, "a whole character is expected, found the lone surrogate \\ude00"),
        ("-", 1, 2, "a digit is expected, found the end"),
        ("01", 1, 2, "the end is expected, found \"1\""),
        ("1.", 1, 2, "the end is expected, found \".\""),
        (".5", 1, 1, "a value is expected, found \".\""),
        ("nul", 1, 1, "a value is expected, found \"n\""),
        ("{} {}", 1, 4, "the end is expected, found \"{\""),
    ]

    @Test(arguments: wrong)
    func aFaultIsNamedWithItsPlace(_ text: String, _ line: Int, _ column: Int, _ words: String) {
        let bytes = Array(text.utf8)
        do throws(JSONProblem) {
            _ = try JSONReader.read(bytes)
            Issue.record("\(text) was read")
        } catch {
            #expect(error.place(in: bytes) == (line, column))
            #expect("\(error.expected.rawValue), found \(error.found)" == words)
        }
    }

    @Test(
        arguments: [
            ([0xff, 0xfe, 0x7b, 0x00], "found UTF-16", 1),
            (Array("{\"x\": \"".utf8) + [0xe9, 0x22, 0x7d], "found the byte 0xe9", 8),
            ([0x22, 0xed, 0xa0, 0x80, 0x22], "found the byte 0xed", 2),
            ([0x22, 0xc0, 0x80, 0x22], "found the byte 0xc0", 2),
            ([0x22, 0xf4, 0x90, 0x80, 0x80, 0x22], "found the byte 0xf4", 2),
            ([0x22, 0xe2, 0x82], "found the byte 0xe2", 2),
        ] as [([UInt8], String, Int)]
    )
    func whatIsNotUTF8IsRefusedByName(_ bytes: [UInt8], _ words: String, _ column: Int) {
        do throws(JSONProblem) {
            _ = try JSONReader.read(bytes)
            Issue.record("it was read")
        } catch {
            #expect("UTF-8 is expected, \(words)" == "\(error.expected.rawValue), found \(error.found)")
            #expect(error.place(in: bytes).column == column)
        }
    }

    @Test func aByteOrderMarkIsSkippedAndNotCounted() throws {
        #expect(try JSONReader.read([0xef, 0xbb, 0xbf] + Array("[1]".utf8)) == .array([.integer(1)]))
        let bytes: [UInt8] = [0xef, 0xbb, 0xbf] + Array("[x".utf8)
        let problem = #expect(throws: JSONProblem.self) { try JSONReader.read(bytes) }
        #expect(problem?.place(in: bytes).column == 2)
    }

    @Test func theLastOfTwoEqualKeysWinsAndKeepsTheFirstPlace() throws {
        let value = try JSONReader.read(text: #"{"b": 1, "a": 2, "b": 3}"#)
        #expect(value.object?.keys == ["b", "a"])
        #expect(value.object?["b"]?.integer == 3)
    }

    @Test(arguments: [3, 40])
    func twoSpellingsOfALetterAreTwoKeys(_ others: Int) throws {
        let more = (0..<others).map { #""k\#($0)": 0"# }.joined(separator: ",")
        let object = try #require(try JSONReader.read(text: #"{"\#u{e9}": 1, \#(more), "e\#u{301}": 2}"#).object)
        #expect(object.count == others + 2)
        #expect(object["\u{e9}"]?.integer == 1)
        #expect(object["e\u{301}"]?.integer == 2)
    }

    @Test(arguments: [1_000, 1_001, 100_000])
    func deepNestingIsRefusedAndNeverOverflowsTheStack(_ depth: Int) {
        for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
            let leaf = open == "[" ? "" : "1"
            let text = String(repeating: open, count: depth) + leaf + String(repeating: close, count: depth)
            if depth <= JSONReader.depthLimit {
                #expect(throws: Never.self) { _ = JSONWriter.text(try JSONReader.read(text: text)) }
            } else {
                let problem = #expect(throws: JSONProblem.self) { try JSONReader.read(text: text) }
                #expect(problem?.expected == .lessDepth)
            }
        }
    }

    @Test func namesOfNumbersAreNumbersAsInPython() throws {
        let value = try JSONReader.read(text: "[NaN, Infinity, -Infinity, 1e400, -0, -0.0]")
        #expect(JSONWriter.text(value) == "[NaN,Infinity,-Infinity,Infinity,0,-0.0]")
        #expect(PythonText.repr(value) == "[nan, inf, -inf, inf, 0, -0.0]")
    }

    @Test func aKeyTakenOutIsGoneAndTheOthersAreFound() {
        var object = JSONObject((0..<20).map { ("k\($0)", .integer($0)) })
        object["k3"] = nil
        #expect(object.count == 19)
        #expect(object["k3"] == nil)
        #expect(object["k19"]?.integer == 19)
    }

    @Test(arguments: 6...11) func keysAreFoundWhetherAnObjectIsSmallOrNot(_ count: Int) throws {
        var object = JSONObject((0..<count).map { ("k\($0)", .integer($0)) })
        object["k1"] = "again"
        object["k0"] = nil
        object["k2"] = nil
        object["k0"] = "new"
        object["k9999"] = nil
        let keys = ["k1"] + (3..<count).map { "k\($0)" } + ["k0"]
        #expect(object.keys == keys)
        for key in keys { #expect(object[key] != nil) }
        #expect(object["k1"] == "again" && object["k0"] == "new" && object["k2"] == nil)
        let upper = object.mapValues { key, _ in .string(key.uppercased()) }
        #expect(upper.keys == keys && upper["k5"] == "K5" && object["k5"]?.integer == 5)
    }
}
