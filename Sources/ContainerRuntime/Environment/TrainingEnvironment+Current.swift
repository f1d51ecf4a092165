public import SystemPackage

extension TrainingEnvironment {
    /// The facts of the job that this process is part of.
    ///
    /// Below `train`, or in a `TrainingJob`, they are those that the job has; elsewhere they are read from the base directory
    /// that `SAGEMAKER_BASE_DIR` names, `/opt/ml` without it, so that a program can be tried without a job.
    ///
    /// - Throws: `Failure` where a file of the configuration, or a setting, cannot be used.
    public static func current() throws(Failure) -> TrainingEnvironment {
        try current(.current())
    }

    static func current(_ variables: EnvironmentVariables) throws(Failure) -> TrainingEnvironment {
        var settings = try RuntimeSettings(environment: variables)
        // The runtime's own word, which an option may have set, beats the variable that it stands for.
        if let input = variables.text("SM_INPUT_DIR"), input.hasPrefix("/") {
            settings.baseDirectory = FilePath(input).removingLastComponent()
        }
        var environment = try TrainingEnvironment(
            JobConfiguration.read(paths: settings.paths, environment: variables),
            settings: settings,
            incoming: variables,
            machine: Machine(counted: variables)
        )
        try environment.meetSchema()
        if let name = variables.text("SM_USER_ENTRY_POINT"), !name.isEmpty { environment.userEntryPoint = name }
        return environment
    }

    /// The directory of a channel.
    ///
    /// - Throws: `Failure` with code `channelUnknown`, which lists the channels that there are.
    public func channelDirectory(_ name: String) throws(Failure) -> FilePath {
        let channels = configuration.inputData.channels
        guard channels.contains(where: { $0.hasSameBytes(as: name) }) else {
            throw Failure(.channelUnknown(has: channels), name)
        }
        return paths.channel(name)
    }
}

extension Machine {
    /// A machine as the runtime has counted it, or nil where no runtime has.
    fileprivate init?(counted variables: EnvironmentVariables) {
        let counts = ["SM_NUM_CPUS", "SM_NUM_GPUS", "SM_NUM_NEURONS"].map { variables.text($0).flatMap { Int($0) } }
        guard let processors = counts[0], let gpus = counts[1], let neurons = counts[2] else { return nil }
        let path = variables["PATH"]
        self.init(
            processors: processors,
            gpus: gpus,
            neurons: neurons,
            hasSMDDPRun: ExecutableSearch.file("smddprun", path: path) != nil,
            hasSMDDPMPRun: ExecutableSearch.file("smddpmprun", path: path) != nil
        )
    }
}
