import Logging
import SystemPackage

#if canImport(Glibc)
import Glibc
#endif

/// The steps of the user's code: it is brought in, found, and what it needs is installed.
extension TrainingJob {
    /// Brings the code from where it was named, unless there is some already.
    func bringCode(_ configuration: JobConfiguration) throws(JobFailure) {
        if isFunction { return }
        switch CodeSource.decide(configuration, paths, incoming) {
        case .none: return
        case .inPlace(let unused):
            record.codeSource = (paths.code.string, "there already")
            if let unused { log.info("\(paths.code) has code in it; \(unused) is left alone") }
        case .fetch(let source, let reason):
            log.info("fetching code: \(SecretMask().mask(source)) (\(reason.rawValue))")
            record.codeSource = (source, reason.rawValue)
            let words = ["train", "fetch", source, paths.code.string]
            let step = Step(
                name: "fetch",
                executable: helper,
                arguments: words.compactMap { RawString($0) },
                environment: helperEnvironment
            )
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

    /// Lets pip install what the entry point needs.
    ///
    /// - Returns: The directories that follow the code directory on PYTHONPATH.
    func install(_ program: Program, _ ending: inout JobEnding) throws(JobFailure) -> [FilePath] {
        guard !isFunction, let installation = Installation(program, in: paths.code) else { return [] }
        let target: FilePath
        let python: FilePath
        do throws(Failure) {
            python = try PythonInterpreter.find(settings.python, environment: incoming)
            target = try ending.privateDirectory().appending("site-packages")
        } catch {
            throw .fault(error)
        }
        let step = installation.step(python: python, code: paths.code, target: target, incoming: incoming)
        log.info("installing: pip install \(installation.arguments.joined(separator: " "))")
        var policy = SupervisionPolicy(grace: settings.gracePeriod)
        // On a terminal pip shows a bar of its own.
        policy.tellsThatItRuns = isatty(STDERR_FILENO) == 0
        let report = try supervise(step, policy, .readErrors)
        guard report.isSuccess else { throw .step(step, report, .installation(installation.failureClass)) }
        return (try? FileStatus(target))?.isDirectory == true ? [target] : []
    }
}
