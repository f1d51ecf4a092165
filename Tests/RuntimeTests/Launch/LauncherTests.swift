import SystemPackage
import TestSupport
import Testing

@testable import ContainerRuntime

@Suite struct LauncherTests {
    private static func facts(_ count: Int = 3, host: Int = 1, perHost: Int = 2) -> LaunchFacts {
        LaunchFacts(
            hosts: (1...count).map { "algo-\($0)" },
            currentHost: "algo-\(host)",
            processesPerHost: perHost
        )
    }

    // MARK: Choosing

    @Test(arguments: [
        ("sagemaker_mpi_enabled", Launcher.mpi), ("sagemaker_use_mpi", .mpi),
        ("sagemaker_torch_distributed_enabled", .torchrun), ("sagemaker_pytorch_ddp_enabled", .torchrun),
        ("sagemaker_distributed_dataparallel_enabled", .smddp), ("sagemaker_pytorch_xla_multi_worker_enabled", .xla),
        ("sagemaker_parameter_server_enabled", .parameterServers),
        ("sagemaker_multi_worker_mirrored_strategy_enabled", .multiWorkerMirrored), ("epochs", .process),
    ])
    func aFlagChoosesItsLauncher(_ key: String, _ launcher: Launcher) {
        let on = JSONObject([(key, .bool(true))])
        #expect(LauncherChoice.choose(parameters: on, participates: true).launcher == launcher)
        #expect(LauncherChoice.choose(parameters: on, participates: false).launcher == .process)
        let off = JSONObject([(key, .bool(false))])
        #expect(LauncherChoice.choose(parameters: off, participates: true).launcher == .process)
    }

    @Test func ofTwoFlagsTheFrameworkContainersOrderDecidesAndTheOtherIsNamed() {
        let both = JSONObject([
            ("sagemaker_torch_distributed_enabled", .bool(true)), ("sagemaker_mpi_enabled", .bool(true)),
        ])
        let choice = LauncherChoice.choose(parameters: both, participates: true)
        #expect(choice.launcher == .mpi)
        #expect(choice.ignored == ["sagemaker_torch_distributed_enabled"])
    }

    @Test func nativeDDPGoesThroughSMDDPOnlyWhereItsWrapperIs() {
        let on = JSONObject([("sagemaker_pytorch_ddp_enabled", .bool(true))])
        #expect(LauncherChoice.choose(parameters: on, participates: true, hasSMDDPRun: true).launcher == .smddp)
    }

    @Test(arguments: [
        (#"{"process_count_per_node": 2, "mpi_additional_options": []}"#, Launcher.mpi),
        (#"{"process_count_per_node": null, "smp": null}"#, .torchrun), ("{}", .process),
    ])
    func theDriverOfSDK3ChoosesToo(_ text: String, _ launcher: Launcher) throws {
        let driver = try #require(try JSONReader.read(text: text).object)
        let choice = LauncherChoice.choose(parameters: JSONObject(), participates: true, driver: driver)
        #expect(choice.launcher == launcher)
    }

    @Test(arguments: ["0", "-1", "\"four\"", "1000000000", "2.5", "[1]"])
    func aCountThatIsNoneIsRefusedByName(_ text: String) throws {
        let key = "sagemaker_mpi_num_of_processes_per_host"
        let parameters = JSONObject([(key, try JSONReader.read(text: text))])
        let error = #expect(throws: Failure.self) {
            try LaunchCount.processesPerHost(parameters, driver: nil, gpus: 8, neurons: 0)
        }
        #expect(error?.description.contains(key) ?? false)
        #expect(error?.exitStatus == .failure)
    }

    @Test(arguments: [(8, 0, 8), (0, 4, 4), (0, 0, 1)])
    func processesAreTheAcceleratorsWhereNothingIsAskedFor(_ gpus: Int, _ neurons: Int, _ count: Int) throws {
        let none = JSONObject()
        #expect(try LaunchCount.processesPerHost(none, driver: nil, gpus: gpus, neurons: neurons) == count)
    }

    // MARK: Hosts

    @Test func naturalOrderPutsTwoBeforeTen() {
        let hosts = ["algo-1", "algo-10", "algo-2", "b", "algo-02"]
        #expect(HostOrder.natural.sorted(hosts) == ["algo-1", "algo-02", "algo-2", "algo-10", "b"])
        #expect(HostOrder.platform.sorted(hosts) == hosts)
    }

    // MARK: TF_CONFIG

    @Test(arguments: [
        (1, #"{"index": 0, "type": "master"}"#), (2, #"{"index": 0, "type": "worker"}"#),
        (3, #"{"index": 1, "type": "worker"}"#),
    ])
    func parameterServersAreThoseOfTheTensorFlowContainers(_ host: Int, _ task: String) throws {
        let expected = try JSONReader.read(
            text: """
                {"cluster": {"master": ["algo-1:2222"], "ps": ["algo-1:2223", "algo-2:2223", "algo-3:2223"],
                 "worker": ["algo-2:2222", "algo-3:2222"]}, "environment": "cloud", "task": \(task)}
                """
        )
        #expect(JSONValue.object(TFConfiguration.parameterServers(Self.facts(host: host))) == expected)
        let server = TFConfiguration.server(Self.facts(host: host))["task"]?.object
        #expect(server?["type"] == "ps" && server?["index"] == .integer(host - 1))
    }

    @Test func mirroredWorkersAreAllHosts() throws {
        let expected = try JSONReader.read(
            text: """
                {"cluster": {"worker": ["algo-1:8890", "algo-2:8890"]}, "environment": "cloud",
                 "task": {"index": 1, "type": "worker"}}
                """
        )
        #expect(JSONValue.object(TFConfiguration.multiWorkerMirrored(Self.facts(2, host: 2))) == expected)
    }

    // MARK: Templates

    @Test func aTemplateIsFilledWithoutAShell() throws {
        let template = try CommandTemplate("run --n={hosts_count} {{x}} -H {hosts} -r {rank} {program} --end")
        let words = try template.words(Self.facts(2, host: 2), python: "py", program: ["a b", "$(x)"])
        #expect(
            words.map(\.description) == [
                "run", "--n=2", "{x}", "-H", "algo-1,algo-2", "-r", "1", "a b", "$(x)", "--end",
            ]
        )
    }

    @Test(arguments: ["run {hosts}", "run {nonsense} {program}", "run x{program}", "run {"])
    func aTemplateThatCannotWorkIsRefused(_ text: String) {
        #expect(throws: Failure.self) { try CommandTemplate(text) }
    }

    // MARK: Scale

    @Test(arguments: [1_000, 4_000])
    func aPlanForManyHostsFitsTheKernel(_ count: Int) throws {
        let facts = Self.facts(count, host: count, perHost: 8)
        let all = [
            try MPILauncher(facts: facts).words(program: ["train.py"]),
            try SMDDPLauncher(facts: facts).words(program: ["train.py"]),
            TorchrunLauncher.words(facts, program: ["train.py"]),
            XLALauncher.variables(facts).compactMap { RawString("\($0.name)=\($0.value)") },
            [try #require(RawString(JSONWriter.text(.object(TFConfiguration.parameterServers(facts)))))],
        ]
        let longest = all.joined().map(\.bytes.count).max() ?? 0
        if count == 1_000 { #expect(longest <= CommandLineArguments.longest) }
        #expect(longest > count * 8)
    }

    // MARK: gethostname

    @Test(arguments: ["algo-7", nil])
    func thePreloadedLibraryAnswersTheJobsName(_ name: String?) throws {
        let tree = try JobTree()
        defer { tree.remove() }
        try HostnameLibrary.write(into: tree.base)
        var command = Command("/usr/bin/python3", ["-c", "import socket; print(socket.gethostname())"])
        command.environment["LD_PRELOAD"] = HostnameLibrary.path(in: tree.base).string
        command.environment["TRAIN_HOSTNAME"] = name
        let result = try command.run()
        #expect(result.status == 0 && result.outputText == "\(name ?? "")\n")
        #expect(result.errorText.isEmpty)
    }
}
