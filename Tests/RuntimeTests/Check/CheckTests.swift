import SystemPackage
import TestSupport
import Testing

@testable import ContainerRuntime

/// A job's tree that `train check` has nothing against, for a test to put one thing wrong in it.
struct CheckedJob {
    let tree: JobTree

    init(program: String = "import os\n", named name: String = "train.py") throws {
        tree = try JobTree()
        try tree.write("input/config/hyperparameters.json", #"{"sagemaker_program": "\#(name)", "epochs": "3"}"#)
        try tree.write("input/config/inputdataconfig.json", #"{"training": {"TrainingInputMode": "File"}}"#)
        try tree.write("input/config/resourceconfig.json", #"{"current_host": "algo-1", "hosts": ["algo-1"]}"#)
        try tree.write("input/data/training/rows.csv", "1,2\n")
        try tree.write("code/\(name)", program, mode: name.hasSuffix(".py") ? 0o644 : 0o755)
    }

    /// The findings as `severity place problem`, without those about the machine that runs the test.
    func findings(_ entries: [RawString] = [], asksHelp: Bool = false) -> [String] {
        let path = Command.plainEnvironment["PATH"] ?? "/usr/bin:/bin"
        let own: [RawString] = ["SAGEMAKER_BASE_DIR=\(tree.base)", "PATH=\(path)"].compactMap { RawString($0) }
        let check = JobCheck(incoming: EnvironmentVariables(entries: entries + own), asksHelp: asksHelp)
        let base = tree.base.string
        return check.findings
            .filter { $0.place != "/dev/shm" && !$0.problem.contains("MiB left") }
            .map { "\($0.severity.rawValue) \($0.problem)".replacing("\(base)/", with: "") }
    }
}

@Suite(.timeLimit(.minutes(60)))
struct CheckTests {
    private func findings(_ job: CheckedJob, _ entries: [RawString] = []) -> [String] {
        defer { job.tree.remove() }
        return job.findings(entries)
    }

    @Test func aGoodJobIsNotComplainedAbout() throws {
        #expect(findings(try CheckedJob()) == [])
        #expect(findings(try CheckedJob(program: "#!/bin/sh\nexit 0\n", named: "train.sh")) == [])
        #expect(findings(try CheckedJob(program: "#!/usr/bin/env sh\nexit 0\n", named: "train.sh")) == [])
    }

    @Test func allBadFilesAreToldAtOnce() throws {
        let job = try CheckedJob()
        try job.tree.write("input/config/hyperparameters.json", "{")
        try job.tree.write("input/config/resourceconfig.json", "[]")
        try job.tree.write("input/config/inputdataconfig.json", #"{"..": {}}"#)
        let found = findings(job)
        #expect(found.count == 3 && found.allSatisfy { $0.hasPrefix("error input/config/") }, "\(found)")
        #expect(found.contains { $0.contains("hyperparameters.json: line 1, column 2") })
    }

    @Test func aBaseDirectoryThatIsNotThereIsAnError() throws {
        let job = try CheckedJob()
        job.tree.remove()
        #expect(job.findings() == ["error there is no such directory"])
    }

    @Test func aUselessSettingIsAnError() throws {
        let found = findings(try CheckedJob(), ["TRAIN_BOOLEAN_STYLE=maybe"])
        #expect(found == [#"error TRAIN_BOOLEAN_STYLE must be value, flag, yesno or json, found "maybe""#])
    }

    @Test func everyProblemOfTheSchemaIsAFinding() throws {
        let job = try CheckedJob()
        let schema = #"{"properties": {"epochs": {"maximum": 2}}, "required": ["lr"]}"#
        try job.tree.write("code/hyperparameters.schema.json", schema)
        #expect(
            findings(job) == [
                #"error hyperparameter "lr" is missing"#,
                #"error hyperparameter "epochs" must be a number of at most 2, found 3"#,
            ]
        )
    }

    @Test func channelsThatAreAbsentOrEmptyAreWarnings() throws {
        let job = try CheckedJob()
        let config = #"{"training": {}, "test": {}, "empty": {}}"#
        try job.tree.write("input/config/inputdataconfig.json", config)
        try job.tree.makeDirectory("input/data/empty")
        try job.tree.write(
            "input/config/hyperparameters.json",
            #"{"labels": "/opt/ml/input/data/lables/x", "rows": "/opt/ml/input/data/training/rows.csv"}"#
        )
        #expect(
            findings(job) == [
                #"warning channel "test": input/data/test is not there; input/data holds empty, training"#,
                #"warning channel "empty" holds no file"#,
                #"warning hyperparameter "labels" names /opt/ml/input/data/lables/x, which is not there; "#
                    + "the job's channels are training, test, empty",
            ]
        )
    }

    @Test func channelsAndHyperparametersThatOnlyTheCodeNamesAreWarnings() throws {
        let job = try CheckedJob(
            program: """
                import os
                # SM_CHANNEL_COMMENT
                a = os.environ["SM_CHANNEL_TRAINING"], os.environ["SM_HP_EPOCHS"]
                b = os.environ["SM_CHANNEL_TEST"]; c = os.environ.get("SM_HP_LR")
                d = os.environ["SM_CHANNEL_TEST"], os.environ["MY_SM_HP_X"], "SM_HP_"
                """
        )
        #expect(
            findings(job) == [
                "warning asks for SM_CHANNEL_TEST, and the job has no such channel; it has training",
                "warning asks for SM_HP_LR, and the job has no such hyperparameter; it has epochs",
            ]
        )
    }

    @Test func namesThatMeetAndValuesThatAreTooLongAreTold() throws {
        let job = try CheckedJob()
        let long = String(repeating: "x", count: 131_065)
        let text = #"{"lr": "1", "LR": "2", "a=b": "3", "long": "\#(long)"}"#
        try job.tree.write("input/config/hyperparameters.json", text)
        let found = findings(job)
        #expect(found.count == 6, "\(found.map { $0.prefix(100) })")
        #expect(found.contains { $0.hasPrefix(#"warning SM_HP_LR: "lr" and "LR" meet"#) })
        #expect(found.contains { $0.contains(#""a=b": no variable can have this name"#) })
        for name in ["SM_HPS", "SM_HP_LONG", "SM_TRAINING_ENV", "SM_USER_ARGS"] {
            #expect(found.contains { $0.contains("in the file that \(name)_FILE names") })
        }
        let other = try CheckedJob()
        try other.tree.write("input/config/hyperparameters.json", #"{"long": "\#(long)xxxxxxx"}"#)
        #expect(findings(other).first?.hasPrefix(#"error hyperparameter "long": an argument of 131072 bytes"#) ?? false)
    }

    @Test func codeThatIsNotThereYetIsToldWithItsSource() throws {
        for (source, words) in [
            (
                "s3://bucket/code.tar.gz",
                "warning the code comes from here (sagemaker_submit_directory), and no variable"
            ),
            (
                "https://example.org/x.tar.gz",
                "warning the code comes from here (sagemaker_submit_directory); what is in it"
            ),
            (
                "/nonexistent/x.tar.gz",
                "error the code should come from here (sagemaker_submit_directory): no such file"
            ),
            ("ftp://x/y", "error ftp://x/y: no location of code"),
        ] {
            let job = try CheckedJob()
            _ = try Command("/bin/rm", ["-r", job.tree.base.appending("code").string]).run()
            let text = #"{"sagemaker_program": "train.py", "sagemaker_submit_directory": "\#(source)"}"#
            try job.tree.write("input/config/hyperparameters.json", text)
            let found = findings(job)
            #expect(found.count == 1 && found[0].hasPrefix(words), "\(found)")
        }
    }
}
