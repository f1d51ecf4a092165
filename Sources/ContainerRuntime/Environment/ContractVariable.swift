import SystemPackage

/// One variable of the contract: the table that builds them and that docs/contract.md is checked against.
public struct ContractVariable: Sendable {
    /// The name; one that ends with `…` stands for a family.
    public let name: String
    /// Whether it moves to a file first where all variables together are too many: it is JSON and may be large.
    let isJSON: Bool
    /// The value, or nil where the variable is left out.
    let value: @Sendable (TrainingEnvironment) -> JSONValue?

    private init(
        _ name: String,
        isJSON: Bool = false,
        _ value: @escaping @Sendable (TrainingEnvironment) -> JSONValue?
    ) {
        self.name = name
        self.isJSON = isJSON
        self.value = value
    }

    private static func text(
        _ name: String,
        _ text: @escaping @Sendable (TrainingEnvironment) -> String
    ) -> ContractVariable {
        ContractVariable(name) { .string(text($0)) }
    }

    private static func json(
        _ name: String,
        _ value: @escaping @Sendable (TrainingEnvironment) -> JSONValue?
    ) -> ContractVariable {
        ContractVariable(name, isJSON: true, value)
    }

    /// The variables that every job has, in the order of the manual.
    static let fixed: [ContractVariable] = [
        // MARK: The toolkit's
        text("CURRENT_HOST") { $0.currentHost },
        text("SAGEMAKER_JOB_NAME") { $0.configuration.hyperparameters.text("sagemaker_job_name") ?? "" },
        // boto3's rule, without its configuration files: AWS_REGION does not count (conformance case 22).
        text("SAGEMAKER_REGION") {
            $0.configuration.hyperparameters.text("sagemaker_region") ?? $0.incoming.text("AWS_DEFAULT_REGION") ?? ""
        },
        json("SM_HOSTS") { .strings($0.hosts) },
        text("SM_NETWORK_INTERFACE_NAME") { $0.networkInterfaceName },
        json("SM_HPS") { .object($0.hyperparameters) },
        text("SM_USER_ENTRY_POINT") { $0.userEntryPoint ?? "" },
        json("SM_FRAMEWORK_PARAMS") { .object($0.additionalFrameworkParameters) },
        json("SM_RESOURCE_CONFIG") { .object($0.resourceConfiguration) },
        json("SM_INPUT_DATA_CONFIG") { .object($0.inputDataConfiguration) },
        text("SM_OUTPUT_DATA_DIR") { $0.outputDataDirectory.string },
        json("SM_CHANNELS") {
            .strings($0.configuration.inputData.channels.sorted { $0.precedesByCodePoint($1) })
        },
        text("SM_CURRENT_HOST") { $0.currentHost },
        text("SM_CURRENT_INSTANCE_TYPE") { $0.currentInstanceType },
        text("SM_CURRENT_INSTANCE_GROUP") { $0.currentInstanceGroup },
        json("SM_CURRENT_INSTANCE_GROUP_HOSTS") { .strings($0.currentInstanceGroupHosts) },
        json("SM_INSTANCE_GROUPS") { .strings($0.instanceGroups) },
        json("SM_INSTANCE_GROUPS_DICT") { .object($0.instanceGroupsDictionary) },
        json("SM_DISTRIBUTION_INSTANCE_GROUPS") { $0.distributionInstanceGroups },
        ContractVariable("SM_IS_HETERO") { .bool($0.isHeterogeneous) },
        text("SM_MODULE_NAME") { $0.moduleName },
        ContractVariable("SM_LOG_LEVEL") { .integer($0.logLevel) },
        text("SM_FRAMEWORK_MODULE") { $0.frameworkModule ?? "" },
        text("SM_INPUT_DIR") { $0.inputDirectory.string },
        text("SM_INPUT_CONFIG_DIR") { $0.inputConfigurationDirectory.string },
        text("SM_OUTPUT_DIR") { $0.outputDirectory.string },
        ContractVariable("SM_NUM_CPUS") { .integer($0.processors) },
        ContractVariable("SM_NUM_GPUS") { .integer($0.gpus) },
        ContractVariable("SM_NUM_NEURONS") { .integer($0.neurons) },
        text("SM_MODEL_DIR") { $0.modelDirectory.string },
        text("SM_MODULE_DIR") { $0.moduleDirectory },
        json("SM_TRAINING_ENV") { .object($0.facts) },
        json("SM_USER_ARGS") { .strings($0.arguments.words) },
        text("SM_OUTPUT_INTERMEDIATE_DIR") { $0.outputIntermediateDirectory.string },
        json("SM_TOPOLOGY") { $0.topology.isTruthy ? $0.topology : nil },

        // MARK: Of version 3 of the SDK, where the toolkit has none
        text("SM_INPUT_DATA_DIR") { $0.paths.inputData.string },
        text("SM_OUTPUT_FAILURE") { $0.paths.failure.string },
        text("SM_SOURCE_DIR") { $0.paths.code.string },
        text("SM_ENTRY_SCRIPT") { $0.userEntryPoint ?? "" },
        ContractVariable("SM_HOST_COUNT") { .integer($0.hosts.count) },
        ContractVariable("SM_CURRENT_HOST_RANK") { .integer($0.currentHostRank) },
        text("SM_MASTER_ADDR") { $0.masterHostname },
        ContractVariable("SM_MASTER_PORT") { _ in .integer(TrainingEnvironment.masterPort) },

        // MARK: Of this runtime
        text("SM_CHECKPOINT_DIR") { $0.checkpointDirectory.string },
        ContractVariable("SM_LATEST_CHECKPOINT") { environment in
            let newest = environment.latestCheckpoint ?? Checkpoints(environment).newest()
            return newest.map { .string($0.string) }
        },
        ContractVariable("SM_TENSORBOARD_DIR") { $0.configuration.tensorBoard.map { .string($0.directory.string) } },
    ]

    /// The names of all variables that the program gets from the runtime; `…` ends a family's.
    public static var names: [String] {
        fixed.map(\.name) + ["SM_CHANNEL_…", "SM_HP_…", "…_FILE", "PYTHONPATH", "PYTHONUNBUFFERED"]
            + ["PYTHONFAULTHANDLER", "SM_STOP_NOTICE", "PWD"]
    }

    /// The names of the variables that the runtime reads, besides those of its settings.
    public static let read = [
        "SAGEMAKER_PROGRAM", "SAGEMAKER_SUBMIT_DIRECTORY", "SAGEMAKER_TRAINING_MODULE",
        "SAGEMAKER_CONTAINER_LOG_LEVEL", "TRAINING_JOB_NAME", "TRAINING_JOB_ARN", "AWS_DEFAULT_REGION",
        "NVIDIA_VISIBLE_DEVICES", "SM_HP_MP_PARAMETERS", "PATH", "PYTHONPATH", "TMPDIR", "CA_REPOSITORY_ARN",
        "SAGEMAKER_MANAGED_WARMPOOL_CACHE_DIRECTORY", "PIP_…", "TRAIN_HOSTS_FILE", "SM_STUDIO_LOCAL_MODE",
    ]
}
