import Logging
import SystemPackage

#if canImport(Glibc)
import Glibc
#endif

/// The steps of the user's code: it is brought in, found, and what it needs is installed.
extension TrainingJob {
    /// Brings the code from where it was named, unless there is some already.
    func bringCode(_ configuration: JobConfiguration, _ ending: inout JobEnding) throws(JobFailure) {
        if isFunction { return }
        switch CodeSource.decide(configuration, paths, incoming) {
        case .none: return
        case .inPlace(let unused):
            record.codeSource = (paths.code.string, "there already")
            if let unused { log.info("\(paths.code) has code in it; \(CodeLocation.shown(unused)) is left alone") }
        case .fetch(let source, let reason):
            // A presigned address is a password: it is an argument of the step and nowhere else.
            let shown = CodeLocation.shown(source)
            log.info("fetching code: \(shown) (\(reason.rawValue))")
            record.codeSource = (shown, reason.rawValue)
            let note: FilePath
            do throws(Failure) {
                note = try ending.privateDirectory().appending("fetch-failure.json")
            } catch {
                throw .fault(error)
            }
            let task = HelperTask.fetch(source, to: paths.code, isPrefix: false)
            var step = helperStep("fetch", task, environment: storeEnvironment(configuration), note: note)
            step.shown = "train fetch \(shown) \(paths.code)"
            let report = try supervise(step, SupervisionPolicy(grace: settings.gracePeriod), .readErrors)
            guard report.isSuccess else { throw .step(step, report, .fetch) }
        }
    }

    /// Holds the hyperparameters against the schema that came with the code, before anything of it is run.
    func checkHyperparameters(_ environment: inout TrainingEnvironment, _ ending: inout JobEnding) throws(JobFailure) {
        do throws(Failure) {
            try environment.meetSchema()
        } catch {
            throw .fault(error)
        }
        for warning in environment.schemaWarnings { log.warning("\(warning)") }
        ending.mask = SecretMask(environment)
    }

    /// Finds what is run: a framework's function where one is named, else the user's entry point.
    func findProgram(_ environment: inout TrainingEnvironment) throws(JobFailure) -> Program {
        if isFunction { return .function }
        if let module = environment.frameworkModule, !module.isEmpty { return .framework(module: module) }
        do throws(Failure) {
            let entryPoint = try EntryPoint.find(program: environment.userEntryPoint, in: paths.code)
            environment.userEntryPoint = entryPoint.name
            return .entryPoint(entryPoint)
        } catch {
            throw .fault(error)
        }
    }

    /// The name of the script that runs before everything else of the user's.
    static let startupHook = "startup-hook.sh"

    /// Runs `startup-hook.sh`, where the code has one, with the variables that the program will see.
    func runStartupHook(_ environment: inout TrainingEnvironment, _ ending: inout JobEnding) throws(JobFailure) {
        let name = Self.startupHook
        guard environment.userEntryPoint != name, (try? FileStatus(paths.code.appending(name)))?.isFile == true else {
            return
        }
        var plan: LaunchPlan
        do throws(Failure) {
            let (variables, _) = try environment.variables(files: ending.filesForVariables())
            plan = try ProcessLauncher.plan(
                EntryPoint.find(program: name, in: paths.code),
                code: paths.code,
                python: { () throws(Failure) in try PythonInterpreter.find(settings.python, environment: incoming) },
                arguments: [],
                environment: variables
            )
        } catch {
            throw .fault(error)
        }
        ProcessLauncher.makeExecutable(&plan, EntryPoint(name: name, kind: .command))
        log.info("running \(name)")
        let policy = SupervisionPolicy(grace: settings.gracePeriod)
        var report = try supervise(plan.step, policy, .readErrors)
        if report.ending == .notStarted(.execFormatError), ProgramDiagnosis.isText(plan.step) {
            ProcessLauncher.runByShell(&plan)
            report = try supervise(plan.step, policy, .readErrors)
        }
        if case .notStarted(let error) = report.ending { throw .fault(ProgramDiagnosis.failure(of: plan.step, error)) }
        guard report.isSuccess else { throw .step(plan.step, report, .startupHook(name)) }
        // It may have brought checkpoints, or removed one.
        try findCheckpoint(&environment, &ending)
    }

    /// Lets pip or uv install what the entry point needs.
    ///
    /// - Returns: The directories that follow the code directory on PYTHONPATH.
    func install(_ program: Program, _ ending: inout JobEnding) throws(JobFailure) -> [FilePath] {
        guard !isFunction, let installation = Installation(program, in: paths.code) else { return [] }
        let directory: FilePath
        let installer: PackageInstaller
        do throws(Failure) {
            installer = try PackageInstaller(
                settings.installer,
                python: PythonInterpreter.find(settings.python, environment: incoming),
                incoming: incoming,
                hasNetwork: NetworkInterfaces.leadOut()
            )
            directory = try ending.privateDirectory()
        } catch {
            throw .fault(error)
        }
        log.info("installing: \(installer.command(installation))")
        if case .none(let reason) = installer.index {
            log.info("no index is asked, since \(reason.rawValue): wheels have to come with the code")
        }
        let target = directory.appending("site-packages")
        let note = directory.appending("index-failure.json")
        let step = installer.step(installation, target: target, incoming: incoming, helper: helper, note: note)
        var policy = SupervisionPolicy(grace: settings.gracePeriod)
        // On a terminal pip shows a bar of its own.
        policy.tellsThatItRuns = isatty(STDERR_FILENO) == 0
        let report = try supervise(step, policy, .readErrors)
        guard report.isSuccess else { throw .step(step, report, .installation(installation.failureClass)) }
        return (try? FileStatus(target))?.isDirectory == true ? [target] : []
    }
}
