import ContainerRuntime
import SystemPackage
import TestSupport
import Testing

@Suite struct EnvironmentReportTests {
    private static let values = [
        "plain", "it's", "$(touch /tmp/x) `id`", "a\nb\n", "\"q\" \\ \t", "é😀", "-n", "", "!x", "%s", "#", "a=b",
    ]

    /// A tree whose hyperparameters are hard to quote.
    private func tree() throws -> JobTree {
        let tree = try JobTree()
        let members = Self.values.enumerated().map { ("k\($0.offset)", JSONValue.string($0.element)) }
        let odd = [("with-dash", JSONValue.string("1\n2")), ("new\nline", "touch /tmp/x")]
        try tree.write(
            "input/config/hyperparameters.json",
            JSONWriter.text(.object(JSONObject(members + odd)))
        )
        return tree
    }

    @Test func aShellReadsBackWhatWasPrinted() throws {
        let tree = try tree()
        defer { tree.remove() }
        let result = try tree.train(["env"]).run()
        #expect(result.status == 0)
        let script =
            "\(result.outputText)\nfor w; do printf '%s\\0' \"$w\"; done\n"
            + Self.values.indices.map { "printf '%s\\0' \"$SM_HP_K\($0)\"" }.joined(separator: "\n")
            + "\nprintf '%s\\0' \"$SM_HP_WITH_DASH\" \"$SM_TRAINING_ENV\""
        let read = try Command("/bin/sh", ["-eu", "-c", script]).run()
        #expect(read.errorText == "")
        let words = read.output.split(separator: 0, omittingEmptySubsequences: false).dropLast()
            .map { String(decoding: $0, as: UTF8.self) }
        let environment = try ProgramVariablesTests.environment(
            tree,
            hyperparameters: tree.text("input/config/hyperparameters.json") ?? ""
        )
        let count = environment.arguments.words.count
        #expect(Array(words.prefix(count)) == environment.arguments.words)
        #expect(Array(words.dropFirst(count).prefix(Self.values.count)) == Self.values)
        try #require(words.count == count + Self.values.count + 2)
        #expect(words[count + Self.values.count] == "1\n2")
        #expect((try? JSONReader.read(text: words[count + Self.values.count + 1]))?.object?.count == 37)
        #expect(result.outputText.contains("# \"SM_HP_WITH-DASH\"=\"1\\n2\"\n"))
        #expect(result.outputText.contains("# \"SM_HP_NEW\\nLINE\"=\"touch /tmp/x\"\n"))
    }

    @Test func jsonHasTheSameValues() throws {
        let tree = try tree()
        defer { tree.remove() }
        let result = try tree.train(["env", "--format", "json"], environment: ["SAGEMAKER_PROGRAM": "a.py"]).run()
        let object = try #require(try JSONReader.read(result.output).object)
        #expect(object["entry_point"] == "a.py")
        #expect(object["arguments"]?.array?.contains("$(touch /tmp/x) `id`") == true)
        for (place, value) in Self.values.enumerated() {
            #expect(object["environment"]?.object?["SM_HP_K\(place)"] == .string(value))
        }
        #expect(object["warnings"]?.array?.count == 2)
        #expect(!tree.exists("code") && !tree.exists("output"))
    }

    @Test func whereNoProgramIsNamedTheOneThatAJobWouldFindIsShown() throws {
        let tree = try JobTree()
        defer { tree.remove() }
        try tree.write("code/train.sh", "")
        let result = try tree.train(["env"]).run()
        #expect(result.outputText.contains("export SM_USER_ENTRY_POINT='train.sh'\n"))
    }

    @Test func whatTheSchemaAddsIsShown() throws {
        let tree = try JobTree()
        defer { tree.remove() }
        try tree.write("code/train.sh", "")
        try tree.write("code/hyperparameters.schema.json", #"{"properties": {"epochs": {"default": 7}}}"#)
        #expect(try tree.train(["env"]).run().outputText.contains("export SM_HP_EPOCHS='7'\n"))
    }

    /// Nothing is fetched for it: what is shown is what is known.
    @Test func codeThatIsNotThereYetIsAWarning() throws {
        let tree = try JobTree()
        defer { tree.remove() }
        let source = "s3://bucket/code.tar.gz"
        try tree.write(
            "input/config/hyperparameters.json",
            #"{"sagemaker_submit_directory": "\#(source)", "sagemaker_torch_distributed_enabled": "true"}"#
        )
        let result = try tree.train(["env"]).run()
        #expect(result.status == 0)
        #expect(result.outputText.contains("export SM_USER_ENTRY_POINT=''\n"))
        #expect(result.outputText.contains("export PET_NNODES='1'\n"))
        #expect(result.errorText.contains("until it is fetched from \(source), named by sagemaker_submit_directory"))
    }

    /// Whether the machine can start the program is for the job to tell.
    @Test func aLauncherThatIsNotHereHidesNoVariable() throws {
        let tree = try JobTree()
        defer { tree.remove() }
        try tree.write("code/train.py", "")
        try tree.write("input/config/hyperparameters.json", #"{"sagemaker_mpi_enabled": "true", "lr": "0.1"}"#)
        let result = try tree.train(["env"], environment: ["PATH": "/nowhere"]).run()
        #expect(result.outputText.contains("export SM_HP_LR='0.1'\n"), "\(result.errorText)")
        #expect(result.outputText.contains("export SM_USER_ENTRY_POINT='train.py'\n"))
    }

    @Test func theOptionBeatsTheVariable() throws {
        let tree = try tree()
        defer { tree.remove() }
        let result = try tree.train(
            ["env", "--base-dir", tree.base.string],
            environment: ["SAGEMAKER_BASE_DIR": "/nowhere"]
        ).run()
        #expect(result.outputText.contains("export SM_MODEL_DIR='\(tree.base)/model'\n"))
    }

    @Test func aFaultIsToldWithItsPlaceAndEndsWith1() throws {
        let tree = try JobTree()
        defer { tree.remove() }
        try tree.write("input/config/hyperparameters.json", "{\"a\" 1}")
        let result = try tree.train(["env"]).run()
        #expect(result.status == 1)
        #expect(result.errorText.hasSuffix("hyperparameters.json: line 1, column 6: \":\" is expected, found \"1\"\n"))
        #expect(result.output.isEmpty)
    }

    @Test(arguments: [["env", "--format", "yaml"], ["env", "--base-dir", "ml"], ["env", "more"]])
    func wrongUseEndsWith64(_ arguments: [String]) throws {
        let result = try Command(Command.train, arguments).run()
        #expect(result.status == 64)
        #expect(result.errorText.contains("Usage: train env"))
    }

    /// A part of the variables is worse than none.
    @Test func variablesThatCannotBeWrittenAreAFailure() throws {
        let tree = try tree()
        defer { tree.remove() }
        var command = tree.train(["env"])
        command.arguments = ["-c", "exec \"$0\" \"$@\" > /dev/full", command.executable] + command.arguments
        command.executable = "/bin/sh"
        let result = try command.run()
        #expect(result.status == 1, "\(result.errorText)")
        #expect(result.errorText.contains("standard output: No space left on device"))
    }
}
