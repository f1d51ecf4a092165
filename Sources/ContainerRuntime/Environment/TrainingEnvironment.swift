public import SystemPackage

/// All facts of a job: what the program will see, in the names of the toolkit's `Environment`.
///
/// - Made of the configuration, the paths, the machine and the variables that `train` was started with; runs nothing.
/// - `variables(…)` and `arguments` are what the program is started with; `facts` is the object of `SM_TRAINING_ENV`.
public struct TrainingEnvironment: Sendable {
    /// The paths of the job.
    public let paths: TrainingPaths
    /// The configuration that the facts come from.
    public private(set) var configuration: JobConfiguration
    /// What the job runs on.
    public let machine: Machine
    /// The variables that `train` was started with.
    public let incoming: EnvironmentVariables
    /// The entry point: what was asked for, or what was found where nothing was asked for.
    ///
    /// May be set after that search.
    public var userEntryPoint: String?
    /// The order of the hosts: the platform's, unless another was asked for.
    public let hostOrder: HostOrder
    /// The file that appears when the job is stopped, for programs that take no signal; nil where nothing runs.
    public var stopNotice: FilePath?
    /// The newest whole checkpoint, or that there is none, once a job has looked for it.
    var latestCheckpoint: FilePath??
    /// The arguments of the program.
    public var arguments: CommandLineArguments { ownArguments.appending(moreArguments) }
    /// Words that the program gets behind those that are made of its hyperparameters.
    public var moreArguments: [RawString] = []
    private var ownArguments: CommandLineArguments
    /// How booleans become arguments.
    public let booleanStyle: BooleanStyle
    /// What is doubtful about the schema of the hyperparameters, once `meetSchema` has read it.
    public internal(set) var schemaWarnings: [JobWarning] = []

    /// Gathers the facts of a run.
    ///
    /// - Parameters:
    ///   - configuration: What is asked for.
    ///   - settings: The settings of the run.
    ///   - incoming: The variables that `train` was started with.
    ///   - machine: What the job runs on, or nil to look at this one.
    /// - Throws: `Failure` where the program's name is no string, or a hyperparameter cannot be an argument.
    public init(
        _ configuration: JobConfiguration,
        settings: RuntimeSettings,
        incoming: EnvironmentVariables,
        machine: Machine? = nil
    ) throws(Failure) {
        let type = configuration.resources.currentInstanceType
        self.configuration = configuration
        self.machine = machine ?? Machine.probe(environment: incoming, instanceType: type)
        self.incoming = incoming
        (paths, hostOrder, booleanStyle) = (settings.paths, settings.hostOrder, settings.booleanStyle)
        userEntryPoint = try configuration.program(environment: incoming, paths: paths)
        ownArguments = try CommandLineArguments(configuration.hyperparameters.user, booleans: booleanStyle)
    }

    /// Takes other hyperparameters, and makes the arguments of them.
    mutating func use(_ hyperparameters: Hyperparameters) throws(Failure) {
        ownArguments = try CommandLineArguments(hyperparameters.user, booleans: booleanStyle)
        configuration.hyperparameters = hyperparameters
    }

    /// What is doubtful in the configuration and the machine.
    public var warnings: [JobWarning] { configuration.warnings + machine.warnings + schemaWarnings }

    // MARK: What was asked for

    /// The hyperparameters of the program.
    public var hyperparameters: JSONObject { configuration.hyperparameters.user }
    /// The hyperparameters of a framework.
    public var additionalFrameworkParameters: JSONObject { configuration.hyperparameters.framework }
    /// The object of inputdataconfig.json.
    public var inputDataConfiguration: JSONObject { configuration.inputData.object }
    /// The object of resourceconfig.json.
    public var resourceConfiguration: JSONObject { configuration.resources.object }
    /// The name of the job, or nil: `TRAINING_JOB_NAME`.
    public var jobName: String? { incoming.text("TRAINING_JOB_NAME") }
    /// The level of `SM_LOG_LEVEL`.
    public var logLevel: Int { configuration.logLevel }
    /// A framework's function, or nil: `SAGEMAKER_TRAINING_MODULE`.
    public var frameworkModule: String? { incoming.text("SAGEMAKER_TRAINING_MODULE") }
    /// The framework's function that is run instead of an entry point, where one is named.
    var functionName: String? { frameworkModule.flatMap { $0.isEmpty ? nil : $0 } }
    /// The entry point without `.py` at its end; `None` where there is no entry point, as in the toolkit.
    public var moduleName: String {
        guard let name = userEntryPoint else { return "None" }
        return name.hasSuffix(".py") ? String(name.dropLast(3)) : name
    }
    /// Where the code comes from, as the hyperparameter has it; the code directory where there is none.
    public var moduleDirectory: String {
        switch configuration.hyperparameters["sagemaker_submit_directory"] {
        case nil, .null: paths.code.string
        case let value?: PythonText.str(value)
        }
    }
    /// Whether SageMaker's model parallelism is on: nil where `SM_HP_MP_PARAMETERS` did not come in.
    public var isModelParallelEnabled: JSONValue {
        switch incoming.text("SM_HP_MP_PARAMETERS") {
        case nil: .null
        case ""?: ""
        case let text?: .bool(text != "{}")
        }
    }

    // MARK: Places

    /// Where the model goes.
    public var modelDirectory: FilePath { paths.model }
    /// What the platform hands in.
    public var inputDirectory: FilePath { paths.input }
    /// The configuration's files.
    public var inputConfigurationDirectory: FilePath { paths.inputConfiguration }
    /// What goes back to the platform.
    public var outputDirectory: FilePath { paths.output }
    /// What the program leaves beside the model.
    public var outputDataDirectory: FilePath { paths.outputData }
    /// What is copied to S3 while the program runs.
    public var outputIntermediateDirectory: FilePath { paths.outputIntermediate }
    /// Where checkpoints go.
    public var checkpointDirectory: FilePath { configuration.checkpointDirectory }
    /// The channels and their directories, in the order of the file.
    public var channelInputDirectories: JSONObject {
        // A channel's name is a file name: what FilePath does with a path's parts has nothing to do here.
        let parent = paths.inputData.string + "/"
        return JSONObject(configuration.inputData.channels.map { ($0, .string(parent + $0)) })
    }

    // MARK: Machine

    /// The processors that the job may use.
    public var processors: Int { machine.processors }
    /// The GPUs.
    public var gpus: Int { machine.gpus }
    /// The Neuron cores.
    public var neurons: Int { machine.neurons }
}
