import Testing

@testable import ContainerRuntime

@Suite struct FailureReportTests {
    private func report(
        cause: String = "ValueError: bad",
        command: String? = "python3 -- train.py",
        context: [String] = []
    )
        -> FailureReport
    {
        FailureReport(.executeUserScript, cause: cause, ending: "ExitCode 1", command: command, context: context)
    }

    @Test func theCauseStandsInTheFirstLine() {
        let lines = report().text.split(separator: "\n")
        #expect(lines[0] == "ExecuteUserScriptError: ValueError: bad")
        #expect(lines[1] == "ExitCode 1")
        #expect(lines[2] == "Command \"python3 -- train.py\"")
    }

    @Test(arguments: ["x", "é", "😀", "漢字"])
    func itIsNeverLongerThanTheLimitNorCutInACharacter(_ unit: String) {
        let long = String(repeating: unit, count: 20_000)
        let context = (0..<500).map { "\($0) \(unit)\(unit)\(unit)" }
        let text = report(cause: long, command: long, context: context + [long]).text
        #expect(text.utf8.count <= FailureReport.limit)
        #expect(!text.contains("\u{fffd}"))
        #expect(text.hasPrefix("ExecuteUserScriptError: \(unit)"))
        #expect(text.contains("ExitCode 1"))
    }

    @Test func theEndOfTheContextIsKeptAndWholeLinesOnly() {
        let context = (0..<300).map { "line \($0)" }
        let lines = report(context: context).text.split(separator: "\n").map(String.init)
        #expect(lines.last == "line 299")
        #expect(lines.dropFirst(3).allSatisfy { context.contains($0) })
    }

    @Test func aValueOfSeveralLinesCannotPassForLinesOfOurs() {
        let text = report(command: "train.py --x a\nExitCode 0\r\u{7}").text
        #expect(text.contains("--x a\\nExitCode 0\\r"))
        #expect(text.split(separator: "\n").count == 3)
    }

    @Test(arguments: [("abc", 3, "abc"), ("abcd", 3, "…"), ("abcdef", 5, "ab…"), ("ééé", 5, "é…")])
    func textsAreCutAtCharacters(_ text: String, _ limit: Int, _ expected: String) {
        #expect(text.cut(toUTF8: limit) == expected)
        #expect(text.cut(toUTF8: limit).utf8.count <= max(limit, 3))
    }

    /// Wherever the text is cut, nothing of a secret is left over, and the cover does not make it longer.
    @Test func aSecretThatTheCutDividesIsCoveredWhole() throws {
        let secret = "s3cr3tvaluewhoseeverypartmatters"
        let object = try #require(try JSONReader.read(Array("{\"api_key\": \"\(secret)\"}".utf8)).object)
        let mask = SecretMask(hyperparameters: object, variables: EnvironmentVariables(entries: []))
        for width in stride(from: 300, to: 420, by: 7) {
            let filler = String(repeating: "x", count: width)
            let long = "\(filler)\(secret)"
            let whole = report(cause: long, command: long, context: [long, secret, "\(secret) \(secret)"])
            let text = whole.masked(by: mask).text
            #expect(!text.contains("s3cr3t"), "\(text)")
            #expect(text.utf8.count <= FailureReport.limit)
        }
    }

    @Test func aSecretOfSeveralLinesIsCoveredInTheContext() throws {
        let text = #"{"private_key": "first-part\nsecond-part"}"#
        let object = try #require(try JSONReader.read(Array(text.utf8)).object)
        let mask = SecretMask(hyperparameters: object, variables: EnvironmentVariables(entries: []))
        let file = report(context: ["before", "first-part", "second-part", "after"]).masked(by: mask).text
        #expect(!file.contains("-part") && file.contains("before") && file.contains("after"), "\(file)")
    }
}
