import SystemPackage
import TestSupport
import Testing

@testable import ContainerRuntime

#if canImport(Glibc)
import Glibc
#endif

/// The page that every local run leaves, in a real browser.
@Suite(.requires(.chromium), .enabled(if: Python.isThere, "python3 is not installed"), .timeLimit(.minutes(60)))
struct LocalReportTests {
    /// What the browser says of expressions, in a page that is quiet and asks nobody.
    private func open(_ job: LocalJob, _ page: String, _ expressions: [String]) throws -> [String] {
        let file = job.tree.base.appending(page).string
        let result = try Browser.opening(file, expressions.map { .evaluate($0) }).run()
        try #require(result.status == 0, "\(result.errorText)")
        let object = try #require(try JSONReader.read(result.output).object)
        let load = object["load"]?.object?["requests"]?.array ?? []
        #expect(load.compactMap(\.string) == ["file://\(file)"], "it asks nobody")
        #expect(object["console"]?.array?.isEmpty ?? false, "\(object["console"] ?? .null)")
        return (object["results"]?.array ?? []).map { $0.string ?? JSONWriter.text($0) }
    }

    private static let page = "document.querySelector('main, body').innerText"
    private static let charts = "[...document.querySelectorAll('.chart h3')].map(h => h.textContent).join()"
    private static let paths = "String(document.querySelectorAll('.chart .plot path').length > 0)"

    @Test func aRunThatEndedWellHasItsChartsAndItsSteps() throws {
        let job = try LocalJob(
            "import time\nfor i in range(20): print(f'loss={1 / (i + 1)};', flush=True)\ntime.sleep(1.5)"
        )
        defer { job.remove() }
        try job.tree.write("data/rows.csv", "1\n")
        let words = ["train.py", "--channel", "training=data", "--hyperparameter", "api_token=secret7"]
        #expect(try job.run(words + ["--metric", "loss=loss=(.*?);"]).status == 0)
        let answer = try open(job, "train-local-1/report.html", [Self.page, Self.charts, Self.paths])
        for words in ["train.py", "training", "api_token", "******"] {
            #expect(answer[0].contains(words), "\(words): \(answer[0])")
        }
        #expect(!answer[0].contains("secret7"))
        #expect(answer[1].contains("loss") && answer[1].contains("Memory"), "\(answer[1])")
        #expect(answer[2] == "true")
    }

    @Test func aRunThatFailedHasItsCauseAndTheEndOfItsLog() throws {
        let job = try LocalJob("import sys\nprint('on the way', file=sys.stderr)\nraise ValueError('bad rate')")
        defer { job.remove() }
        #expect(try job.run(["train.py"]).status == 1)
        let answer = try open(job, "train-local-1/report.html", [Self.page])
        for words in ["ValueError: bad rate", "on the way", "ExecuteUserScriptError"] {
            #expect(answer[0].contains(words), "\(answer[0])")
        }
    }

    @Test func everyHostHasOneAndSoHasARunThatWasStopped() throws {
        let job = try LocalJob("import time\nprint('ready', flush=True)\ntime.sleep(60)")
        defer { job.remove() }
        let running = try job.command(["train.py", "--hosts", "2"]).start()
        for host in ["algo-1", "algo-2"] {
            try #require(running.wait { $0.outputText.contains("[\(host)] ready") }, "\(running.errorText)")
        }
        running.send(SIGTERM)
        #expect(running.wait().status == 143)
        for host in ["algo-1", "algo-2"] {
            let answer = try open(job, "train-local-1/\(host)/report.html", [Self.page])
            #expect(answer[0].contains(host) && answer[0].lowercased().contains("stopped"))
        }
    }
}
