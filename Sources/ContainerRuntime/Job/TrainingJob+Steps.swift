import Logging
import SystemPackage

extension TrainingJob {
    // MARK: 1. Layout

    /// Makes the directories that the job needs and removes what an earlier run left as its result.
    func prepare() throws(JobFailure) {
        for warning in try asFault(paths.makeDirectories) { log.warning("\(warning)") }
        let reports = ["report.json", "report.html", "train-report.json", "train-report.html"]
        let results = [paths.failure, paths.success, paths.modelArchive, paths.outputArchive]
        OutcomeFiles.removeEarlier(results + reports.map { paths.output.appending($0) })
    }

    // MARK: 2. Configuration

    /// Reads the configuration, and sets the level of our own lines by it.
    func configure(_ context: JobContext) throws(JobFailure) -> JobConfiguration {
        try asFault { () throws(Failure) in
            let configuration = try JobConfiguration.read(paths: paths, environment: incoming)
            RuntimeLog.shared.level = Logger.Level(python: settings.logLevel ?? configuration.ownLogLevel)
            context.mask = SecretMask(hyperparameters: configuration.hyperparameters.all, variables: incoming)
            RuntimeLog.shared.place = LogPlace(configuration.resources, settings.hostOrder)
            context.intermediate = IntermediateSync(
                try IntermediateOutput(
                    configuration.hyperparameters.text("sagemaker_s3_output"),
                    jobName: incoming.text("TRAINING_JOB_NAME")
                )
            )
            return configuration
        }
    }

    // MARK: 3. Environment

    /// More warnings than a person would read hide those that matter.
    private static let mostWarnings = 20

    /// Gathers all facts; a hyperparameter that no argument can hold ends the job here.
    func gatherFacts(
        _ configuration: JobConfiguration,
        _ context: JobContext
    ) throws(JobFailure) -> TrainingEnvironment {
        let environment = try asFault { () throws(Failure) in try JobPlanner(job: self).facts(configuration) }
        for warning in environment.warnings.prefix(Self.mostWarnings) {
            log.warning("\(context.mask.mask("\(warning)"))")
        }
        let rest = environment.warnings.count - Self.mostWarnings
        if rest > 0 { log.warning("and \(rest) more warnings; train env shows all") }
        return environment
    }

    // MARK: 5. Launch

    /// Makes the plan, with all variables in it.
    func planLaunch(
        _ program: Program,
        _ environment: TrainingEnvironment,
        _ installed: [FilePath],
        _ context: JobContext
    ) throws(JobFailure) -> LaunchPlan {
        let plan = try asFault { () throws(Failure) in
            let planner = try context.planner()
            context.supervisor.stopBegan = { StopNotice.write($0, to: planner.stopNotice) }
            return try planner.launch(program, environment, installed: installed) { warning in
                log.warning("\(context.mask.mask("\(warning)"))")
            }
        }
        for warning in plan.warnings { log.warning("\(context.mask.mask(warning))") }
        if let reason = plan.reason { log.info("launcher: \(plan.launcher.name), asked for by \(reason)") }
        return plan
    }

    // MARK: 6. Supervision

    /// Runs the program; a return means that it ended with 0.
    func runProgram(
        _ planned: LaunchPlan,
        _ program: Program,
        _ observation: Observation?,
        _ context: JobContext
    ) throws(JobFailure) {
        var plan = planned
        if let entryPoint = program.entryPoint {
            if plan.launcher.startsProgramItself {
                ProcessLauncher.makeExecutable(&plan, entryPoint)
            } else {
                var file = LaunchPlan(step: plan.program)
                ProcessLauncher.makeExecutable(&file, entryPoint)
            }
        }
        defer {
            observation?.conclude()
            context.intermediate.finishSending()
        }
        context.record.plan = plan
        log.info("starting: \(context.mask.mask(plan.command))")
        var policy = SupervisionPolicy(grace: settings.gracePeriod)
        // What the leader starts here, it hears and limits there.
        let idle = plan.isFollower ? nil : settings.idleTimeout
        policy.setLimits(runTime: settings.maximumRunTime, idle: idle)
        policy.endsWithCompanions = true
        policy.addressee = plan.addressee
        let output: OutputPolicy = idle == nil && context.supervisor.copies == nil ? .readErrors : .readBoth
        context.memoryEventsBefore = MemoryEvents.read()
        let isJSON = settings.logFormat == .all
        if isJSON, plan.launcher.startsProgramItself, ProgramDiagnosis.isShellText(plan.step) {
            ProcessLauncher.runByShell(&plan)
        }
        let step = plan.supervisedStep(helper: helper, format: settings.logFormat, place: RuntimeLog.shared.place)
        var report = try context.superviseFile(of: &plan, as: step, policy, output)
        var tagged = report.tail
        if isJSON {
            tagged = LogLine.messages(report.tail, isCut: report.isTailCut, isTagged: plan.isTagged)
            report.tail = LogLine.messages(report.tail, isCut: report.isTailCut)
        }
        context.record.tail = report.tail
        let isOverForPeers = context.concludePeers(report, plan, tagged: tagged)
        if case .notStarted(let error) = report.ending {
            throw .fault(ProgramDiagnosis.failure(of: plan.step, error))
        }
        if isOverForPeers { return }
        guard report.isSuccess, !report.isOverLimit, context.peerFailure == nil else {
            throw .step(plan.step, report, plan.isFollower ? .peers : .program(program.failureClass))
        }
        if case .framework(let module) = program, let code = PassedOverExit.code(in: report.tail) {
            log.warning("a program that \(module) ran ended with \(code), and \(module) took that for success")
        }
    }

    /// The variables of a helper of ours: it logs at our level.
    var helperEnvironment: [RawString] {
        var environment = incoming
        if let level = RawString(String(RuntimeLog.shared.level.pythonNumber)) {
            environment.set("SM_LOG_LEVEL", level)
        }
        if let format = RawString(settings.logFormat.rawValue) { environment.set("TRAIN_LOG_FORMAT", format) }
        if let place = RuntimeLog.shared.place.flatMap({ RawString("\($0)") }) {
            environment.set(LogPlace.variable, place)
        }
        return environment.entries
    }

    /// The variables of a helper that talks to S3: the region of the hyperparameters is one that it looks at.
    func storeEnvironment(_ configuration: JobConfiguration) -> [RawString] {
        var environment = EnvironmentVariables(entries: helperEnvironment)
        if let region = configuration.hyperparameters.text("sagemaker_region").flatMap({ RawString($0) }) {
            environment.set("SAGEMAKER_REGION", region)
        }
        return environment.entries
    }
}
