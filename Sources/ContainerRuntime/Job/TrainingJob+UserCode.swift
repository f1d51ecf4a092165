import Logging
import SystemPackage

#if canImport(Glibc)
import Glibc
#endif

/// The steps of the user's code: it is brought in, found, and what it needs is installed.
extension TrainingJob {
    /// Brings the code from where it was named, unless there is some already.
    func bringCode(_ configuration: JobConfiguration, _ context: JobContext) throws(JobFailure) {
        switch JobPlanner(job: self).codeSource(configuration) {
        case .none: return
        case .inPlace(let unused):
            context.record.codeSource = (paths.code.string, "there already")
            if let unused { log.info("\(paths.code) has code in it; \(CodeLocation.shown(unused)) is left alone") }
        case .fetch(let source, let reason):
            // A presigned address is a password: it is an argument of the step and nowhere else.
            let shown = CodeLocation.shown(source)
            log.info("fetching code: \(shown) (\(reason.rawValue))")
            context.record.codeSource = (shown, reason.rawValue)
            let note = try asFault(context.privateDirectory).appending("fetch-failure.json")
            let task = HelperTask.fetch(source, to: paths.code, isPrefix: false)
            var step = helperStep("fetch", task, environment: storeEnvironment(configuration), note: note)
            step.shown = "train fetch \(shown) \(paths.code)"
            try context.require(step, as: .fetch)
        }
    }

    /// Holds the hyperparameters against the schema that came with the code, before anything of it is run.
    ///
    /// - Returns: The facts, with the schema's defaults.
    func checkHyperparameters(
        _ environment: TrainingEnvironment,
        _ context: JobContext
    ) throws(JobFailure) -> TrainingEnvironment {
        var environment = environment
        try asFault { () throws(Failure) in try environment.meetSchema() }
        for warning in environment.schemaWarnings { log.warning("\(warning)") }
        context.mask = SecretMask(environment)
        return environment
    }

    /// Finds what is run.
    func findProgram(_ environment: TrainingEnvironment) throws(JobFailure) -> Program {
        try asFault { () throws(Failure) in try JobPlanner(job: self).program(environment) }
    }

    /// Runs `startup-hook.sh`, where the code has one, with the variables that the program will see.
    ///
    /// - Returns: The facts, with what the hook has brought.
    func runStartupHook(
        _ environment: TrainingEnvironment,
        _ context: JobContext
    ) throws(JobFailure) -> TrainingEnvironment {
        let name = StartupHook.name
        guard StartupHook.isThere(environment) else { return environment }
        var plan = try asFault { () throws(Failure) in
            try ProcessLauncher.plan(
                EntryPoint.find(program: name, in: paths.code),
                code: paths.code,
                python: JobPlanner(job: self).python,
                arguments: [],
                environment: environment.variables(files: context.variableFiles).variables
            )
        }
        ProcessLauncher.makeExecutable(&plan, EntryPoint(name: name, kind: .command))
        log.info("running \(name)")
        let report = try context.superviseFile(of: &plan, as: plan.step)
        if case .notStarted(let error) = report.ending { throw .fault(ProgramDiagnosis.failure(of: plan.step, error)) }
        guard report.isSuccess else { throw .step(plan.step, report, .startupHook(name)) }
        // It may have brought checkpoints, or removed one.
        return try findCheckpoint(environment, context)
    }

    /// Lets pip or uv install what the entry point needs.
    ///
    /// - Returns: The directories that follow the code directory on PYTHONPATH.
    func install(_ program: Program, _ context: JobContext) throws(JobFailure) -> [FilePath] {
        guard let installation = JobPlanner(job: self).installation(program) else { return [] }
        let installer = try asFault(JobPlanner(job: self).installer)
        let target = try asFault(context.planner).packages
        log.info("installing: \(installer.command(installation))")
        if case .none(let reason) = installer.index {
            log.info("no index is asked, since \(reason.rawValue): wheels have to come with the code")
        }
        let note = try asFault(context.privateDirectory).appending("index-failure.json")
        let step = installer.step(installation, target: target, incoming: incoming, helper: helper, note: note)
        var policy = SupervisionPolicy(grace: settings.gracePeriod)
        // On a terminal pip shows a bar of its own.
        policy.tellsThatItRuns = isatty(STDERR_FILENO) == 0
        try context.require(step, policy, as: .installation(installation.failureClass))
        return (try? FileStatus(target))?.isDirectory == true ? [target] : []
    }
}
