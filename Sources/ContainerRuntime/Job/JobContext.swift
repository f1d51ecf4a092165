import SystemPackage

/// What one run of a job has made so far: the steps take what they need of it, and what the run's end needs is here.
final class JobContext {
    let job: TrainingJob
    let supervisor: Supervisor
    /// What is remembered of the run, for its report.
    var record = RunRecord()
    /// What covers the secrets that are known so far.
    var mask = SecretMask()
    var memoryEventsBefore: MemoryEvents?
    /// The channel to the other hosts, where there is one.
    var peers: PeerLink?
    /// Another host's failure, where that was the job's first.
    var peerFailure: PeerFailure?
    /// Which process of an engine failed first, where that is known.
    var rankFailure: RankFailure?
    /// What sends the intermediate output to S3, where that was asked for.
    var intermediate = IntermediateSync(.stays)
    /// The files for variables that are too long; one directory a run.
    private(set) lazy var variableFiles = VariableFiles(below: temporaryDirectory)
    private var madeDirectory: FilePath?

    init(_ job: TrainingJob, _ supervisor: Supervisor) {
        self.job = job
        self.supervisor = supervisor
    }

    /// Notes what a step has returned, so that the report tells of what the program saw.
    func note(_ environment: TrainingEnvironment) -> TrainingEnvironment {
        record.environment = environment
        return environment
    }

    // MARK: Steps

    /// Supervises a step to its end; without a policy, with the job's grace period and no limit.
    func supervise(
        _ step: Step,
        _ policy: SupervisionPolicy? = nil,
        _ output: OutputPolicy = .readErrors
    ) throws(JobFailure) -> StepReport {
        let started = WallTime.now
        let policy = policy ?? SupervisionPolicy(grace: job.settings.gracePeriod)
        let report = try asFault { () throws(Failure) in
            try supervisor.run(step, policy: policy, output: output)
        }
        record.note(step, report, since: started)
        return report
    }

    /// Supervises a file of the user's; one that is text without a `#!` line, which execve(2) refuses, is run by /bin/sh, as
    /// every shell does.
    func superviseFile(
        of plan: inout LaunchPlan,
        as step: Step,
        _ policy: SupervisionPolicy? = nil,
        _ output: OutputPolicy = .readErrors
    ) throws(JobFailure) -> StepReport {
        let report = try supervise(step, policy, output)
        guard report.ending == .notStarted(.execFormatError), plan.launcher.startsProgramItself,
            ProgramDiagnosis.isText(plan.step)
        else { return report }
        ProcessLauncher.runByShell(&plan)
        return try supervise(plan.step, policy, output)
    }

    /// Supervises a step that the job needs: its bad end is the job's.
    func require(_ step: Step, _ policy: SupervisionPolicy? = nil, as role: StepRole) throws(JobFailure) {
        let report = try supervise(step, policy)
        guard report.isSuccess else { throw .step(step, report, role) }
    }

    // MARK: Temporary files

    /// A private directory for what the job needs beside /opt/ml; made when first asked for, and removed at the end.
    func privateDirectory() throws(Failure) -> FilePath {
        if let madeDirectory { return madeDirectory }
        let parent = temporaryDirectory
        let made = try Failure.wrap(
            TemporaryDirectory.make(below: parent, name: "train-job"),
            as: .directoryUnavailable,
            parent
        )
        madeDirectory = made
        return made
    }

    /// The planner of what this run starts: its files are to be there.
    func planner() throws(Failure) -> JobPlanner {
        JobPlanner(job: job, privateDirectory: try privateDirectory(), files: variableFiles)
    }

    /// A file in the private directory, if there is one.
    func privateFile(_ name: String) -> FilePath? { madeDirectory?.appending(name) }

    /// Where temporary files go: TMPDIR, or /tmp; with a read-only root, /dev/shm or the job's own volume.
    var temporaryDirectory: FilePath {
        let asked = job.incoming.text("TMPDIR").flatMap { $0.isEmpty ? nil : FilePath($0) } ?? "/tmp"
        let places = [asked, "/dev/shm", job.paths.output]
        return places.first { FileSystem.isAccessible($0, [.write, .execute]) } ?? asked
    }

    func removeTemporaryFiles() {
        variableFiles.remove()
        if let madeDirectory { TemporaryDirectory.discard(madeDirectory) }
    }
}
