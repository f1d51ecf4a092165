import SystemPackage
import TestSupport
import Testing

@testable import ContainerRuntime

/// Commands of the pages, typed as they stand there: they do what the page says, and print what it shows.
@Suite(.enabled(if: Python.isThere, "python3 is not installed"), .timeLimit(.minutes(60)))
struct PageRunTests {
    private func command(_ page: String, _ word: String, _ language: String = "sh") throws -> String {
        let blocks = try Page(page).blocks(language) + (language.isEmpty ? Page(page).indented : [])
        return try #require(blocks.first { $0.contains(word) }, "\(page) has no block with \(word)")
    }

    /// The job of docs/authoring.md: a learning rate that its schema refuses, and a channel that is not there.
    private func authoring(_ shell: PageShell) throws {
        try shell.tree.write("code/hyperparameters.schema.json", try command("docs/authoring.md", "lr", "json"))
        let program =
            String(repeating: "\n", count: 11) + "import os, sys; print(os.environ.get('SM_CHANNEL_TEST'), sys.argv)\n"
        try shell.tree.write("code/train.py", program)
        try shell.tree.write("input/data/training/rows.csv", "1\n")
        try shell.tree.write("input/config/inputdataconfig.json", #"{"training": {}}"#)
        try shell.tree.write("input/config/resourceconfig.json", #"{"current_host": "algo-1", "hosts": ["algo-1"]}"#)
        let text = #"{"sagemaker_program": "train.py", "lr": "5", "verbose": "true", "quiet": "false"}"#
        try shell.tree.write(
            "input/config/hyperparameters.json",
            text.replacing(#", "verbose": "true", "quiet": "false""#, with: "")
        )
    }

    @Test func checkPrintsWhatThePageShows() throws {
        let shell = try PageShell()
        defer { shell.tree.remove() }
        try authoring(shell)
        let result = try shell.type(try command("docs/authoring.md", "train check"))
        let shown = try command("docs/authoring.md", "the job would fail", "")
        // What the machine of the test lacks is not the page's matter.
        var lines = result.outputText.split(separator: "\n").map(String.init)
        while let place = lines.firstIndex(where: { $0.contains("/dev/shm") || $0.contains("MiB left") }) {
            lines.removeSubrange(place...(place + 1))
        }
        #expect(result.status == 1)
        #expect(
            lines.dropLast() == shown.split(separator: "\n").dropLast().map(String.init)[...],
            "\(result.outputText)"
        )
        #expect(lines.last?.hasSuffix(": the job would fail") ?? false)
    }

    @Test func booleansHaveTheStyleOfThePage() throws {
        let shell = try PageShell()
        defer { shell.tree.remove() }
        try shell.tree.write("code/train.py", "import sys; print('arguments', *sys.argv[1:])\n")
        let text = #"{"sagemaker_program": "train.py", "verbose": "true", "quiet": "false"}"#
        try shell.tree.write("input/config/hyperparameters.json", text)
        let lines = try command("docs/authoring.md", "--boolean-style").split(separator: "\n").map(String.init)
        #expect(lines.count == 2)
        let told = try shell.type(lines[0])
        #expect(told.outputText.contains(#"SM_USER_ARGS='["--verbose"]'"#), "\(told.outputText)\(told.errorText)")
        #expect(try shell.type(lines[1]).outputText == "arguments --verbose\n")
    }

    @Test func channelsAreFedAsThePageSays() throws {
        let shell = try PageShell()
        defer { shell.tree.remove() }
        let words = try command("docs/authoring.md", "train internal feed").split(separator: "\n").map(String.init)
        try #require(words.count == 2)
        let data =
            "mkdir -p data; echo picture >data/a.jpg; mkdir -p /tmp/ml/input/data\n"
            + "printf '%s\\n' '{\"source-ref\": \"a.jpg\", \"label\": 7}' >data/list.manifest\n"
        for (line, name) in zip(words, ["training", "training"]) {
            // The FIFO of the first epoch is there when the feeder can be read from.
            let lines = """
                \(data)\(line) & feeder=$!
                until [ -p /tmp/ml/input/data/\(name)_0 ]; do kill -0 $feeder; done
                head -c 16 /tmp/ml/input/data/\(name)_0 | tail -c +9; kill $feeder; wait $feeder || true
                """
            let result = try shell.type(lines)
            #expect(result.outputText == "picture\n", "\(result.errorText)")
        }
    }

    @Test func variablesArePrintedAsTheContractSays() throws {
        let shell = try PageShell()
        defer { shell.tree.remove() }
        try shell.tree.write("code/train.py", "")
        try shell.tree.write("input/config/hyperparameters.json", #"{"epochs": "10", "sagemaker_program": "train.py"}"#)
        let lines = try command("docs/contract.md", "train env").split(separator: "\n").map(String.init)
        let forShells = try shell.type("eval \"$(\(lines[0].split(separator: " # ")[0]))\"; echo \"$SM_HP_EPOCHS\"")
        #expect(forShells.outputText == "10\n", "\(forShells.errorText)")
        let object = try #require(try JSONReader.read(try shell.type(lines[1]).output).object)
        #expect(object.keys.sorted() == ["arguments", "entry_point", "environment", "warnings"])
    }

    @Test func metricsAreTriedAsThePageShows() throws {
        let shell = try PageShell()
        defer { shell.tree.remove() }
        let lines = try command("docs/observing.md", "train metrics").split(separator: "\n").map(String.init)
        // 120 lines, and the four numbers that the page shows.
        let values = ["2.3012"] + (0..<117).map { "1.\($0 + 100)" } + ["0.1688", "0.1745"]
        let log = values.map { "Train Loss = \($0);\n" }.joined()
        try shell.tree.write("../job.log", log)
        let result = try shell.type(String(lines[0].dropFirst(2)))
        #expect(result.status == 1 && result.outputText == "\(lines[1])\n\(lines[2])\n", "\(result.outputText)")
        try shell.tree.write("../metric-definition-regex.json", #"{"loss": "Train Loss = (.*?);"}"#)
        let piped = try shell.type(lines[3].replacing("$ kubectl logs pod", with: "cat job.log"))
        #expect(piped.status == 0)
        let found = piped.outputText.split(separator: "\n").compactMap { try? JSONReader.read(text: String($0)).object }
        #expect(found.count == 120 && found[0]["name"] == "loss", "\(piped.outputText.prefix(500))")
    }

    @Test func archivesAreEqualWhateverTheThreads() throws {
        let shell = try PageShell()
        defer { shell.tree.remove() }
        try shell.tree.write("../model/weights", [UInt8](repeating: 7, count: 3_000_000))
        let result = try shell.type(try command("docs/packing.md", "sha256sum", ""))
        let digests = result.outputText.split(separator: "\n").map { $0.prefix(64) }
        #expect(digests.count == 2 && digests[0] == digests[1], "\(result.errorText)")
    }

    @Test func theDigestOfTheCodeIsTheOneOfThePage() throws {
        let shell = try PageShell()
        defer { shell.tree.remove() }
        let facts = "\"$(dirname \"$SM_STOP_NOTICE\")/facts.json\""
        let patient = "#!/bin/sh\nuntil grep -q channels \(facts) 2>/dev/null; do sleep 0.05; done\n"
        try shell.tree.write("code/train.sh", patient, mode: 0o755)
        try shell.tree.write("code/a/b", "x")
        try shell.tree.write("input/config/hyperparameters.json", #"{"sagemaker_program": "train.sh"}"#)
        // A file of the same moment as the start might be the program's own.
        let run = try shell.type("sleep 0.1; SAGEMAKER_BASE_DIR=/tmp/ml TRAIN_REPORT=output train")
        #expect(run.status == 0, "\(run.errorText)")
        let record = try JSONReader.read(shell.tree.read("output/report.json") ?? []).object
        let sum = try shell.type("cd /tmp/ml\n\(try command("docs/report.md", "sha256sum"))")
        #expect(record?["code"]?.object?["sha256"]?.string == String(sum.outputText.prefix(64)), "\(sum.errorText)")
    }

    @Test func thePlanOfAnotherHostIsPrinted() throws {
        let shell = try PageShell()
        defer { shell.tree.remove() }
        try shell.tree.write("code/train.sh", "#!/bin/sh\n", mode: 0o755)
        try shell.tree.write("input/config/hyperparameters.json", #"{"sagemaker_program": "train.sh"}"#)
        let hosts = #"{"current_host": "algo-1", "hosts": ["algo-1", "algo-2"]}"#
        try shell.tree.write("input/config/resourceconfig.json", hosts)
        try shell.tree.write("../bin/mylauncher", "#!/bin/sh\n", mode: 0o755)
        let setting = try command("docs/distributed.md", "TRAIN_LAUNCH_COMMAND", "")
        let plan = "train run --dry-run --host algo-2"
        #expect(try Page("docs/distributed.md").text.contains("`\(plan)`"))
        let lines = "export SAGEMAKER_BASE_DIR=/tmp/ml PATH=$PWD/bin:$PATH\nexport \(setting)\n\(plan)\n"
        let result = try shell.type(lines)
        #expect(result.status == 0, "\(result.errorText)")
        #expect(result.outputText.contains("host        algo-2, 2 of 2\n"))
        #expect(result.outputText.contains("mylauncher --nodes 2 --rank 1 --leader algo-1:"), "\(result.outputText)")
    }

    @Test func anExampleRunsAsItsPageSays() throws {
        let shell = try PageShell()
        defer { shell.tree.remove() }
        try Command("/bin/rmdir", [shell.tree.base.string]).run().check()
        let lines = try #require(try Page("Examples/own-hyperparameters/README.md").indented.first)
        let result = try shell.type(lines, limit: 300)
        #expect(result.status == 0 && result.outputText.contains("accuracy=0.9"), "\(result.errorText)")
        #expect(shell.tree.exists("output/model.tar.gz"))
    }

    /// From an empty directory to a packed model, by what README says and nothing else.
    @Test func aNewcomerHasAModelByREADMEAlone() throws {
        let shell = try PageShell()
        defer { shell.tree.remove() }
        let block = try #require(try Page("README.md").indented.first { $0.contains("train local") })
        let result = try shell.type(block)
        #expect(result.status == 0 && result.errorText.contains("train local: Completed"), "\(result.errorText)")
        #expect(result.outputText == "50.5 after 3 epochs\n")
    }
}

extension Command.Result {
    /// A step of a test that has to work.
    fileprivate func check() throws { try #require(status == 0, "\(errorText)") }
}
