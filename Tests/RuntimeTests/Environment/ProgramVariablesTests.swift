import ContainerRuntime
import SystemPackage
import TestSupport
import Testing

@Suite struct ProgramVariablesTests {
    static func environment(
        _ tree: JobTree,
        hyperparameters: String = "{}",
        channels: String = "{}",
        hosts: String = "{}",
        incoming: [RawString] = []
    ) throws -> TrainingEnvironment {
        try tree.write("input/config/hyperparameters.json", hyperparameters)
        try tree.write("input/config/inputdataconfig.json", channels)
        try tree.write("input/config/resourceconfig.json", hosts)
        var settings = RuntimeSettings()
        settings.baseDirectory = tree.base
        let incoming = EnvironmentVariables(entries: incoming)
        return try TrainingEnvironment(
            JobConfiguration.read(paths: settings.paths, environment: incoming),
            settings: settings,
            incoming: incoming,
            machine: Machine(processors: 2, gpus: 1)
        )
    }

    @Test func theShellSafeFormIsThereBesideTheToolkits() throws {
        let tree = try JobTree()
        defer { tree.remove() }
        let (variables, warnings) = try Self.environment(
            tree,
            hyperparameters: #"{"batch-size": "64", "do.t": "1", "sp ace": "2"}"#,
            channels: #"{"train-1": {}}"#
        ).allVariables()
        let names = ["SM_HP_BATCH-SIZE", "SM_HP_BATCH_SIZE", "SM_HP_DO.T", "SM_HP_DO_T", "SM_HP_SP ACE"]
        #expect(names.map { variables.text($0) } == ["64", "64", "1", "1", "2"])
        #expect(variables.text("SM_CHANNEL_TRAIN_1") == variables.text("SM_CHANNEL_TRAIN-1"))
        #expect(variables.text("SM_HP_SP_ACE") == nil)
        #expect(warnings.isEmpty)
    }

    @Test func whereTwoNamesMeetTheToolkitsRuleDecidesAndAWarningSaysSo() throws {
        let tree = try JobTree()
        defer { tree.remove() }
        let text = #"{"lr": "1", "LR": "2", "Lr": "3", "a_b": "4", "a-b": "5", "c.d": "6", "c-d": "7"}"#
        let environment = try Self.environment(tree, hyperparameters: text)
        for _ in 0..<100 {
            let (variables, warnings) = environment.allVariables()
            #expect(variables.text("SM_HP_LR") == "3")
            #expect(variables.text("SM_HP_A_B") == "4")
            #expect(variables.text("SM_HP_C_D") == "7")
            #expect(
                warnings.map(\.description) == [
                    #"SM_HP_LR: "lr", "LR" and "Lr" meet in this variable; it has the value of "Lr""#,
                    #"SM_HP_A_B: "a-b" and "a_b" meet in this variable; it has the value of "a_b""#,
                    #"SM_HP_C_D: "c.d" and "c-d" meet in this variable; it has the value of "c-d""#,
                ]
            )
        }
    }

    @Test func aKeyWithAnEqualsSignIsAnArgumentAndNoVariable() throws {
        let tree = try JobTree()
        defer { tree.remove() }
        let environment = try Self.environment(tree, hyperparameters: #"{"a=b": "1"}"#)
        let (variables, warnings) = environment.allVariables()
        #expect(environment.arguments.words == ["--a=b", "1"])
        #expect(!variables.entries.contains { $0.description.hasPrefix("SM_HP_") })
        #expect(warnings == [.variableNameUnusable(key: "a=b")])
    }

    @Test func theNamesOfTheSDKsVersion3AreThere() throws {
        let tree = try JobTree()
        defer { tree.remove() }
        var environment = try Self.environment(
            tree,
            hosts: #"{"current_host": "b", "hosts": ["a", "b", "c"]}"#,
            incoming: ["SAGEMAKER_PROGRAM=x.py"]
        )
        let (variables, _) = environment.allVariables()
        let expected = [
            "SM_HOST_COUNT": "3", "SM_CURRENT_HOST_RANK": "1", "SM_MASTER_ADDR": "a", "SM_MASTER_PORT": "7777",
            "SM_SOURCE_DIR": "\(tree.base)/code", "SM_ENTRY_SCRIPT": "x.py",
            "SM_OUTPUT_FAILURE": "\(tree.base)/output/failure", "SM_INPUT_DATA_DIR": "\(tree.base)/input/data",
            "SM_CHECKPOINT_DIR": "\(tree.base)/checkpoints", "SM_NUM_GPUS": "1",
        ]
        for (name, value) in expected { #expect(variables.text(name) == value, "\(name)") }
        environment.userEntryPoint = "train.sh"
        #expect(environment.allVariables().variables.text("SM_MODULE_NAME") == "train.sh")
    }

    @Test func pythonFindsTheCodeFirstAndTheIncomingPathLast() throws {
        let tree = try JobTree()
        defer { tree.remove() }
        let environment = try Self.environment(
            tree,
            incoming: ["PYTHONPATH=/a:/b", "PWD=/", "PYTHONUNBUFFERED=", "SM_MODEL_DIR=/preset", "X=\u{e9}"]
        )
        let (variables, _) = environment.allVariables(pythonPath: ["/packages"])
        #expect(variables.text("PYTHONPATH") == "\(tree.base)/code:/packages:/a:/b")
        #expect(variables.text("PWD") == "\(tree.base)/code")
        #expect(variables.text("PYTHONUNBUFFERED") == "")
        #expect(variables.text("SM_MODEL_DIR") == "\(tree.base)/model")
        #expect(variables.text("X") == "\u{e9}")
        let (plain, _) = try Self.environment(tree).allVariables()
        #expect(plain.text("PYTHONPATH") == "\(tree.base)/code")
        #expect(plain.text("PYTHONUNBUFFERED") == "1")
        #expect(plain.entries == plain.entries.sorted())
    }

    @Test func aJobNameThatLooksLikeANumberIsAJobName() throws {
        let tree = try JobTree()
        defer { tree.remove() }
        let text = #"{"sagemaker_job_name": "20240101", "sagemaker_region": "1e5"}"#
        let (variables, _) = try Self.environment(tree, hyperparameters: text).allVariables()
        #expect(variables.text("SAGEMAKER_JOB_NAME") == "20240101")
        #expect(variables.text("SAGEMAKER_REGION") == "1e5")
    }

    @Test(arguments: [
        (#"{"sagemaker_mpi_enabled": "true"}"#, #"["g2"]"#, ["c"], "c"),
        (#"{"sagemaker_mpi_enabled": "false"}"#, "[]", [], "a"),
        (#"{"sagemaker_distribution_instance_groups": "[\"g2\", \"g1\"]"}"#, #"["g2","g1"]"#, ["a", "b", "c"], "a"),
    ])
    func theGroupsThatTakePartDecideWhoLeads(
        _ hyperparameters: String,
        _ groups: String,
        _ hosts: [String],
        _ master: String
    ) throws {
        let tree = try JobTree()
        defer { tree.remove() }
        let environment = try Self.environment(
            tree,
            hyperparameters: hyperparameters,
            hosts: #"{"current_host": "c", "hosts": ["a", "b", "c"], "current_group_name": "g2", "instance_groups": ["#
                + #"{"instance_group_name": "g1", "hosts": ["a", "b"]}, {"instance_group_name": "g2", "hosts": ["c"]}]}"#
        )
        #expect(JSONWriter.text(environment.distributionInstanceGroups) == groups)
        #expect(environment.distributionHosts == hosts)
        #expect(environment.masterHostname == master)
        #expect(environment.isMaster == (master == "c"))
        #expect(environment.currentInstanceGroupHosts == ["c"])
    }

    @Test func theFactsHaveTheToolkits37Names() throws {
        let tree = try JobTree()
        defer { tree.remove() }
        let facts = try Self.environment(tree).facts
        #expect(facts.count == 37)
        #expect(facts.sorted.map(\.key) == facts.keys)
    }
}
