extension TrainingEnvironment {
    /// Reads a base directory's configuration and works all facts out, as a job would; starts nothing but the tools that
    /// count accelerators, and makes nothing.
    ///
    /// - Parameters:
    ///   - settings: The settings of the run.
    ///   - incoming: The variables that `train` was started with.
    ///   - host: The host that is asked about, or nil for this one.
    /// - Returns: The facts, with the defaults of the schema that is in the code directory now.
    /// - Throws: `Failure` as a job would.
    public static func read(
        settings: RuntimeSettings,
        incoming: EnvironmentVariables,
        host: String? = nil
    ) throws(Failure) -> TrainingEnvironment {
        try read(settings: settings, incoming: incoming, host: host, machine: nil)
    }

    /// Does it with a machine that is known already, or without a look at the schema.
    static func read(
        settings: RuntimeSettings,
        incoming: EnvironmentVariables,
        host: String? = nil,
        machine: Machine?,
        meetsSchema: Bool = true
    ) throws(Failure) -> TrainingEnvironment {
        var configuration = try JobConfiguration.read(paths: settings.paths, environment: incoming)
        if let host { configuration = try configuration.seen(from: host) }
        var environment = try TrainingEnvironment(
            configuration: configuration,
            paths: settings.paths,
            machine: machine
                ?? Machine.probe(
                    environment: incoming,
                    instanceType: configuration.resources.currentInstanceType
                ),
            incoming: incoming,
            booleanStyle: settings.booleanStyle
        )
        environment.hostOrder = settings.hostOrder
        if meetsSchema { try environment.meetSchema() }
        return environment
    }
}
