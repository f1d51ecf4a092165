public import SystemPackage

/// A training job from its start to its end: this file is the table of contents, one mark a folder.
///
/// - It exits with the program's code, and with 0 only if the archive, where one is due, is in place too.
/// - On every other ending `output/failure` says why, the cause first.
/// - Everything that can hang, crash or meet hostile bytes is a step, supervised in a process of its own.
/// - It is a value: what one run of it makes is in that run's `JobContext`.
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
    var paths: TrainingPaths { settings.paths }

    /// Makes a job.
    public init(settings: RuntimeSettings, incoming: EnvironmentVariables) {
        self.settings = settings
        self.incoming = incoming
    }

    /// Runs the job to its end.
    ///
    /// - Parameter supervisor: What supervises its steps.
    /// - Returns: The status that `train` ends with.
    public func run(under supervisor: Supervisor) -> ExitStatus {
        let context = JobContext(self, supervisor)
        // The process ends next: what a run of ten thousand hyperparameters has made need not be taken apart for that.
        _ = Unmanaged.passRetained(context)
        defer { supervisor.endCompanions() }
        do throws(JobFailure) {
            // MARK: 1. Layout: where things are
            try prepare()

            // MARK: 2. Configuration: what was asked
            let configuration = try configure(context)

            // MARK: 3. Environment: what the program will see
            var environment = context.note(try gatherFacts(configuration, context))
            environment = context.note(try findCheckpoint(environment, context))

            // MARK: 4. User code: brought in and installed
            try bringCode(configuration, context)
            environment = context.note(try checkHyperparameters(environment, context))
            environment = context.note(try runStartupHook(environment, context))
            let program = try findProgram(environment)
            environment = context.note(environment.running(program))
            beginRecord(context)
            let installed = try install(program, context)

            // MARK: 5. Launch: how it is started
            let planned = try planLaunch(program, environment, installed, context)
            announce(planned, program, environment, context)
            let plan = try meetPeers(planned, environment, context)
            startSync(configuration, context)

            // MARK: 6. Supervision: its life
            let observation = observe(plan, environment, context)
            try runProgram(plan, program, observation, context)

            // MARK: 7. Model archive: what is left behind
            try packModel(context)
        } catch {
            return finish(context.verdict(of: error), context)
        }
        return finish(.success, context)
    }

    // MARK: 8. Outcome: what is said about it

    /// The one end of a job: a success is told when everything else is in place, a failure waits for nobody.
    private func finish(_ verdict: Verdict, _ context: JobContext) -> ExitStatus {
        // A report that lies in the output data is packed with it.
        if settings.report == .data { writeReport(verdict, context) }
        packOutputData(context)
        if verdict.isSuccess { awaitSync(context) }
        if settings.report != .data { writeReport(verdict, context) }
        if verdict.isSuccess { context.peers?.awaitOthers() }
        let status = conclude(verdict, context)
        awaitSync(context)
        return status
    }
}
