import SystemPackage
import TestSupport
import Testing

@testable import ContainerRuntime

/// The command lines that the Python toolkit's runners were seen to make: launcher-commands.json.
struct RecordedCommand: Sendable, CustomTestStringConvertible {
    let object: JSONObject

    var what: String { object["what"]?.string ?? "" }
    var kind: String { object["kind"]?.string ?? "" }
    var inputs: JSONObject { object["inputs"]?.object ?? JSONObject() }
    var words: [String]? { object["command"]?.array?.compactMap(\.string) }
    var testDescription: String { "\(kind): \(what)" }

    static let library = "@VENV@/lib/python3.11/site-packages/gethostname.cpython-311-x86_64-linux-gnu.so"

    static let all: [RecordedCommand] = {
        let file = FilePath(#filePath).removingLastComponent().appending("launcher-commands.json")
        guard let bytes = Files.read(file), let value = try? JSONReader.read(bytes) else { return [] }
        return (value.object?["runners"]?.array ?? []).compactMap(\.object).map { RecordedCommand(object: $0) }
    }()

    func text(_ key: String) -> String { inputs[key]?.string ?? "" }
    var hosts: [String] { inputs["hosts"]?.array?.compactMap(\.string) ?? [] }
    var arguments: [RawString] { inputs["args"]?.array?.compactMap { $0.string.flatMap { RawString($0) } } ?? [] }
    var names: [String] { (inputs["env_vars"]?.object ?? JSONObject()).keys }

    var facts: LaunchFacts {
        var type = text("instance_type")
        var parameters = JSONObject()
        if kind.hasPrefix("smdata") {
            let facts = (inputs["env_vars"]?.object?["SM_TRAINING_ENV"]?.string).flatMap {
                try? JSONReader.read(text: $0)
            }
            let named = facts?.object?["additional_framework_parameters"]?.object?["sagemaker_instance_type"]
            parameters["sagemaker_instance_type"] = named
            type = facts?.object?["current_instance_type"]?.string ?? "None"
        }
        return LaunchFacts(
            hosts: hosts,
            currentHost: inputs["current_host"]?.string ?? text("master_hostname"),
            processesPerHost: inputs["processes_per_host"]?.integer ?? 1,
            interface: text("network_interface_name"),
            instanceType: type,
            parameters: parameters
        )
    }
}

@Suite struct RecordedCommandLines {
    @Test func theRecordingsAreThere() {
        #expect(RecordedCommand.all.count == 19)
    }

    @Test(arguments: RecordedCommand.all.filter { $0.kind == "mpi.MasterRunner" })
    func mpirunEqualsTheToolkits(_ recorded: RecordedCommand) throws {
        let value = recorded.inputs["num_processes"]
        let launcher = MPILauncher(
            facts: recorded.facts,
            processes: value?.integer ?? value?.string.flatMap { Int($0) },
            customOptions: MPIOptions.words(recorded.text("custom_mpi_options")),
            exported: recorded.names,
            hostnameLibrary: RecordedCommand.library
        )
        let name = recorded.text("user_entry_point")
        var expected = try #require(recorded.words)
        var program: [RawString] = ["@VENV@/bin/python3", "-m", "mpi4py", try #require(RawString(name))]
        program += recorded.arguments
        if name.hasSuffix(".sh") {
            // No shell stands between a hyperparameter and a process: the same words without one.
            #expect(expected.suffix(3) == ["/bin/sh", "-c", "./train.sh --a 'x y'"])
            program = [try #require(RawString("./\(name)"))] + recorded.arguments
            expected = expected.dropLast(3) + ["./train.sh", "--a", "x y"]
        }
        #expect(try launcher.words(program: program).map(\.description) == expected)
    }

    @Test(arguments: RecordedCommand.all.filter { $0.kind == "smdataparallel.SMDataParallelRunner" })
    func smddpEqualsTheToolkits(_ recorded: RecordedCommand) throws {
        let launcher = SMDDPLauncher(
            facts: recorded.facts,
            customOptions: MPIOptions.words(recorded.text("custom_mpi_options")),
            hostnameLibrary: RecordedCommand.library
        )
        let program = ["@VENV@/bin/python3", "-m", "mpi4py", "train.py"].compactMap { RawString($0) }
        let words = try launcher.words(program: program + recorded.arguments)
        #expect(words.map(\.description) == recorded.words)
    }

    @Test(arguments: RecordedCommand.all.filter { $0.kind.hasPrefix("torch_") && $0.words != nil })
    func torchrunEqualsTheToolkits(_ recorded: RecordedCommand) {
        let words = TorchrunLauncher.words(recorded.facts, program: ["train.py"] + recorded.arguments)
        #expect(words.map(\.description) == recorded.words)
    }

    @Test(arguments: [
        ("--NCCL_DEBUG=VERSION -v", "VERSION", ["-v"]), ("--N WARN", "WARN", []), ("-N WARN", "INFO", ["-N", "WARN"]),
        ("-x 'A=b c'", "INFO", ["-x", "'A=b", "c'"]), ("--NCCL_DEBUG A --NCCL_DEBUG B", "B", []),
    ])
    func optionsOfTheUsersAreSplitAsTheToolkitDoes(_ text: String, _ level: String, _ others: [String]) throws {
        let options = try MPIOptions(MPIOptions.words(text))
        #expect(options.debugLevel == level)
        #expect(options.others == others)
    }

    @Test func anOptionWithoutItsValueIsRefused() {
        #expect(throws: Failure.self) { try MPIOptions(["--NCCL_DEBUG"]) }
    }
}
