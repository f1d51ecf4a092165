import SystemPackage

/// What a job would start on one host, worked out from its facts: nothing is run, made or removed for it.
struct PlannedJob {
    /// The facts, with the entry point that was found.
    let environment: TrainingEnvironment
    /// What is run.
    let program: Program
    /// How it is started.
    let plan: LaunchPlan
    /// What is doubtful about the variables.
    let warnings: [JobWarning]

    /// Works the plan out.
    ///
    /// - Throws: `Failure` as a job would.
    init(_ facts: TrainingEnvironment, settings: RuntimeSettings) throws(Failure) {
        var environment = facts
        let incoming = facts.incoming
        let python = { () throws(Failure) in try PythonInterpreter.find(settings.python, environment: incoming) }
        let plain: LaunchPlan
        var entryPoint: EntryPoint?
        // A name as mkdtemp(3) takes it stands for a directory that no plan makes.
        let privateDirectory: FilePath = "/tmp/train-job-XXXXXX"
        if let module = environment.frameworkModule, !module.isEmpty {
            let (variables, doubts) = try environment.variables(files: .planned())
            program = .framework(module: module)
            warnings = doubts
            plain = FrameworkLauncher.plan(
                module: module,
                python: try python(),
                environment: variables,
                report: privateDirectory.appending("framework.json")
            )
        } else {
            let found = try EntryPoint.find(program: environment.userEntryPoint, in: facts.paths.code)
            environment.userEntryPoint = found.name
            let (variables, doubts) = try environment.variables(files: .planned())
            program = .entryPoint(found)
            entryPoint = found
            warnings = doubts
            plain = try ProcessLauncher.plan(
                found,
                code: facts.paths.code,
                python: python,
                arguments: environment.arguments.rawStrings,
                environment: variables
            )
        }
        self.environment = environment
        let launch = try DistributedLaunch(
            environment: environment,
            settings: settings,
            privateDirectory: privateDirectory,
            helper: "/proc/self/exe"
        )
        plan = try launch.plan(plain, entryPoint)
    }
}
