import SystemPackage
import TestSupport
import Testing

@testable import ContainerRuntime

/// What each option of `train local` does.
@Suite(.enabled(if: Python.isThere, "python3 is not installed"), .timeLimit(.minutes(60)))
struct LocalOptionTests {
    @Test func wordsBehindTwoDashesGoToTheScriptAsTheyAre() throws {
        let job = try LocalJob(LocalJob.teller)
        defer { job.remove() }
        let words = ["--flag", "a b", "", "$HOME", "--", "naïve\n"]
        let result = try job.run(["train.py", "--hyperparameter", "a=1", "--"] + words)
        let told = try #require(Told(result), "\(result.errorText)")
        #expect(told.arguments == ["-a", "1"] + words)
        #expect(try JSONReader.read(text: told.variables["SM_USER_ARGS"] ?? "") == .strings(["-a", "1"] + words))
    }

    @Test func aJobOfAContainerTakesSuchWordsToo() throws {
        let tree = try JobTree()
        defer { tree.remove() }
        try tree.write("input/config/hyperparameters.json", #"{"a": "1"}"#)
        try tree.write("code/train.py", LocalJob.teller)
        let told = try #require(Told(try tree.train(["run", "--", "--b", "-"]).run()))
        #expect(told.arguments == ["-a", "1", "--b", "-"])
        let plan = try tree.train(["run", "--dry-run", "--", "--b", "-"]).run()
        #expect(plan.outputText.contains("train.py -a 1 --b -\n"), "\(plan.outputText)\(plan.errorText)")
    }

    @Test func hyperparametersOfAFileAreThoseOfAnEstimator() throws {
        let job = try LocalJob(LocalJob.teller)
        defer { job.remove() }
        try job.tree.write("h.json", #"{"epochs": 3, "name": "3", "deep": true, "list": [1, 2], "lr": 0.1}"#)
        let result = try job.run(["train.py", "--hyperparameters", "h.json", "--hyperparameter", "lr=0.5"])
        let told = try #require(Told(result), "\(result.errorText)")
        #expect(told.variables["SM_HPS"] == #"{"deep":true,"epochs":3,"list":[1,2],"lr":0.5,"name":"3"}"#)
    }

    @Test func sourceRequirementsAndDependenciesAreTheProgramsOwn() throws {
        let job = try LocalJob("", named: "unused.py")
        defer { job.remove() }
        try job.tree.write("src/sub/run.py", "import near, far; print(near.x, far.x, open('requirements.txt').read())")
        try job.tree.write("src/sub/near.py", "x = 1")
        try job.tree.write("src/requirements.txt", "no-such-package-of-the-source")
        try job.tree.write("wanted.txt", "# none\n")
        try job.tree.write("lib/far.py", "x = 2")
        for script in ["sub/run.py", "src/sub/run.py", job.tree.base.appending("src/sub/run.py").string] {
            let words = [script, "--source", "src", "--requirements", "wanted.txt", "--dependency", "lib"]
            let result = try job.run(words, environment: ["PYTHONPATH": "/nowhere"])
            #expect(result.outputText == "1 2 # none\n\n", "\(result.errorText)")
        }
    }

    @Test func codeOfElsewhereIsFetchedByTheJobItself() throws {
        let job = try LocalJob("", named: "unused.py")
        defer { job.remove() }
        let nowhere = [
            "AWS_ENDPOINT_URL": "http://127.0.0.1:9", "AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b",
        ]
        let result = try job.run(["sub/run.py", "--source", "s3://bucket/code.tar.gz", "--keep"], environment: nowhere)
        #expect(result.status != 0 && result.errorText.contains("fetching code: s3://bucket/code.tar.gz (sagemaker_"))
        let file = job.tree.read("train-local-1/ml/input/config/hyperparameters.json") ?? []
        let written = try JSONReader.read(file).object
        #expect(written?["sagemaker_submit_directory"] == #""s3://bucket/code.tar.gz""#)
        #expect(written?["sagemaker_program"] == #""sub/run.py""#)
    }

    /// A build without S3 and HTTP has no `train fetch`.
    private static let canFetch: Bool = {
        let help = try? Command(Command.train, ["fetch", "--help"]).run()
        return help?.outputText.contains("Brings code") ?? false
    }()

    @Test(.enabled(if: canFetch, "train was built without fetch"))
    func anArchiveOfElsewhereRuns() throws {
        let job = try LocalJob("", named: "unused.py")
        defer { job.remove() }
        try job.tree.write("src/run.py", "import near; print(near.x)")
        try job.tree.write("src/near.py", "x = 'near'")
        let (base, archive) = (job.tree.base, job.tree.base.appending("code.tar.gz").string)
        let words = ["tar", "czf", archive, "-C", base.appending("src").string, "."]
        try #require(try Command("/usr/bin/env", words).run().status == 0)
        let result = try job.run(["run.py", "--source", "file://\(archive)"])
        #expect(result.outputText == "near\n", "\(result.errorText)")
    }

    @Test func variablesOfAnotherJobAreNotThisOnes() throws {
        let job = try LocalJob(LocalJob.teller)
        defer { job.remove() }
        let outer = [
            "SM_MODEL_DIR": "/elsewhere", "SAGEMAKER_PROGRAM": "other.py", "TRAINING_JOB_ARN": "arn", "MINE": "outer",
        ]
        let words = ["train.py", "--environment", "MINE=a=b", "--environment", "MINE_TOO="]
        let told = try #require(Told(try job.run(words, environment: outer)))
        #expect(told.variables["MINE"] == "a=b" && told.variables["MINE_TOO"] == "")
        #expect(told.variables["SM_MODEL_DIR"] == job.tree.base.appending("train-local-1/ml/model").string)
        #expect(told.variables["TRAINING_JOB_ARN"] == nil && told.variables["SAGEMAKER_PROGRAM"] == nil)
    }

    @Test func aProgramNeedsNoPython() throws {
        let job = try LocalJob("#!/bin/sh\necho \"$0 $*\"; cat \"$SM_CHANNEL_A/x\"\n", named: "go.sh", mode: 0o755)
        defer { job.remove() }
        try job.tree.write("x", "of the channel\n")
        let result = try job.run(["./go.sh", "--channel", "a=x", "--", "b"])
        #expect(result.outputText.hasSuffix(" b\nof the channel\n"), "\(result.outputText)\(result.errorText)")
    }

    @Test func metricsAreFoundAndTheLogIsWhatWasPrinted() throws {
        let script = "import sys\nfor i in range(5): print(f'Loss = {i}.5;')\nsys.stderr.write('to stderr\\n')"
        let job = try LocalJob(script)
        defer { job.remove() }
        let result = try job.run(["train.py", "--metric", "loss=Loss = (.*?);", "--output", "a b/c"])
        #expect(result.status == 0)
        let lines = job.tree.text("a b/c/metrics/metrics.jsonl")?.split(separator: "\n") ?? []
        #expect(lines.count == 5, "\(lines)")
        let log = try #require(job.tree.text("a b/c/job.log"))
        for line in (0..<5).map({ "Loss = \($0).5;" }) + ["to stderr"] { #expect(log.contains("\(line)\n"), "\(log)") }
        #expect(result.outputText == (0..<5).map { "Loss = \($0).5;\n" }.joined(), "stdout is the script's own")
        #expect(result.errorText.contains("  log      a b/c/job.log ("))
        #expect(job.tree.text("a b/c/report.html")?.contains("loss") ?? false)
    }

    @Test func outputDataIsPackedAndAModelOfAFailedJobToo() throws {
        let script = """
            import os
            open(os.environ["SM_MODEL_DIR"] + "/half", "w").write("x")
            open(os.environ["SM_OUTPUT_DATA_DIR"] + "/table", "w").write("x")
            raise ValueError("bad rate")
            """
        let job = try LocalJob(script)
        defer { job.remove() }
        let result = try job.run(["train.py"])
        #expect(result.status == 1)
        let reason = "FailureReason: AlgorithmError: ExecuteUserScriptError: ValueError: bad rate\nExitCode 1\n"
        #expect(result.errorText.contains("train local: Failed after "))
        #expect(result.errorText.contains(reason), "\(result.errorText)")
        #expect(result.errorText.contains("ValueError: bad rate, exit code: 1\n"))
        #expect(try job.names(in: "train-local-1/model.tar.gz") == ["half"])
        #expect(try job.names(in: "train-local-1/output.tar.gz") == ["table"])
        #expect(job.tree.text("train-local-1/failure")?.hasPrefix("ExecuteUserScriptError: ") ?? false)
    }

    @Test func theRunTimeIsLimited() throws {
        let job = try LocalJob("import time; time.sleep(100)")
        defer { job.remove() }
        let result = try job.run(["train.py", "--max-runtime", "500ms"])
        #expect(result.status != 0)
        #expect(result.errorText.contains("FailureReason: AlgorithmError: TimeoutError: "), "\(result.errorText)")
    }
}
