import SystemPackage
import TestSupport
import Testing

@testable import ContainerRuntime

/// `train run --dry-run` on the recorded jobs of the toolkit's launchers, with the same stub tools on the PATH.
@Suite struct DryRunTests {
    private static let names = [
        "190-torchrun-1-node", "192-torchrun-2-nodes", "193-torchrun-neuron-compile", "200-mpi-1-node-gpu",
        "202-mpi-modelparallel", "205-smddp-1-node", "206-mpi-other-group",
    ]

    private func load(_ name: String) throws -> RecordedCase {
        let folder = FilePath(#filePath).removingLastComponent().removingLastComponent()
        let bytes = try #require(Files.read(folder.appending("Conformance/Cases/\(name).json")))
        return RecordedCase(name: name, object: try #require(try JSONReader.read(bytes).object))
    }

    private func plan(_ recorded: RecordedCase, _ arguments: [String] = []) throws -> (JobTree, Command.Result) {
        let tree = try JobTree()
        let marks = RecordedMarks(base: tree.base.string, scratch: tree.scratch.string, python: "/usr/bin/python3")
        try marks.makeTree(recorded, in: tree)
        var variables = marks.environment(of: recorded)
        // The recordings come from a framework's function; here the launcher is what they are about.
        variables["SAGEMAKER_TRAINING_MODULE"] = nil
        for tool in ["torchrun", "mpirun"] where !tree.exists("bin/\(tool)") {
            try tree.write("bin/\(tool)", "#!/bin/sh\n", mode: 0o755)
        }
        let result = try tree.train(["run", "--dry-run"] + arguments, environment: variables).run()
        return (tree, result)
    }

    private func line(_ name: String, _ result: Command.Result) -> String? {
        let lines = result.outputText.split(separator: "\n")
        return lines.first { $0.hasPrefix("\(name) ") }.map { String($0.dropFirst(name.utf8.count)).trimmed }
    }

    @Test(arguments: names)
    func thePlanIsTheRecordedCommand(_ name: String) throws {
        let recorded = try load(name)
        let (tree, result) = try plan(recorded)
        defer { tree.remove() }
        try #require(result.status == 0, "\(result.errorText)")
        let marks = RecordedMarks(base: tree.base.string, scratch: tree.scratch.string, python: "/usr/bin/python3")
        var expected = (recorded.toolkit["argv"]?.array ?? []).compactMap(\.string).map { marks.fill($0) }
        expected[0] = FilePath(expected[0]).lastComponent?.string ?? ""
        let command = try #require(line("command", result))
        var words = command.split(separator: " ").map { $0.trimmingMarks }
        if name.hasPrefix("206") { words.removeFirst(2) }
        #expect(Self.comparable(words, known: expected) == Self.comparable(expected, known: expected))
    }

    /// Without the variables that the toolkit does not know, and with one name for the library that answers gethostname.
    private static func comparable(_ words: [String], known: [String]) -> [String] {
        var kept: [String] = []
        var rest = words[...]
        while let word = rest.popFirst() {
            guard word == "-x", let name = rest.first else {
                // The value of an object is not quoted in the recording.
                kept.append(word)
                continue
            }
            rest = rest.dropFirst()
            if name.hasPrefix("LD_PRELOAD=") { continue }
            if known.contains(name) { kept += [word, name] }
        }
        return kept
    }

    @Test func variablesOfTheLauncherAreTheToolkits() throws {
        let recorded = try load("192-torchrun-2-nodes")
        let (tree, result) = try plan(recorded)
        defer { tree.remove() }
        for (name, value) in recorded.toolkit["environment_added"]?.object ?? JSONObject()
        where !name.hasPrefix("SM_") && !["PYTHONPATH", "SAGEMAKER_JOB_NAME"].contains(name) {
            #expect(result.outputText.contains(" \(name)=\(value.string ?? "")\n"), "\(name)")
        }
        for text in ["PET_NNODES=2", "PET_NODE_RANK=1", "PET_MASTER_ADDR=algo-1", "MASTER_PORT=7777"] {
            #expect(result.outputText.contains(" \(text)\n"), "\(text)")
        }
    }

    @Test func anyHostsPlanCanBePrinted() throws {
        let recorded = try load("192-torchrun-2-nodes")
        let (tree, result) = try plan(recorded, ["--host", "algo-1"])
        defer { tree.remove() }
        #expect(line("host", result) == "algo-1, 1 of 2")
        #expect(result.outputText.contains("--node_rank 0 "))
        let (other, refused) = try plan(recorded, ["--host", "algo-9"])
        defer { other.remove() }
        #expect(refused.status == 1)
        #expect(refused.errorText.contains("algo-9"))
    }

    @Test(arguments: [("platform", "2"), ("natural", "1")])
    func theOrderOfHostsDecidesRanks(_ order: String, _ rank: String) throws {
        let (tree, result) = try planOfThree("sagemaker_torch_distributed_enabled", ["TRAIN_HOST_ORDER": order])
        defer { tree.remove() }
        #expect(result.outputText.contains("--node_rank \(rank) train.py"), "\(result.outputText)\(result.errorText)")
    }

    @Test func aGraceThatTorchrunCannotGiveIsAWarning() throws {
        let name = "sagemaker_torch_distributed_enabled"
        for (grace, isTold) in [("30s", true), ("31s", false)] {
            let (tree, result) = try planOfThree(name, ["TRAIN_GRACE_PERIOD": grace])
            defer { tree.remove() }
            #expect(result.outputText.contains("is not above torchrun's own 30 s") == isTold, "\(result.outputText)")
        }
    }

    @Test func theDriverOfSDK3IsReadFromItsChannel() throws {
        let (tree, result) = try planOfThree(nil, [:]) { tree throws(Errno) in
            let text = #"{"process_count_per_node": 3, "mpi_additional_options": ["-x", "A=b c"]}"#
            try tree.write("input/data/sm_drivers/distributed.json", text)
        }
        defer { tree.remove() }
        #expect(line("launcher", result)?.hasPrefix("MPI, asked for by distributed.json") ?? false)
        #expect(result.outputText.contains("-np 9 ") && result.outputText.contains(" -x 'A=b c' "))
    }

    /// The plan of algo-2, in a job of three hosts.
    private func planOfThree(
        _ flag: String?,
        _ variables: [String: String],
        _ more: (JobTree) throws(Errno) -> Void = { _ in }
    ) throws -> (JobTree, Command.Result) {
        let tree = try JobTree()
        try tree.write("code/train.py", "")
        for tool in ["torchrun", "mpirun", "ssh"] { try tree.write("bin/\(tool)", "#!/bin/sh\n", mode: 0o755) }
        let host = flag == nil ? "algo-1" : "algo-2"
        try tree.write(
            "input/config/resourceconfig.json",
            #"{"current_host": "\#(host)", "hosts": ["algo-1", "algo-10", "algo-2"]}"#
        )
        try tree.write("input/config/hyperparameters.json", flag.map { "{\"\($0)\": \"true\"}" } ?? "{}")
        try more(tree)
        let path = "\(tree.base.appending("bin")):/usr/bin:/bin"
        return (
            tree, try tree.train(["run", "--dry-run"], environment: variables.merging(["PATH": path]) { $1 }).run()
        )
    }

    @Test(arguments: ["194-torchrun-shell-entry", "195-torchrun-package", "199-xla-no-gpu"])
    func whatALauncherCannotStartIsRefused(_ name: String) throws {
        let (tree, result) = try plan(try load(name))
        defer { tree.remove() }
        #expect(result.status == 1)
        #expect(result.errorText.contains(" takes "), "\(result.errorText)")
    }

    @Test func xlaEqualsTheToolkits() throws {
        let recorded = try load("197-xla-2-nodes")
        let (tree, result) = try plan(recorded)
        defer { tree.remove() }
        let words = "-m torch_xla.distributed.xla_spawn --num_gpus 8 train.py --epochs 3"
        #expect(line("command", result)?.hasSuffix(words) ?? false, "\(result.outputText)")
        for (name, value) in recorded.toolkit["environment_added"]?.object ?? JSONObject()
        where name.hasPrefix("XRT") || name.hasPrefix("NCCL") || name.hasPrefix("OFI") || name.hasPrefix("GPU") {
            #expect(result.outputText.contains(" \(name)=\(value.string ?? "")\n"), "\(name)")
        }
    }

    @Test func aVariableThatIsTooLongIsPlannedAsAFile() throws {
        let tree = try JobTree()
        defer { tree.remove() }
        try tree.write("code/train.py", "")
        let long = String(repeating: "x", count: 131_065)
        try tree.write("input/config/hyperparameters.json", #"{"long": "\#(long)"}"#)
        let result = try tree.train(["run", "--dry-run"]).run()
        #expect(result.status == 0, "\(result.errorText)")
        #expect(result.outputText.contains(" SM_HPS_FILE=/tmp/train-variables-XXXXXX/"))
    }

    /// A dry run fetches nothing: what only the code could tell is unknown, and no failure.
    @Test func whatDependsOnCodeThatIsNotThereYetIsUnknown() throws {
        let tree = try JobTree()
        defer { tree.remove() }
        try tree.write("upload/train.py", "")
        let source = tree.base.appending("upload").string
        try tree.write("input/config/hyperparameters.json", #"{"sagemaker_program": "train.py", "lr": "0.1"}"#)
        let result = try tree.train(["run", "--dry-run"], environment: ["SAGEMAKER_SUBMIT_DIRECTORY": source]).run()
        try #require(result.status == 0, "\(result.errorText)")
        let unknown = "unknown until the code is fetched from \(source)"
        #expect(line("code", result) == "\(source), named by SAGEMAKER_SUBMIT_DIRECTORY")
        #expect(line("program", result) == "train.py, its kind \(unknown)")
        for name in ["first", "install", "command"] { #expect(line(name, result) == unknown, "\(name)") }
        #expect(line("launcher", result) == "process")
        #expect(result.outputText.contains(" SM_HP_LR=0.1\n"))
        #expect(!tree.exists("code") && !tree.exists("output"), "a dry run makes nothing")
    }

    @Test(arguments: [
        ("sagemaker_mpi_enabled", "MPI", "follower: algo-1 starts processes here"),
        ("sagemaker_torch_distributed_enabled", "torchrun", "member"),
    ])
    func theLauncherIsKnownBeforeTheCode(_ flag: String, _ launcher: String, _ role: String) throws {
        let source = ["SAGEMAKER_SUBMIT_DIRECTORY": "s3://bucket/code.tar.gz"]
        let (tree, result) = try planOfThree(flag, source) { tree throws(Errno) in
            _ = try? Command("/bin/rm", ["-r", tree.base.appending("code").string]).run()
        }
        defer { tree.remove() }
        try #require(result.status == 0, "\(result.errorText)")
        #expect(line("launcher", result) == "\(launcher), asked for by \(flag); 3 hosts × 1 processes")
        #expect(line("role", result) == role)
        #expect(line("program", result) == "unknown until the code is fetched from s3://bucket/code.tar.gz")
        #expect(result.outputText.contains(" PET_NNODES=3\n"))
    }

    /// What is shown is what runs: the words and the variables of the plan, but for the places that each run makes anew.
    @Test func thePlanIsWhatTheProgramGets() throws {
        let tree = try JobTree()
        defer { tree.remove() }
        let program = "#!/bin/sh\nprintf '%s\\n' \"$0\" \"$@\" >\"$SM_MODEL_DIR/words\"; env >\"$SM_MODEL_DIR/env\"\n"
        try tree.write("code/train.sh", program, mode: 0o755)
        try tree.write("input/config/hyperparameters.json", #"{"lr": "0.1"}"#)
        try tree.write(
            "code/hyperparameters.schema.json",
            #"{"properties": {"epochs": {"type": "integer", "default": 7}}}"#
        )
        let plan = try tree.train(["run", "--dry-run", "--", "more"]).run()
        let shown = try tree.train(["env", "--format", "json"]).run()
        try #require(try tree.train(["run", "--", "more"]).run().status == 0)
        let words = (tree.text("model/words") ?? "").split(separator: "\n").joined(separator: " ")
        #expect(line("command", plan) == words)
        let got = Set((tree.text("model/env") ?? "").split(separator: "\n").map { Self.withoutPlaces(String($0)) })
        let told = plan.outputText.split(separator: "\n").filter { $0.hasPrefix("variable ") }
            .map { Self.withoutPlaces(String($0.dropFirst("variable    ".count))) }
        #expect(Set(told).subtracting(got) == [])
        let made = got.filter { $0.hasPrefix("SM_") || $0.hasPrefix("PET_") || $0.hasPrefix("PYTHON") }
        #expect(made.subtracting(told) == [])
        let variables = try #require(try JSONReader.read(shown.output).object?["environment"]?.object)
        let exported = variables.map { name, value in Self.withoutPlaces("\(name)=\(value.string ?? "")") }
        // `train env` knows nothing of words behind `--`.
        let isComparable = { (variable: String) in !variable.hasPrefix("SM_USER_ARGS=") }
        #expect(Set(exported).subtracting(got).filter(isComparable) == [])
        #expect(made.subtracting(exported).filter(isComparable) == [])
    }

    private static func withoutPlaces(_ variable: String) -> String {
        variable.hasPrefix("SM_STOP_NOTICE=") ? "SM_STOP_NOTICE=" : variable
    }

    @Test func aPlainJobsPlanHasItsSecretsMasked() throws {
        let tree = try JobTree()
        defer { tree.remove() }
        try tree.write("code/train.py", "")
        try tree.write("code/requirements.txt", "numpy\n")
        try tree.write("input/config/hyperparameters.json", #"{"api_key": "sk-123456789", "lr": "0.1"}"#)
        let result = try tree.train(["run", "--dry-run"]).run()
        #expect(result.status == 0)
        #expect(line("launcher", result) == "process")
        #expect(line("install", result)?.hasPrefix("pip install ") ?? false)
        #expect(line("command", result)?.hasSuffix("train.py --api_key '******' --lr 0.1") ?? false)
        #expect(!result.outputText.contains("sk-123456789"))
        #expect(!tree.exists("output"), "a dry run makes nothing")
    }
}

extension Substring {
    fileprivate var trimmingMarks: String {
        hasPrefix("'") && hasSuffix("'") && utf8.count > 1 ? String(dropFirst().dropLast()) : String(self)
    }
}
