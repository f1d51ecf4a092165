import SystemPackage
import TestSupport
import Testing

@testable import ContainerRuntime

#if canImport(Glibc)
import Glibc
#endif

/// What a job writes of itself: `report.json`.
@Suite(.timeLimit(.minutes(60))) struct RunRecordTests {
    private func record(_ job: PromiseJob, _ path: String = "output/report.json") throws -> JSONObject {
        let bytes = try #require(job.tree.read(path), "there is no \(path)")
        return try #require(try JSONReader.read(bytes).object)
    }

    /// A program that ends only after the companion has found out all; a shorter one may be told without.
    private static let patient = """
        #!/bin/sh
        until grep -q channels "$(dirname "$SM_STOP_NOTICE")/facts.json" 2>/dev/null; do sleep 0.05; done

        """

    @Test func aRunThatEndedWellIsToldInFull() throws {
        let job = try PromiseJob(.subreaper, Self.patient + "echo weights > \"$ML/model/w\"; echo done >&2\n")
        defer { job.tree.remove() }
        try job.hyperparameters(
            #""sagemaker_program": "train.sh", "lr": "0.1", "api_key": "verysecret1", "quoted": "\"a\\\"b\"""#
        )
        try job.tree.write("input/data/train/a.csv", "1,2\n")
        try job.tree.write("input/data/train/deep/b.csv", "3\n")
        try job.tree.write("output/report.json", "of an earlier run")
        #expect(try job.run(["TRAIN_REPORT": "json"]).isConsistent)
        let record = try record(job)
        #expect(record["outcome"] == "succeeded")
        #expect(record["exit_code"] == .integer(0))
        #expect(record["failure"] == .null)
        #expect(record["log"] == .strings(["done"]))
        let hyperparameters = try #require(record["hyperparameters"]?.object)
        #expect(hyperparameters["lr"] == "0.1")
        #expect(hyperparameters["api_key"] == "******")
        #expect(hyperparameters["quoted"] == "a\"b")
        let channel = try #require(record["channels"]?.object?["train"]?.object)
        #expect(channel["files"] == .integer(2))
        #expect(channel["bytes"] == .integer(6))
        let steps = (record["steps"]?.array ?? []).compactMap { $0.object?["name"]?.string }
        #expect(steps == ["train.sh", "pack model.tar.gz"])
        let begin = try #require(record["started"]?.double)
        let end = try #require(record["ended"]?.double)
        for step in record["steps"]?.array ?? [] {
            let started = try #require(step.object?["started"]?.double)
            let ended = try #require(step.object?["ended"]?.double)
            #expect(begin <= started && started <= ended && ended <= end + 0.001)
        }
        let archive = try #require(record["archives"]?.array?.first?.object)
        let sum = try Command("/usr/bin/sha256sum", [job.tree.base.appending("output/model.tar.gz").string]).run()
        if PackingSummary.digestIsCheap {
            #expect(archive["sha256"]?.string == sum.outputText.split(separator: " ").first.map(String.init))
        }
        #expect(archive["bytes"]?.integer == job.tree.read("output/model.tar.gz")?.count)
    }

    /// What the schema adds and what was found is in the program's words, and so in the report.
    @Test func theReportTellsWhatTheProgramGot() throws {
        let program = "#!/bin/sh\nprintf '%s\\n' \"$0\" \"$@\" >\"$ML/arguments\"; echo \"$SM_HPS\" >\"$ML/hps\"\n"
        let job = try PromiseJob(.subreaper, program)
        defer { job.tree.remove() }
        try job.hyperparameters(#""lr": "0.1", "optimizer": "adam""#)
        try job.tree.write(
            "code/hyperparameters.schema.json",
            #"{"properties": {"epochs": {"type": "integer", "default": 7}}}"#
        )
        #expect(try job.run(["TRAIN_REPORT": "json"]).isConsistent)
        let record = try record(job)
        let told = try #require(record["hyperparameters"]?.object)
        let got = try #require(try JSONReader.read(job.tree.read("hps") ?? []).object)
        #expect(got["epochs"] == .integer(7))
        #expect(told.keys == got.keys)
        for (key, value) in got { #expect(told[key] == .string(value.string ?? JSONWriter.text(value)), "\(key)") }
        let words = try #require(job.tree.text("arguments")).split(separator: "\n").map(String.init)
        #expect(record["command"] == .string(words.joined(separator: " ")))
        for (key, value) in told {
            let place = try #require(words.firstIndex(of: "--\(key)"))
            #expect(words[place + 1] == value.string, "\(key)")
        }
        #expect(words.count == 1 + 2 * told.count)
        #expect(record["job"]?.object?["entry_point"] == "train.sh")
        #expect(words.first == "./train.sh")
    }

    @Test func aJobThatFailsOnTheWayTellsWhatWasKnownThen() throws {
        let job = try PromiseJob(.subreaper, "exit 0\n")
        defer { job.tree.remove() }
        try job.tree.write("code/startup-hook.sh", "#!/bin/sh\nexit 3\n", mode: 0o755)
        try job.tree.write(
            "code/hyperparameters.schema.json",
            #"{"properties": {"epochs": {"type": "integer", "default": 7}}}"#
        )
        #expect(try job.run(["TRAIN_REPORT": "json"]).status == 3)
        let record = try record(job)
        #expect(record["hyperparameters"]?.object?["epochs"] == "7")
        #expect(record["command"] == nil)
    }

    /// A success that cannot be told is none, and the report of it is replaced.
    @Test func theReportOfASuccessThatCannotBeToldIsReplaced() throws {
        let job = try PromiseJob(.subreaper, "#!/bin/sh\nmkdir \"$ML/output/success\"\n")
        defer { job.tree.remove() }
        #expect(try job.run(["TRAIN_REPORT": "json"]).status == 1)
        #expect(try record(job)["outcome"] == "failed")
        #expect(!job.tree.exists("output/train-report.json"))
    }

    @Test func aFailureIsToldWithItsCauseAndTheEndOfTheLog() throws {
        let program = "import sys\nprint('starting', file=sys.stderr)\nraise ValueError('bad </script> rate')\n"
        let job = try PromiseJob(.subreaper, program, named: "train.py")
        defer { job.tree.remove() }
        #expect(try job.run(["TRAIN_REPORT": "json"]).status == 1)
        let record = try record(job)
        #expect(record["outcome"] == "failed")
        #expect(record["exit_code"] == .integer(1))
        let failure = try #require(record["failure"]?.object)
        #expect(failure["class"] == "ExecuteUserScriptError")
        #expect(failure["cause"] == "ValueError: bad </script> rate")
        #expect(failure["text"]?.string == job.tree.text("output/failure"))
        let log = (record["log"]?.array ?? []).compactMap(\.string)
        #expect(log.first == "starting" && log.last == "ValueError: bad </script> rate")
    }

    @Test func aStopAndABadConfigurationAreTold() throws {
        let job = try PromiseJob(.subreaper, "#!/bin/sh\ntouch \"$ML/ready\"; exec sleep 60\n")
        defer { job.tree.remove() }
        let running = try job.command(["TRAIN_REPORT": "json"]).start()
        #expect(running.wait { _ in job.tree.exists("ready") })
        kill(try #require(running.trainPID()), SIGTERM)
        _ = running.wait()
        #expect(try record(job)["outcome"] == "stopped")
        try job.tree.write("input/config/hyperparameters.json", "{,}")
        #expect(try job.run(["TRAIN_REPORT": "json"]).status == 1)
        let second = try record(job)
        #expect(second["failure"]?.object?["class"] == "ConfigurationError")
        #expect(second["steps"] == .array([]))
    }

    @Test(arguments: [
        ("none", []), ("json", ["output/report.json"]), ("output", ["output/report.html", "output/report.json"]),
        ("data", ["output/data/report.html", "output/data/report.json"]),
    ])
    func theSettingSaysWhatIsLeftAndWhere(_ setting: String, _ expected: [String]) throws {
        let job = try PromiseJob(.subreaper, "#!/bin/sh\nexit 0\n")
        defer { job.tree.remove() }
        let ending = try job.run(["TRAIN_REPORT": setting])
        #expect(ending.isConsistent, "\(ending.errors)")
        let names = ["report.html", "report.json"]
        let found = (names.map { "output/data/\($0)" } + names.map { "output/\($0)" }).filter { job.tree.exists($0) }
        #expect(found == expected)
        let packed = try Command("/bin/tar", ["-tzf", job.tree.base.appending("output/output.tar.gz").string]).run()
        #expect(packed.outputText == (setting == "data" ? "report.html\nreport.json\n" : ""))
    }

    @Test func aReportThatTheProgramWroteIsKept() throws {
        let job = try PromiseJob(.subreaper, "#!/bin/sh\necho mine > \"$ML/output/report.json\"\n")
        defer { job.tree.remove() }
        let ending = try job.run(["TRAIN_REPORT": "json"])
        #expect(ending.isConsistent)
        #expect(job.tree.text("output/report.json") == "mine\n")
        #expect(try record(job, "output/train-report.json")["outcome"] == "succeeded")
        #expect(ending.errors.contains("the program wrote it, and it is kept"))
    }

    /// Nothing about the report is worth the outcome of a job.
    @Test func aReportThatCannotBeWrittenIsAWarning() throws {
        let job = try PromiseJob(.subreaper, "#!/bin/sh\nmkdir -p \"$ML/output/report.json/x\"\n")
        defer { job.tree.remove() }
        // A directory in its place, old enough to be no file that the program wrote.
        try job.tree.makeDirectory("output/report.json/x")
        let ending = try job.run(["TRAIN_REPORT": "output"])
        #expect(ending.isConsistent)
        #expect(ending.errors.contains("warning") && ending.errors.contains("report.json"))
    }

    @Test func aProgramThatIsFasterThanTheCountIsNotWaitedForLong() throws {
        let job = try PromiseJob(.subreaper, "#!/bin/sh\nexit 4\n")
        defer { job.tree.remove() }
        // A code directory that takes longer to read than anybody waits: a sparse file of 2 TB.
        try job.tree.write("code/large", "")
        truncate(job.tree.base.appending("code/large").string, 1 << 41)
        let ending = try job.run(["TRAIN_REPORT": "json"], limit: 25)
        // The companion itself gives up after 30 s: the job waits for it much shorter.
        #expect(ending.status == 4 && !ending.result.timedOut)
        #expect(try record(job)["code"]?.object?["sha256"] == nil)
    }

    @Test func whereTensorBoardLooksIsExportedAndTold() throws {
        let job = try PromiseJob(.subreaper, "#!/bin/sh\necho \"board=$SM_TENSORBOARD_DIR\" >&2\n")
        defer { job.tree.remove() }
        try job.tree.write(
            "input/config/tensorboardoutputconfig.json",
            #"{"LocalPath": "/opt/ml/output/tensorboard", "S3OutputPath": "s3://bucket/board"}"#
        )
        #expect(try job.run(["TRAIN_REPORT": "json"]).errors.contains("board=/opt/ml/output/tensorboard\n"))
        let board = try record(job)["tensorboard"]?.object
        #expect(board?["directory"] == "/opt/ml/output/tensorboard")
        #expect(board?["destination"] == "s3://bucket/board")
        try job.tree.write("input/config/tensorboardoutputconfig.json", "{}")
        #expect(try job.run(["TRAIN_REPORT": "json"]).errors.contains("board=\(job.tree.base)/output/tensorboard\n"))
        try job.tree.write("input/config/tensorboardoutputconfig.json", "[")
        let ending = try job.run(["TRAIN_REPORT": "json"])
        #expect(ending.status == 0 && ending.errors.contains("board=\n"))
    }
}
