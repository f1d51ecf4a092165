import SystemPackage
import TestSupport
import Testing

@testable import ContainerRuntime

/// `train check` as a command: what it prints, how it ends, and that it leaves the tree alone.
@Suite(.timeLimit(.minutes(60)))
struct CheckCommandTests {
    private func check(_ job: CheckedJob, _ arguments: [String] = []) throws -> Command.Result {
        try job.tree.train(["check"] + arguments).run()
    }

    @Test func theExitCodeSaysWhetherTheJobWouldFail() throws {
        let job = try CheckedJob()
        defer { job.tree.remove() }
        #expect(try check(job).status == 0)
        try job.tree.write("input/config/inputdataconfig.json", #"{"absent": {}}"#)
        let doubtful = try check(job)
        #expect(doubtful.status == 0 && doubtful.outputText.contains("warning  channel \"absent\""))
        try job.tree.write("input/config/hyperparameters.json", "[")
        let failing = try check(job)
        #expect(failing.status == 1 && failing.outputText.hasSuffix(": the job would fail\n"), "\(failing.outputText)")
        for wrong in [["--format", "xml"], ["--grace-period", "soon"], ["--no-such-option"], ["operand"]] {
            #expect(try check(job, wrong).status == 64)
        }
    }

    @Test func theJSONHasSeverityPlaceProblemAndAdvice() throws {
        let job = try CheckedJob(program: "#!/bin/sh\r\n", named: "train.sh")
        defer { job.tree.remove() }
        let result = try check(job, ["--format", "json"])
        #expect(result.status == 1)
        let object = try #require(try JSONReader.read(result.output).object)
        #expect(object["errors"] == .integer(1))
        let findings = try #require(object["findings"]?.array).compactMap(\.object)
        let finding = try #require(findings.first { $0["severity"] == "error" })
        #expect(finding["place"]?.string == job.tree.base.appending("code/train.sh").string)
        #expect(finding["advice"] == "dos2unix train.sh")
        #expect(finding["problem"]?.string?.contains("CRLF") ?? false)
    }

    @Test func nothingIsRunAndNothingIsMade() throws {
        let job = try CheckedJob(program: "#!/bin/sh\ntouch ../ran\n", named: "train.sh")
        defer { job.tree.remove() }
        try job.tree.write("code/requirements.txt", "nonsense ===\n")
        _ = try check(job)
        #expect(!job.tree.exists("ran") && !job.tree.exists("output") && !job.tree.exists("model"))
    }

    @Test func secretsAreCovered() throws {
        let job = try CheckedJob()
        defer { job.tree.remove() }
        let text = #"{"api_key": "s3cr3t-s3cr3t", "x": "/opt/ml/input/data/s3cr3t-s3cr3t"}"#
        try job.tree.write("input/config/hyperparameters.json", text)
        let result = try check(job)
        #expect(result.outputText.contains("******") && !result.outputText.contains("s3cr3t"), "\(result.outputText)")
    }

    @Test func theOptionsOfAScriptAreComparedOnlyWhenThatIsAskedFor() throws {
        let program = """
            import argparse, os
            open("ran", "w").close()
            parser = argparse.ArgumentParser()
            parser.add_argument("--learning-rate", type=float)
            parser.add_argument("-k", "--top")
            parser.add_argument("--model-dir", default=os.environ["SM_MODEL_DIR"])
            parser.parse_args()
            """
        let job = try CheckedJob(program: program)
        defer { job.tree.remove() }
        let text = #"{"learning_rate": "0.1", "learning": "0.1", "k": "-5", "model-dir": "x"}"#
        try job.tree.write("input/config/hyperparameters.json", text)
        #expect(!(try check(job)).outputText.contains("does not take"))
        #expect(!job.tree.exists("code/ran"))
        let asked = try check(job, ["--ask-help"])
        #expect(asked.status == 0)
        #expect(
            asked.outputText.contains(
                "train.py: does not take --learning_rate; it takes --learning-rate, -k, --model-dir"
            ),
            "\(asked.outputText)"
        )
        #expect(asked.outputText.components(of: "does not take") == 1)
        try job.tree.write("code/train.py", "raise SystemExit(3)\n")
        #expect(try check(job, ["--ask-help"]).outputText.contains("did not end with 0 when asked with --help"))
    }
}

extension String {
    /// How often a text is in this one.
    fileprivate func components(of text: String) -> Int { ranges(of: text).count }
}
