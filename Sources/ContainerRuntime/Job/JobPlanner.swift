import SystemPackage

/// Works out what a job starts on one host, for all who want to know it: a run, which asks step by step, and `--dry-run`,
/// `train env` and `train check`, so that what is shown is what runs.
///
/// It runs nothing but the tools that count accelerators; it makes and removes nothing.
struct JobPlanner {
    let job: TrainingJob
    /// Where files go that only the run needs; a name as mkdtemp(3) takes it stands for a directory that no plan makes.
    var privateDirectory: FilePath = "/tmp/train-job-XXXXXX"
    /// Where values go that the kernel does not take as variables.
    var files = VariableFiles.planned()

    /// The file that appears when the job is stopped.
    var stopNotice: FilePath { privateDirectory.appending("stop-notice") }
    /// Where packages go that the Python's own environment cannot take.
    var packages: FilePath { privateDirectory.appending("site-packages") }

    /// All facts of a configuration.
    ///
    /// - Throws: `Failure` where a hyperparameter cannot be an argument.
    func facts(_ configuration: JobConfiguration) throws(Failure) -> TrainingEnvironment {
        var environment = try TrainingEnvironment(configuration, settings: job.settings, incoming: job.incoming)
        environment.moreArguments = job.moreArguments
        return environment
    }

    /// Where the code comes from; a function brings its own.
    func codeSource(_ configuration: JobConfiguration) -> CodeSource {
        job.isFunction ? .none : CodeSource.decide(configuration, job.paths, job.incoming)
    }

    /// What is run: the function of this program, a framework's where one is named, else the user's entry point.
    ///
    /// - Throws: `Failure` where the entry point is not there or is none.
    func program(_ environment: TrainingEnvironment) throws(Failure) -> Program {
        if job.isFunction { return .function }
        if let module = environment.functionName { return .framework(module: module) }
        return .entryPoint(try EntryPoint.find(program: environment.userEntryPoint, in: job.paths.code))
    }

    /// What has to be installed for a program; a function has brought all that it needs.
    func installation(_ program: Program) -> Installation? {
        job.isFunction ? nil : Installation(program, in: job.paths.code)
    }

    /// What installs it, and from where.
    ///
    /// - Throws: `Failure` where the installer or its Python is missing.
    func installer() throws(Failure) -> PackageInstaller {
        try PackageInstaller(
            job.settings.installer,
            python: python(),
            incoming: job.incoming,
            hasNetwork: NetworkInterfaces.leadOut()
        )
    }

    /// The interpreter of Python scripts and of the installer.
    func python() throws(Failure) -> FilePath {
        try PythonInterpreter.find(job.settings.python, environment: job.incoming)
    }

    /// How a program is started, with all its variables.
    ///
    /// - Parameters:
    ///   - program: What is run; without it, the plan has no command, and of the launcher only what it adds to every program.
    ///   - environment: What it will see.
    ///   - installed: What follows the code directory on PYTHONPATH.
    ///   - warn: Is told what is doubtful about the variables.
    /// - Returns: The plan, as far as it is known.
    /// - Throws: `Failure` where the launcher is not there or cannot start the program, or the variables are too many.
    func launch(
        _ program: Program?,
        _ environment: TrainingEnvironment,
        installed: [FilePath] = [],
        warn: (JobWarning) -> Void
    ) throws(Failure) -> LaunchPlan {
        var environment = environment
        environment.stopNotice = stopNotice
        let (variables, warnings) = try environment.variables(pythonPath: installed, files: files)
        warnings.forEach(warn)
        let launch = try DistributedLaunch(
            environment: environment,
            settings: job.settings,
            privateDirectory: privateDirectory,
            helper: job.helper
        )
        guard let program else {
            let step = Step(
                name: "",
                executable: "",
                arguments: [],
                environment: variables.entries,
                workingDirectory: job.paths.code
            )
            return try launch.outline(LaunchPlan(step: step))
        }
        let plain = try process(program, environment, variables)
        var plan = try launch.plan(plain, program.entryPoint)
        try job.adjustPlan?(&plan, environment)
        return plan
    }

    /// How a program is started as one process, before a launcher makes many of it.
    private func process(
        _ program: Program,
        _ environment: TrainingEnvironment,
        _ variables: EnvironmentVariables
    ) throws(Failure) -> LaunchPlan {
        switch program {
        case .entryPoint(let entryPoint):
            try ProcessLauncher.plan(
                entryPoint,
                code: job.paths.code,
                python: python,
                arguments: environment.arguments.rawStrings,
                environment: variables
            )
        case .framework(let module):
            FrameworkLauncher.plan(
                module: module,
                python: try python(),
                environment: variables,
                report: privateDirectory.appending("framework.json")
            )
        case .function:
            FunctionLauncher.plan(
                executable: job.helper,
                arguments: environment.arguments.rawStrings,
                environment: variables,
                report: privateDirectory.appending("function.json")
            )
        }
    }
}
