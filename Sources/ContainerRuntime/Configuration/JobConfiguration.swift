public import SystemPackage

/// All that input/config asks for, read and checked.
public struct JobConfiguration: Sendable {
    /// The hyperparameters.
    public internal(set) var hyperparameters: Hyperparameters
    /// The channels.
    public let inputData: InputDataConfiguration
    /// The hosts.
    public private(set) var resources: ResourceConfiguration
    /// The directory for checkpoints: `LocalPath` of checkpointconfig.json, or `checkpoints` below the base directory.
    public let checkpointDirectory: FilePath
    /// Where logs for TensorBoard go: tensorboardoutputconfig.json, or nil where there is no such file.
    public let tensorBoard: TensorBoardOutput?
    /// The level of `SM_LOG_LEVEL`: the hyperparameter `sagemaker_container_log_level`, or 20.
    public let logLevel: Int
    /// The level of the runtime's own lines: as `logLevel`, but `SM_LOG_LEVEL` counts where there is no hyperparameter.
    public let ownLogLevel: Int
    /// What is doubtful, in the order in which it was found.
    public private(set) var warnings: [JobWarning] = []

    /// Reads the files below input/config.
    ///
    /// - Throws: `Failure` with the path, and where there is one the line, column or key, and what was expected there.
    public static func read(
        paths: TrainingPaths,
        environment: EnvironmentVariables
    ) throws(Failure) -> JobConfiguration {
        try JobConfiguration(paths, environment)
    }

    private init(_ paths: TrainingPaths, _ environment: EnvironmentVariables) throws(Failure) {
        var warnings: [JobWarning] = []
        // The toolkit's order, so that of several faults the same one is told.
        let hosts = paths.configuration("resourceconfig.json")
        if let read = try ResourceConfiguration.read(hosts) {
            resources = read
        } else {
            resources = try ResourceConfiguration(ResourceConfiguration.alone, file: hosts)
            warnings.append(.configurationMissing(path: hosts.string, instead: "one host is taken, algo-1"))
        }
        let channels = paths.configuration("inputdataconfig.json")
        inputData = try InputDataConfiguration.read(paths)
        if !FileSystem.exists(channels) {
            let instead = "the directories in input/data are the channels"
            warnings.append(.configurationMissing(path: channels.string, instead: instead))
        }
        let parameters = paths.configuration("hyperparameters.json")
        if let read = try Hyperparameters.read(parameters) {
            hyperparameters = read
        } else {
            hyperparameters = try Hyperparameters(JSONObject(), file: parameters)
            warnings.append(.configurationMissing(path: parameters.string, instead: "there are no hyperparameters"))
        }
        checkpointDirectory = Self.checkpointDirectory(paths, &warnings)
        tensorBoard = TensorBoardOutput.read(paths, &warnings)
        (logLevel, ownLogLevel) = Self.logLevels(hyperparameters, environment, &warnings)
        let holds = DirectoryListing.names(paths.inputData)
        warnings += inputData.missing(paths).map {
            .channelMissing(name: $0, path: paths.channel($0).string, holds: holds)
        }
        self.warnings = warnings
    }

    /// The same job as another host has it.
    ///
    /// - Throws: `Failure` where the job has no such host.
    public func seen(from host: String) throws(Failure) -> JobConfiguration {
        var object = resources.object
        object["current_host"] = .string(host)
        if let group = resources.groups.first(where: { $0.hosts.contains { $0.hasSameBytes(as: host) } }) {
            object["current_group_name"] = .string(group.name)
            if let type = group.object["instance_type"] { object["current_instance_type"] = type }
        }
        var configuration = self
        configuration.resources = try ResourceConfiguration(object)
        return configuration
    }

    /// The program that was asked for: `SAGEMAKER_PROGRAM`, else the hyperparameter `sagemaker_program`, else nil.
    ///
    /// - Throws: `Failure` where the hyperparameter is no string.
    public func program(environment: EnvironmentVariables, paths: TrainingPaths) throws(Failure) -> String? {
        if let name = environment.text("SAGEMAKER_PROGRAM"), !name.isEmpty { return name }
        switch hyperparameters["sagemaker_program"] {
        case nil, .null: return nil
        case .string(let name): return name.isEmpty ? nil : name
        case let value?:
            let file = paths.configuration("hyperparameters.json").string
            let found = "\(value.kind), \(PythonText.str(value))"
            throw Failure(.unexpectedValue(key: "sagemaker_program", expected: "a string", found: found), file)
        }
    }

    /// Where the code comes from: `SAGEMAKER_SUBMIT_DIRECTORY`, else `sagemaker_submit_directory`, else nil.
    public func submitDirectory(environment: EnvironmentVariables) -> String? {
        let names = [
            environment.text("SAGEMAKER_SUBMIT_DIRECTORY"), hyperparameters.text("sagemaker_submit_directory"),
        ]
        return names.compactMap(\.self).first { !$0.isEmpty }
    }

    private static func checkpointDirectory(_ paths: TrainingPaths, _ warnings: inout [JobWarning]) -> FilePath {
        do {
            let object = try ConfigurationFile.readObject(paths.configuration("checkpointconfig.json"))
            if let path = object?["LocalPath"]?.string, path.hasPrefix("/"), !path.utf8.contains(0) {
                return FilePath(path)
            }
        } catch {
            warnings.append(.configurationUnusable(message: error.description))
        }
        return paths.checkpoints
    }

    private static func logLevels(
        _ hyperparameters: Hyperparameters,
        _ environment: EnvironmentVariables,
        _ warnings: inout [JobWarning]
    ) -> (exported: Int, own: Int) {
        let key = "sagemaker_container_log_level"
        if let value = hyperparameters[key], value != .null {
            if let level = value.integer, level >= 0 { return (level, level) }
            warnings.append(.logLevelUnusable(source: "hyperparameter \"\(key)\"", found: PythonText.repr(value)))
            return (20, 20)
        }
        // The toolkit reads SAGEMAKER_CONTAINER_LOG_LEVEL and then uses 20: conformance case 29.
        for name in ["SM_LOG_LEVEL", "SAGEMAKER_CONTAINER_LOG_LEVEL"] {
            guard let text = environment.text(name), !text.isEmpty else { continue }
            if let level = Int(text), level >= 0 { return (20, level) }
            warnings.append(.logLevelUnusable(source: name, found: PythonText.repr(text)))
        }
        return (20, 20)
    }
}
