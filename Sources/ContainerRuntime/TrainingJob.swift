import Logging
public import SystemPackage

/// A training job from its start to its end: this file is the table of contents, one mark a folder.
///
/// - It exits with the program's code, and with 0 only if the archive, where one is due, is in place too.
/// - On every other ending `output/failure` says why, the cause first.
/// - Everything that can hang, crash or meet hostile bytes is a step, supervised in a process of its own.
public struct TrainingJob {
    /// The settings of this run.
    public var settings: RuntimeSettings
    /// The variables that `train` was started with.
    public let incoming: EnvironmentVariables
    /// The executable that the steps `pack` and `fetch` are commands of.
    public var helper: FilePath = "/proc/self/exe"
    /// Known ways to fail, with their advice; a framework's author adds to them.
    public var failurePatterns = FailurePattern.all

    /// Words that the program gets behind the arguments that are made of its hyperparameters.
    public var moreArguments: [RawString] = []

    /// Changes the plan of this host before it is carried out: another launcher, more variables.
    public var adjustPlan: ((inout LaunchPlan, TrainingEnvironment) throws(Failure) -> Void)?

    /// Whether the program is a function of this executable, which `TrainingJob.main` calls in a process of its own.
    var isFunction = false
    let supervisor: Supervisor
    /// What is remembered of the run, for its report.
    let record = RunRecord()
    var paths: TrainingPaths { settings.paths }

    /// Makes a job.
    public init(settings: RuntimeSettings, incoming: EnvironmentVariables, supervisor: Supervisor) {
        self.settings = settings
        self.incoming = incoming
        self.supervisor = supervisor
    }

    /// Runs the job to its end.
    ///
    /// - Returns: The status that `train` ends with.
    public func run() -> ExitStatus {
        var ending = JobEnding(job: self)
        defer { supervisor.endCompanions() }
        do throws(JobFailure) {
            // MARK: 1. Layout: where things are
            try prepare()

            // MARK: 2. Configuration: what was asked
            let configuration = try configure(&ending)

            // MARK: 3. Environment: what the program will see
            var environment = try gatherFacts(configuration, &ending)
            try findCheckpoint(&environment, &ending)

            // MARK: 4. User code: brought in and installed
            try bringCode(configuration, &ending)
            try checkHyperparameters(&environment, &ending)
            try runStartupHook(&environment, &ending)
            let program = try findProgram(&environment)
            beginRecord(&ending)
            let installed = try install(program, &ending)

            // MARK: 5. Launch: how it is started
            var plan = try planLaunch(program, environment, installed, &ending)
            announce(plan, program, environment, ending)
            try meetPeers(&plan, environment, &ending)
            try startSync(configuration, &ending)

            // MARK: 6. Supervision: its life
            observe(plan, environment, &ending)
            try runProgram(&plan, program, &ending)

            // MARK: 7. Model archive: what is left behind
            try packModel(ending)
        } catch {
            let verdict = ending.verdict(of: error)
            writeReport(verdict, ending, .beforeOutputArchive)
            packOutputData(ending)
            // MARK: 8. Outcome: what is said about it
            writeReport(verdict, ending, .atLast)
            let status = ending.fail(verdict)
            awaitSync(&ending)
            return status
        }
        writeReport(.success, ending, .beforeOutputArchive)
        packOutputData(ending)
        awaitSync(&ending)
        writeReport(.success, ending, .atLast)
        ending.peers?.awaitOthers()
        do throws(Failure) {
            return try ending.succeed()
        } catch {
            let verdict = ending.verdict(of: .fault(error))
            withdrawModel()
            writeReport(verdict, ending, .atLast)
            return ending.fail(verdict)
        }
    }
}
