import SystemPackage
import TestSupport
import Testing

@testable import ContainerRuntime

#if canImport(Glibc)
import Glibc
#endif

/// A job whose log is looked through by the companion.
@Suite struct MetricsJobTests {
    private static let definitions = #"{"loss": "loss: ([0-9.]+)", "acc": "acc=(\\S+)"}"#

    /// The program begins when the companion is there, unless nobody waits for it: it looks no longer than some seconds for
    /// what a program of a few milliseconds has left.
    private func job(_ program: String, _ definitions: String = definitions, waits: Bool = true) throws -> PromiseJob {
        let companion = "until [ -e \"$ML/output/metrics/metrics.jsonl\" ]; do sleep 0.02; done; "
        let job = try PromiseJob(.subreaper, (waits ? companion : "") + program)
        try job.tree.write("input/config/metric-definition-regex.json", definitions)
        return job
    }

    private func lines(_ job: PromiseJob) throws -> [JSONObject] {
        try (job.tree.read("output/metrics/metrics.jsonl") ?? []).split(separator: 0x0a)
            .map { try #require(try JSONReader.read(Array($0)).object) }
    }

    private func points(_ job: PromiseJob, _ stream: String) throws -> [String] {
        try lines(job).filter { $0["stream"]?.string == stream }
            .map { "\($0["name"]?.string ?? "") \(PythonText.str($0["value"] ?? .null)) \($0["step"]?.integer ?? -1)" }
    }

    @Test func metricsOfBothStreamsAreWrittenAndNoByteIsChanged() throws {
        let job = try job(
            "printf 'step 1 loss: 0.50\\rstep 2 loss: 0.25 acc=.5\\nno end loss: 3'; echo 'loss: 0.4' >&2"
        )
        defer { job.tree.remove() }
        let ending = try job.run()
        #expect(ending.status == 0 && ending.isConsistent)
        #expect(ending.result.outputText == "step 1 loss: 0.50\rstep 2 loss: 0.25 acc=.5\nno end loss: 3")
        #expect(ending.errors.contains("\nloss: 0.4\n"))
        #expect(try points(job, "stdout") == ["loss 0.5 1", "loss 0.25 2", "acc 0.5 2", "loss 3 -1"])
        // The digits are the program's.
        #expect(job.tree.text("output/metrics/metrics.jsonl")?.contains("\"value\":0.50,") == true)
        #expect(try points(job, "stderr") == ["loss 0.4 -1"])
        #expect(ending.errors.contains("info: metrics: loss 4, acc 1\n"), "\(ending.errors)")
        #expect(try lines(job).allSatisfy { ($0["time"]?.double ?? 0) > 1.7e9 })
    }

    @Test func whereBothStreamsAreOneFileNoStreamIsNamed() throws {
        let job = try job("echo loss: 1; echo loss: 2 >&2")
        defer { job.tree.remove() }
        let command = job.command()
        let words = ["-c", "exec \"$@\" 2>&1", "sh", command.executable] + command.arguments
        let result = try Command("/bin/sh", words, environment: command.environment).run()
        #expect(result.status == 0)
        let lines = try lines(job)
        #expect(lines.map { $0["value"]?.integer } == [1, 2] && lines.allSatisfy { $0["stream"] == nil })
    }

    @Test func theVariableAddsToThePlatformsFile() throws {
        let job = try job("echo loss: 1 acc=2 mine 3")
        defer { job.tree.remove() }
        let own = #"[{"Name": "mine", "Regex": "mine (\\d)"}, {"Name": "loss", "Regex": "never (\\d)"}]"#
        #expect(try job.run(["TRAIN_METRIC_DEFINITIONS": own]).status == 0)
        #expect(try points(job, "stdout") == ["acc 2 -1", "mine 3 -1"])
    }

    @Test func aFileThatCannotBeUsedIsAWarning() throws {
        let job = try job("echo loss: 1", #"{"loss": 3}"#, waits: false)
        defer { job.tree.remove() }
        let ending = try job.run()
        #expect(ending.status == 0)
        #expect(ending.errors.contains("\"loss\" must be a regex, found none; these metrics are not looked for"))
        #expect(!job.tree.exists("output/metrics/metrics.jsonl"))
    }

    @Test func aUselessVariableIsAConfigurationError() throws {
        let job = try job("true", waits: false)
        defer { job.tree.remove() }
        let ending = try job.run(["TRAIN_METRIC_DEFINITIONS": "loss"])
        #expect(ending.status == 1 && ending.errors.contains("TRAIN_METRIC_DEFINITIONS must be a JSON object"))
    }

    /// Nothing is there of an earlier run, and nothing is made where nothing is asked for.
    @Test(arguments: [("off", definitions), ("json", "{}")])
    func turnedOffNothingIsMade(_ policy: String, _ definitions: String) throws {
        let job = try job("readlink /proc/$$/fd/1 >&2; echo loss: 1; sleep 1.3", definitions, waits: false)
        defer { job.tree.remove() }
        try job.tree.write("output/metrics/metrics.jsonl", "old")
        let ending = try job.run(["TRAIN_METRICS": policy])
        #expect(ending.status == 0 && !job.tree.exists("output/metrics/metrics.jsonl"))
        #expect(job.tree.exists("output/metrics/resources.jsonl") == (policy == "json"))
    }

    /// What the package sagemaker-experiments writes: MetricName, Value, Timestamp, and IterationNumber where there is one.
    @Test func theAgentsDirectoryGetsItsForm() throws {
        let job = try job("echo step 4 loss: 0.5; echo loss: nan; echo loss: 2.")
        defer { job.tree.remove() }
        let directory = job.tree.base.appending("output/metrics/sagemaker")
        #expect(try job.run(["SAGEMAKER_METRICS_DIRECTORY": directory.string]).status == 0)
        let names = DirectoryListing.names(directory)
        #expect(names.count == 1 && names[0].hasSuffix(".json"), "\(names)")
        let text = job.tree.text("output/metrics/sagemaker/\(names.first ?? "")") ?? ""
        let lines = try text.split(separator: "\n").map { try #require(try JSONReader.read(text: String($0)).object) }
        #expect(
            lines.map(\.keys) == [
                ["MetricName", "Value", "Timestamp", "IterationNumber"], ["MetricName", "Value", "Timestamp"],
            ]
        )
        #expect(lines.map { $0["Value"]?.double } == [0.5, 2])
        #expect(lines[0]["IterationNumber"]?.integer == 4 && lines[0]["MetricName"]?.string == "loss")
    }

    @Test(arguments: ["variable", "hyperparameter"])
    func linesForCloudWatchAreWrittenOnRequest(_ way: String) throws {
        let job = try job("echo loss: 0.5; echo loss: 0.25")
        defer { job.tree.remove() }
        var variables = ["TRAINING_JOB_NAME": "digits-7"]
        if way == "variable" { variables["TRAIN_METRICS"] = "emf" }
        let enabled = way == "variable" ? "" : ", \"sagemaker_enable_cloudwatch_metrics\": \"true\""
        try job.hyperparameters("\"sagemaker_program\": \"train.sh\"\(enabled)")
        let ending = try job.run(variables)
        let lines = ending.errors.split(separator: "\n").filter { $0.hasPrefix("{") }
        let objects = try lines.map { try #require(try JSONReader.read(text: String($0)).object) }
        let object = try #require(objects.first)
        let values = objects.flatMap { object in object["loss"].map { $0.array ?? [$0] } ?? [] }
        #expect(values.map { PythonText.str($0) } == ["0.5", "0.25"])
        #expect(object["TrainingJobName"]?.string == "digits-7" && object["Host"]?.string == "algo-1")
        let head = object["_aws"]?.object
        #expect((head?["Timestamp"]?.integer ?? 0) > 1_700_000_000_000)
        let directive = head?["CloudWatchMetrics"]?.array?.first?.object
        #expect(
            directive?.keys.count == 3 && directive?["Dimensions"] == .array([.strings(["TrainingJobName", "Host"])])
        )
    }
}
