import Testing

@testable import ContainerRuntime

@Suite struct MetricDefinitionTests {
    private func read(_ text: String) throws -> [String] {
        try MetricDefinition.read(text: text, source: "file").map { "\($0.name)=\($0.regex)" }
    }

    @Test(
        arguments: [
            ("{}", []), ("null", []),
            (#"{"loss": "loss (.*)", "acc": "acc (.*)"}"#, ["loss=loss (.*)", "acc=acc (.*)"]),
            (#"[{"Name": "loss", "Regex": "l (.*)"}]"#, ["loss=l (.*)"]),
            (#"{"loss": {"Regex": "l (.*)"}}"#, ["loss=l (.*)"]),
            (#"{"MetricDefinitions": [{"Name": "loss", "Regex": "l (.*)"}]}"#, ["loss=l (.*)"]),
            (#"[{"Name": "a", "Regex": "1 (.*)"}, {"Name": "a", "Regex": "2 (.*)"}]"#, ["a=2 (.*)"]),
        ] as [(String, [String])]
    )
    func allFormsThatAreAboutAreRead(_ text: String, _ expected: [String]) throws {
        #expect(try read(text) == expected)
    }

    @Test(
        arguments: [
            (#"{"loss": 3}"#, "file: \"loss\" must be a regex, found none"),
            (#"[{"Regex": "x"}]"#, "file: \"Name\" must be a string, found none"),
            (#""loss""#, "file: an object or a list is expected, found a string"),
            (#"{"": "x"}"#, "file: a name of 1 to 255 characters is expected, found 0"),
            (#"{"a": ""}"#, "file: \"a\" must be a regex of 1 to 500 characters, found 0"),
            ("{", "file: line 1, column 2: "),
        ]
    )
    func whatIsWrongIsNamed(_ text: String, _ expected: String) throws {
        let error = #expect(throws: Failure.self) { try read(text) }
        #expect(error?.description.hasPrefix(expected) == true, "\(error?.description ?? "")")
    }

    /// The platform's limits: 255 and 500 characters, 40 definitions.
    @Test func theLimitsAreThePlatforms() throws {
        let long = String(repeating: "é", count: 255)
        #expect(try MetricDefinition(name: long, regex: String(repeating: "x", count: 500)).name == long)
        #expect(throws: Failure.self) { try MetricDefinition(name: long + "x", regex: "(x)") }
        #expect(throws: Failure.self) { try MetricDefinition(name: "a", regex: String(repeating: "x", count: 501)) }
        let many = (0..<41).map { "\"m\($0)\": \"(x)\"" }
        #expect(try read("{\(many.dropLast().joined(separator: ","))}").count == 40)
        #expect(throws: Failure.self) { try read("{\(many.joined(separator: ","))}") }
    }

    @Test func aDefinitionOfACommandLineIsCutAtTheFirstEqualSign() throws {
        let definition = try MetricDefinition(text: "loss=Loss = (.*?);")
        #expect(definition.name == "loss" && definition.regex == "Loss = (.*?);")
        #expect(throws: Failure.self) { try MetricDefinition(text: "loss") }
    }

    @Test(
        arguments: [
            ("loss (.*", "no regular expression: missing closing parenthesis at offset 8"),
            ("loss", "its regex has no group; put parentheses around the number"),
            (#"\C(.)"#, "no regular expression: "),
            ("(a) (b)", "its regex has 2 groups, the first is the number; (?:…) makes one that does not count"),
        ]
    )
    func aRegexThatCannotDoIsToldAndTheOthersAreLookedFor(_ regex: String, _ expected: String) throws {
        let scanner = MetricScanner([
            try MetricDefinition(name: "bad", regex: regex), try MetricDefinition(name: "good", regex: "loss (.*)"),
        ])
        #expect(scanner.problems.count == 1)
        #expect(scanner.problems.first?.hasPrefix("metric \"bad\": \(expected)") == true, "\(scanner.problems)")
        #expect(MetricReferenceTests.found(Array("loss 5".utf8), scanner) == ["good 5.0"])
    }
}
