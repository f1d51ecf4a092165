public import Logging
import SystemPackage

extension TrainingJob {
    // MARK: 1. Layout

    /// Makes the directories that the job needs and removes what an earlier run left as its result.
    func prepare() throws(JobFailure) {
        do throws(Failure) {
            for warning in try paths.makeDirectories() { log.warning("\(warning)") }
        } catch {
            throw .fault(error)
        }
        OutcomeFiles(paths: paths).removeEarlier()
        let reports = ["report.json", "report.html", "train-report.json", "train-report.html"]
        for archive in [paths.modelArchive, paths.outputArchive] + reports.map({ paths.output.appending($0) }) {
            do throws(Errno) {
                try SmallFile.remove(archive)
            } catch {
                log.warning("\(archive): cannot be removed, it is of an earlier run: \(error)")
            }
        }
    }

    // MARK: 2. Configuration

    /// Reads the configuration, and sets the level of our own lines by it.
    func configure(_ ending: inout JobEnding) throws(JobFailure) -> JobConfiguration {
        do throws(Failure) {
            let configuration = try JobConfiguration.read(paths: paths, environment: incoming)
            RuntimeLog.shared.level = Logger.Level(python: settings.logLevel ?? configuration.ownLogLevel)
            ending.mask = SecretMask(hyperparameters: configuration.hyperparameters.all, variables: incoming)
            RuntimeLog.shared.place = LogPlace(configuration.resources, settings.hostOrder)
            ending.intermediate = IntermediateSync(
                try IntermediateOutput(
                    configuration.hyperparameters.text("sagemaker_s3_output"),
                    jobName: incoming.text("TRAINING_JOB_NAME")
                )
            )
            return configuration
        } catch {
            throw .fault(error)
        }
    }

    // MARK: 3. Environment

    /// More warnings than a person would read hide those that matter.
    private static let mostWarnings = 20

    /// Gathers all facts; a hyperparameter that no argument can hold ends the job here.
    func gatherFacts(
        _ configuration: JobConfiguration,
        _ ending: inout JobEnding
    ) throws(JobFailure) -> TrainingEnvironment {
        let machine = Machine.probe(
            environment: incoming,
            instanceType: configuration.resources.currentInstanceType
        )
        do throws(Failure) {
            var environment = try TrainingEnvironment(
                configuration: configuration,
                paths: paths,
                machine: machine,
                incoming: incoming,
                booleanStyle: settings.booleanStyle
            )
            environment.hostOrder = settings.hostOrder
            environment.moreArguments = moreArguments
            record.environment = environment
            for warning in environment.warnings.prefix(Self.mostWarnings) {
                log.warning("\(ending.mask.mask("\(warning)"))")
            }
            let rest = environment.warnings.count - Self.mostWarnings
            if rest > 0 { log.warning("and \(rest) more warnings; train env shows all") }
            return environment
        } catch {
            throw .fault(error)
        }
    }

    // MARK: 5. Launch

    /// Makes the plan, with all variables in it.
    func planLaunch(
        _ program: Program,
        _ environment: TrainingEnvironment,
        _ installed: [FilePath],
        _ ending: inout JobEnding
    ) throws(JobFailure) -> LaunchPlan {
        do throws(Failure) {
            let notice = try ending.privateDirectory().appending("stop-notice")
            var environment = environment
            environment.stopNotice = notice
            supervisor.stopBegan = { StopNotice.write($0, to: notice) }
            let files = ending.filesForVariables()
            let (variables, warnings) = try environment.variables(pythonPath: installed, files: files)
            for warning in warnings { log.warning("\(ending.mask.mask("\(warning)"))") }
            let python = { () throws(Failure) in
                try PythonInterpreter.find(settings.python, environment: incoming)
            }
            switch program {
            case .entryPoint(let entryPoint):
                let plain = try ProcessLauncher.plan(
                    entryPoint,
                    code: paths.code,
                    python: python,
                    arguments: environment.arguments.rawStrings,
                    environment: variables
                )
                return try distribute(plain, entryPoint, environment, &ending)
            case .framework(let module):
                let report = try ending.privateDirectory().appending("framework.json")
                ending.frameworkReport = report
                let plain = FrameworkLauncher.plan(
                    module: module,
                    python: try python(),
                    environment: variables,
                    report: report
                )
                return try distribute(plain, nil, environment, &ending)
            case .function:
                let report = try ending.privateDirectory().appending("function.json")
                ending.frameworkReport = report
                let plain = FunctionLauncher.plan(
                    executable: helper,
                    arguments: environment.arguments.rawStrings,
                    environment: variables,
                    report: report
                )
                return try distribute(plain, nil, environment, &ending)
            }
        } catch {
            throw .fault(error)
        }
    }

    /// Makes the plan of one process the plan of this host, where the job has a launcher or several hosts.
    private func distribute(
        _ plain: LaunchPlan,
        _ entryPoint: EntryPoint?,
        _ environment: TrainingEnvironment,
        _ ending: inout JobEnding
    ) throws(Failure) -> LaunchPlan {
        let launch = try DistributedLaunch(
            environment: environment,
            settings: settings,
            privateDirectory: try ending.privateDirectory(),
            helper: helper
        )
        var plan = try launch.plan(plain, entryPoint)
        try adjustPlan?(&plan, environment)
        for warning in plan.warnings { log.warning("\(ending.mask.mask(warning))") }
        if let reason = plan.reason { log.info("launcher: \(plan.launcher.name), asked for by \(reason)") }
        return plan
    }

    // MARK: 6. Supervision

    /// Runs the program; a return means that it ended with 0.
    func runProgram(
        _ plan: inout LaunchPlan,
        _ program: Program,
        _ ending: inout JobEnding
    ) throws(JobFailure) {
        if case .entryPoint(let entryPoint) = program {
            if plan.launcher.startsProgramItself {
                ProcessLauncher.makeExecutable(&plan, entryPoint)
            } else {
                var file = LaunchPlan(step: plan.program)
                ProcessLauncher.makeExecutable(&file, entryPoint)
            }
        }
        defer {
            ending.observation?.conclude()
            ending.intermediate.finishSending()
        }
        ending.command = plan.command
        record.plan = plan
        log.info("starting: \(ending.mask.mask(plan.command))")
        var policy = SupervisionPolicy(grace: settings.gracePeriod)
        // What the leader starts here, it hears and limits there.
        let idle = plan.isFollower ? nil : settings.idleTimeout
        policy.setLimits(runTime: settings.maximumRunTime, idle: idle)
        policy.endsWithCompanions = true
        policy.addressee = plan.addressee
        let output: OutputPolicy = idle == nil && supervisor.copies == nil ? .readErrors : .readBoth
        ending.memoryEventsBefore = MemoryEvents.read()
        let isJSON = settings.logFormat == .all
        if isJSON, plan.launcher.startsProgramItself, ProgramDiagnosis.isShellText(plan.step) {
            ProcessLauncher.runByShell(&plan)
        }
        let step = plan.supervisedStep(helper: helper, format: settings.logFormat, place: RuntimeLog.shared.place)
        var report = try supervise(step, policy, output)
        let tagged = isJSON ? LogLine.messages(report.tail, isTagged: plan.isTagged) : report.tail
        if isJSON { report.tail = LogLine.messages(report.tail) }
        if report.ending == .notStarted(.execFormatError), plan.launcher.startsProgramItself,
            ProgramDiagnosis.isText(plan.step)
        {
            ProcessLauncher.runByShell(&plan)
            report = try supervise(plan.step, policy, output)
        }
        record.tail = report.tail
        let isOverForPeers = ending.concludePeers(report, plan, tagged: tagged)
        if case .notStarted(let error) = report.ending {
            throw .fault(ProgramDiagnosis.failure(of: plan.step, error))
        }
        if isOverForPeers { return }
        guard report.isSuccess, !report.isOverLimit, !ending.isEndedByPeers else {
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

    func supervise(
        _ step: Step,
        _ policy: SupervisionPolicy,
        _ output: OutputPolicy
    ) throws(JobFailure) -> StepReport {
        do throws(Failure) {
            let started = WallTime.now
            let report = try supervisor.run(step, policy: policy, output: output)
            record.note(step, report, since: started)
            return report
        } catch {
            throw .fault(error)
        }
    }
}

extension Logger.Level {
    /// The number of this level in Python's `logging`.
    public var pythonNumber: Int {
        switch self {
        case .trace: 5
        case .debug: 10
        case .info, .notice: 20
        case .warning: 30
        case .error: 40
        case .critical: 50
        }
    }

    /// The level of a number of Python's `logging`: DEBUG 10, INFO 20, WARNING 30, ERROR 40, CRITICAL 50.
    public init(python number: Int) {
        switch number {
        case ..<10: self = .trace
        case ..<20: self = .debug
        case ..<30: self = .info
        case ..<40: self = .warning
        case ..<50: self = .error
        default: self = .critical
        }
    }
}
