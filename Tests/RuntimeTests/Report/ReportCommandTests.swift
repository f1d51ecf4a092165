import SystemPackage
import TestSupport
import Testing

@testable import ContainerRuntime

@Suite(.timeLimit(.minutes(60))) struct ReportCommandTests {
    @Test func thePageIsBesideTheRecordOrWhereItIsAskedFor() throws {
        let run = try SampleRun()
        defer { run.tree.remove() }
        #expect(try run.makePage().status == 0)
        #expect(run.tree.exists("output/report.html"))
        let record = run.tree.base.appending("output/report.json").string
        #expect(try run.tree.train(["report", record, "--output", "\(run.tree.base)/p.html"]).run().status == 0)
        #expect(run.tree.read("p.html") == run.tree.read("output/report.html"))
        #expect(try run.tree.train(["report", "-o", "-"]).run().output == run.tree.read("p.html"))
        var bare = run.tree.train(["report", record, "--output", "bare.html"])
        bare.workingDirectory = run.tree.base.string
        #expect(try bare.run().status == 0)
        #expect(run.tree.exists("bare.html"))
    }

    @Test func aPageThatCannotBeWrittenIsAFailure() throws {
        let run = try SampleRun()
        defer { run.tree.remove() }
        var command = run.tree.train(["report", "-o", "-"])
        command.arguments = ["-c", "exec \"$0\" \"$@\" > /dev/full", command.executable] + command.arguments
        command.executable = "/bin/sh"
        let result = try command.run()
        #expect(result.status == 1, "\(result.errorText)")
        #expect(result.errorText.contains("standard output: No space left on device"))
    }

    @Test(arguments: [
        ("nowhere", "no report of a run is here"), ("empty", "no report of a run is here"),
        ("broken.json", "an object with an outcome is expected"),
    ])
    func whatIsNoReportIsNamed(_ name: String, _ words: String) throws {
        let tree = try JobTree()
        defer { tree.remove() }
        try tree.makeDirectory("empty")
        try tree.write("broken.json", "{\"a\": 1}")
        let result = try tree.train(["report", tree.base.appending(name).string]).run()
        #expect(result.status == 1)
        #expect(result.errorText.contains(words) && result.errorText.contains(name))
    }

    /// Whatever a record holds: a page, or a refusal.
    @Test(arguments: [
        #"{"outcome": "succeeded"}"#, #"{"outcome": "odd", "steps": [1, {}], "job": [], "channels": {"a": 1}}"#,
        #"{"outcome": "failed", "started": 1e300, "ended": -1e300, "exit_code": "x", "archives": [{}], "log": {}}"#,
        #"{"outcome": "failed", "started": NaN, "ended": Infinity, "steps": [{"started": NaN, "ended": 1e308}]}"#,
    ])
    func aStrangeRecordMakesAPageAllTheSame(_ text: String) throws {
        let run = try SampleRun()
        defer { run.tree.remove() }
        try run.addMetrics()
        try run.addResources()
        try run.tree.write("output/report.json", text)
        let result = try run.makePage()
        #expect(result.status == 0, "\(result.errorText)")
        #expect(run.tree.text("output/report.html")?.hasSuffix("</html>\n") == true)
    }

    @Test func thePageSaysWhatItDoesNotShow() throws {
        let run = try SampleRun()
        defer { run.tree.remove() }
        try run.tree.write(
            "output/metrics/metrics.jsonl",
            "junk\n{\"time\":1,\"name\":\"a\",\"value\":NaN,\"step\":3}\n"
        )
        try run.makePage()
        let page = try #require(run.tree.text("output/report.html"))
        #expect(page.contains("metrics.jsonl: 1 lines are no JSON and are left out"))
        #expect(page.contains("1 values are NaN or infinite, the first at step 3"))
    }

    /// RFC 4648, section 10, and the policy's own example: https://www.w3.org/TR/CSP3/#external-hash.
    @Test func base64IsThatOfTheStandard() {
        let words = ["", "f", "fo", "foo", "foob", "fooba", "foobar"]
        let expected = ["", "Zg==", "Zm8=", "Zm9v", "Zm9vYg==", "Zm9vYmE=", "Zm9vYmFy"]
        #expect(words.map { $0.utf8.base64 } == expected)
    }

    @Test(
        arguments: [
            (0.0, "0"), (1, "1"), (-3, "-3"), (0.123456, "0.1235"), (1234.56, "1235"), (1e-5, "1e-05"),
            (-0.5, "−0.5"), (.nan, "NaN"), (.infinity, "∞"), (1e300, "1e+300"), (.leastNonzeroMagnitude, "5e-324"),
        ] as [(Double, String)]
    )
    func numbersHaveFourDigits(_ value: Double, _ expected: String) {
        #expect(Amount.number(value) == expected)
    }

    @Test(
        arguments: [
            (0.04, "0.0 s"), (59.94, "59.9 s"), (61, "1 min 1 s"), (3_600, "1 h 0 min"), (90_061, "1 d 1 h"),
            (-5, "0.0 s"), (.nan, "0.0 s"), (1e300, "11574074 d 1 h"),
        ] as [(Double, String)]
    )
    func timesAreThoseOfPeople(_ seconds: Double, _ expected: String) {
        #expect(Amount.seconds(seconds) == expected)
    }

    @Test func datesAreInUTC() {
        #expect(ReportPage.date(0) == "1970-01-01 00:00:00 UTC")
        #expect(ReportPage.date(1_750_000_000.9) == "2025-06-15 15:06:40 UTC")
    }
}
