import SystemPackage

/// What a job would start on one host, by what its directories hold now: nothing is run, made or removed for it.
struct PlannedJob {
    /// The facts, with the entry point that was found.
    let environment: TrainingEnvironment
    /// Where the code comes from.
    let code: CodeSource
    /// What is run; nil where that is not known.
    let program: Program?
    /// How it is started.
    let plan: LaunchPlan
    /// What is doubtful about the facts and the variables.
    let warnings: [JobWarning]

    /// The source of code that is still to be fetched, and who named it: what only the code could tell is not known.
    var missingCode: (source: String, reason: String)? {
        guard case .fetch(let source, let reason) = code else { return nil }
        return (CodeLocation.shown(source), reason.rawValue)
    }

    /// The variables that the program gets and `train` did not, or with another value, in the order of names.
    var addedVariables: [(name: RawString, value: ArraySlice<UInt8>)] {
        let before = Set(environment.incoming.entries)
        return plan.step.environment.filter { !before.contains($0) }.sorted().compactMap { entry in
            EnvironmentVariables.name(of: entry).map { ($0, entry.bytes.dropFirst($0.bytes.count + 1)) }
        }
    }
}

extension JobPlanner {
    /// Works everything out.
    ///
    /// - Parameter host: The host, or nil for this one.
    /// - Returns: What is known; of code that is to be fetched only what needs no code.
    /// - Throws: `Failure` as a job would.
    func plan(host: String? = nil) throws(Failure) -> PlannedJob {
        let (environment, code) = try situation(of: host)
        // An entry point is not known before the code; a framework's function has its name.
        if case .fetch = code, environment.functionName == nil { return try planned(environment, code, nil) }
        return try planned(environment, code, try program(environment))
    }

    /// Works out what the program will see; that it is not there, or its launcher is not, is for the job to tell.
    ///
    /// - Throws: `Failure` as a job would for the rest.
    func planOfVariables() throws(Failure) -> PlannedJob {
        let (environment, code) = try situation(of: nil)
        let program = try? program(environment)
        if let whole = try? planned(environment, code, program) { return whole }
        return try planned(environment.running(program), code, nil)
    }

    private func situation(of host: String?) throws(Failure) -> (TrainingEnvironment, CodeSource) {
        var configuration = try JobConfiguration.read(paths: job.paths, environment: job.incoming)
        if let host { configuration = try configuration.seen(from: host) }
        var environment = try facts(configuration)
        try environment.meetSchema()
        return (environment, codeSource(configuration))
    }

    private func planned(
        _ environment: TrainingEnvironment,
        _ code: CodeSource,
        _ program: Program?
    ) throws(Failure) -> PlannedJob {
        let environment = environment.running(program)
        var warnings = environment.warnings
        let plan = try launch(program, environment) { warnings.append($0) }
        return PlannedJob(environment: environment, code: code, program: program, plan: plan, warnings: warnings)
    }
}
