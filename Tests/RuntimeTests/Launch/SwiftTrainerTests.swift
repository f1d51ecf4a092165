import SystemPackage
import TestSupport
import Testing

@testable import ContainerRuntime

/// Examples/swift-trainer: a Swift program that is its own runtime, on real data.
@Suite(.timeLimit(.minutes(60)))
struct SwiftTrainerTests {
    private static let root: FilePath = {
        var root = FilePath(#filePath)
        for _ in 0..<4 { root.removeLastComponent() }
        return root
    }()

    private static let trainer = FilePath(Command.train).removingLastComponent().appending("example-swift-trainer")
        .string

    /// The tree of Examples/digits, with the example's schema and other hyperparameters.
    private func tree(_ hyperparameters: String) throws -> JobTree {
        let tree = try JobTree()
        for channel in ["train", "test"] {
            let rows = try readFile(Self.root.appending("Examples/digits/input/data/\(channel)/digits.csv"))
            try tree.write("input/data/\(channel)/digits.csv", rows)
        }
        let schema = try readFile(Self.root.appending("Examples/swift-trainer/hyperparameters.schema.json"))
        try tree.write("code/hyperparameters.schema.json", schema)
        try tree.write("input/config/hyperparameters.json", hyperparameters)
        return tree
    }

    private func command(
        _ tree: JobTree,
        _ arguments: [String] = ["train"],
        _ more: [String: String] = [:]
    ) -> Command {
        var variables = Command.plainEnvironment.merging(more) { $1 }
        variables["SAGEMAKER_BASE_DIR"] = tree.base.string
        return Command(Self.trainer, arguments, environment: variables, limit: 300)
    }

    // Needs Python, which judges the model.
    @Test(.enabled(if: Python.isThere, "python3 is not installed"))
    func itTrainsAndAStrangerJudgesTheModel() throws {
        let tree = try tree(#"{"epochs": "3"}"#)
        defer { tree.remove() }
        let result = try command(tree).run()
        try #require(result.status == 0, "\(result.errorText)")
        #expect(tree.exists("output/success") && !tree.exists("output/failure"))
        let archive = tree.base.appending("output/model.tar.gz").string
        let rows = Self.root.appending("Examples/digits/input/data/test/digits.csv").string
        let program = Self.root.appending("Examples/swift-trainer/evaluate.py").string
        let judged = try Command(Python.path, [program, archive, rows]).run().outputText
        let accuracy = try #require(Double(judged.split(separator: "=").last?.trimmingNewline ?? ""))
        #expect(accuracy > 0.9)
        // What it says of itself is what the stranger finds.
        let own = result.outputText.split(separator: "\n").last { $0.hasPrefix("accuracy=") }
        #expect(own?.hasPrefix(judged.trimmingNewline) ?? false, "\(own ?? "") \(judged)")
    }

    @Test func itGoesOnFromTheNewestCheckpoint() throws {
        let tree = try tree(#"{"epochs": "1"}"#)
        defer { tree.remove() }
        #expect(try command(tree).run().status == 0)
        try tree.write("input/config/hyperparameters.json", #"{"epochs": "2"}"#)
        let lines = try command(tree, []).run().outputText.split(separator: "\n")
        #expect(lines.first == "resumed after epoch 1")
        #expect(lines.filter { $0.hasPrefix("epoch=") }.count == 1)
    }

    /// A network file system that cannot sync: what is saved is not on its disk yet, and that is no reason to end.
    @Test(
        .enabled(if: Faults.canInject, "strace is missing or forbidden"),
        arguments: ["EINVAL", "EOPNOTSUPP", "ENOSYS"]
    )
    func aCheckpointIsSavedWhereNothingCanBeSynced(_ error: String) throws {
        let tree = try tree(#"{"epochs": "1"}"#)
        defer { tree.remove() }
        let part = tree.base.appending("checkpoints/epoch-1.bin.sagemaker-ignore").string
        let words = ["-f", "-qq", "-o", "/dev/null", "-P", part, "-P", tree.base.appending("checkpoints").string]
        let inject = ["-e", "trace=fsync", "-e", "inject=fsync:error=\(error)", Self.trainer, "train"]
        var command = command(tree)
        command.executable = "/usr/bin/env"
        command.arguments = ["strace"] + words + inject
        let result = try command.run()
        #expect(result.status == 0, "\(result.errorText)")
        #expect(tree.exists("checkpoints/epoch-1.bin"))
    }

    @Test func whatTheFunctionThrowsIsTheCause() throws {
        let tree = try tree(#"{"epochs": "2", "learning-rate": "1e30"}"#)
        defer { tree.remove() }
        let result = try command(tree).run()
        // The status that the example's pattern has for it.
        #expect(result.status == 65)
        let failure = try #require(tree.text("output/failure"))
        #expect(failure.hasPrefix("DigitsTrainingError: TrainerError: the loss is infinite in epoch 1;"), "\(failure)")
        #expect(failure.contains("\nA smaller learning-rate makes smaller steps"), "\(failure)")
        #expect(!tree.exists("output/model.tar.gz"))
        _ = try Command("/bin/rm", ["-r", tree.base.appending("input/data/test").string]).run()
        #expect(try command(tree).run().status == 1)
        let text = tree.text("output/failure") ?? ""
        #expect(
            text.hasPrefix(#"DigitsDataError: there is no channel "test"; the channels of this job: train"#),
            "\(text)"
        )
    }

    @Test func aBadHyperparameterNeverReachesTheFunction() throws {
        let tree = try tree(#"{"epochs": "0"}"#)
        defer { tree.remove() }
        let result = try command(tree).run()
        #expect(result.status == 1 && result.output.isEmpty)
        let words =
            #"ConfigurationError: hyperparameter "epochs" must be an integer of at least 1 and at most 1000, found 0"#
        #expect(tree.text("output/failure")?.hasPrefix(words) ?? false)
    }

    @Test func aStopEndsTheFunctionsProcessAndTheFirstOneTells() throws {
        let tree = try tree(#"{"epochs": "1000"}"#)
        defer { tree.remove() }
        let running = try command(tree).start()
        #expect(running.wait { _ in tree.exists("checkpoints/epoch-1.bin") })
        // The first process never runs the function: it has a child for it, with what the program added to the plan.
        let child = try #require(ProcessEntry.descendants(of: running.pid).first)
        let variables = try readFile(FilePath("/proc/\(child.pid)/environ")).split(separator: 0)
        #expect(variables.contains { $0.elementsEqual("MALLOC_ARENA_MAX=1".utf8) })
        running.send(15)
        let result = running.wait()
        #expect(result.status == 143, "\(result.errorText)")
        #expect(
            tree.text("output/failure")?.hasPrefix("StoppedError: stopped by SIGTERM\nSignal SIGTERM (15)") ?? false
        )
    }

    @Test(arguments: ["json", "output"])
    func aReportIsMadeAsOfAScript(_ report: String) throws {
        let tree = try tree(#"{"epochs": "1"}"#)
        defer { tree.remove() }
        let result = try command(tree, [], ["TRAIN_REPORT": report]).run()
        try #require(result.status == 0, "\(tree.text("output/failure") ?? "")\(result.errorText)")
        #expect(tree.exists("output/model.tar.gz") && tree.exists("output/report.html") == (report == "output"))
        let record = try #require(try JSONReader.read(readFile(tree.base.appending("output/report.json"))).object)
        let archive = try #require(record["archives"]?.array?.first?.object)
        #expect(archive["entries"]?.integer ?? 0 > 0 && archive["bytes"]?.integer ?? 0 > 0)
        #expect(record["code"]?.object?["files"]?.integer == 1)
    }

    @Test func theRuntimesLinesAreJSONWhereThatIsAskedFor() throws {
        let tree = try tree(#"{"epochs": "1"}"#)
        defer { tree.remove() }
        let result = try command(tree, [], ["TRAIN_LOG_FORMAT": "json"]).run()
        #expect(result.status == 0 && result.outputText.contains("epoch=1; "), "\(result.outputText)")
        let lines = result.errorText.split(separator: "\n").map { try? JSONReader.read(text: String($0)).object }
        #expect(lines.count > 2 && lines.allSatisfy { $0?["stream"] == "runtime" }, "\(result.errorText)")
        // Its helpers' too.
        #expect(lines.contains { $0?["message"]?.string?.hasPrefix("packed ") == true && $0?["host"] == "algo-1" })
    }

    @Test func theFunctionsLinesAreJSONTooOnRequest() throws {
        let tree = try tree(#"{"epochs": "1"}"#)
        defer { tree.remove() }
        let result = try command(tree, [], ["TRAIN_LOG_FORMAT": "json-all"]).run()
        #expect(result.status == 0, "\(result.errorText)")
        let lines = result.outputText.split(separator: "\n").map { try? JSONReader.read(text: String($0)).object }
        #expect(lines.count > 1 && lines.allSatisfy { $0?["stream"] == "stdout" }, "\(result.outputText)")
        #expect(lines.contains { $0?["message"]?.string?.hasPrefix("epoch=1; ") == true && $0?["host"] == "algo-1" })
        // What it throws is found behind the JSON.
        try tree.write("input/config/hyperparameters.json", #"{"epochs": "2", "learning-rate": "1e30"}"#)
        #expect(try command(tree, [], ["TRAIN_LOG_FORMAT": "json-all"]).run().status == 65)
        let cause = "DigitsTrainingError: TrainerError: the loss is infinite in epoch "
        #expect(tree.text("output/failure")?.hasPrefix(cause) == true, "\(tree.text("output/failure") ?? "")")
    }

    @Test func whyAHelperFailedIsTheCause() throws {
        let tree = try tree(#"{"epochs": "1"}"#)
        defer { tree.remove() }
        #expect(try command(tree, [], ["SOURCE_DATE_EPOCH": "abc"]).run().status == 1)
        let cause = #"PackingError: SOURCE_DATE_EPOCH must be seconds since 1970, found "abc""#
        #expect(tree.text("output/failure")?.hasPrefix("\(cause)\n") == true, "\(tree.text("output/failure") ?? "")")
    }

    @Test func aRuntimeThatIsAroundItAlreadyIsEnough() throws {
        let tree = try tree(#"{"epochs": "1", "sagemaker_program": "trainer"}"#)
        defer { tree.remove() }
        try tree.write("code/trainer", "#!/bin/sh\nexec '\(Self.trainer)' \"$@\"\n", mode: 0o755)
        let result = try tree.train(limit: 300).run()
        #expect(result.status == 0, "\(result.errorText)")
        #expect(result.errorText.ranges(of: "job ended with success").count == 1)
    }

    @Test func aDryRunPrintsThePlanOfTheFunction() throws {
        let tree = try tree("{}")
        defer { tree.remove() }
        let result = try command(tree, ["run", "--dry-run"]).run()
        #expect(result.status == 0, "\(result.errorText)")
        for line in [
            "program     a function of this program", "install     nothing", "variable    SM_HP_EPOCHS=20",
            "variable    MALLOC_ARENA_MAX=1",
        ] { #expect(result.outputText.contains("\(line)\n"), "\(result.outputText)") }
        #expect(!tree.exists("output"))
    }

    @Test func otherArgumentsAreAWrongUse() throws {
        let tree = try tree("{}")
        defer { tree.remove() }
        for words in [["serve"], ["pack"], ["peer", "x"], ["train", "train"]] {
            #expect(try command(tree, words).run().status == 64, "\(words)")
        }
        #expect(!tree.exists("output"))
    }
}

extension StringProtocol {
    fileprivate var trimmingNewline: String { String(filter { $0 != "\n" }) }
}
