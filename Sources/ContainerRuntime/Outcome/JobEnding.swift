import Logging
import SystemPackage

#if canImport(Glibc)
import Glibc
#endif

/// What keeps a job from its good end: a fault that the runtime found, or a step that ended badly.
enum JobFailure: Error {
    case fault(Failure)
    case step(Step, StepReport, StepRole)
}

/// The end of a job: the files that tell of it, the last lines of the log, the exit status.
struct JobEnding {
    let job: TrainingJob
    var mask = SecretMask()
    var memoryEventsBefore: MemoryEvents?
    var variableFiles: VariableFiles?
    /// The channel to the other hosts, where there is one.
    var peers: PeerLink?
    /// Another host's failure, where that was the job's first.
    var peerFailure: PeerFailure?
    /// Which process of an engine failed first, where that is known.
    var rankFailure: RankFailure?
    /// What stands for the program's command in a failure.
    var command: String?
    /// Where the bridge to a framework's function says how it ended.
    var frameworkReport: FilePath?
    /// What sends the intermediate output to S3, where that was asked for.
    var intermediate = IntermediateSync(.stays)
    /// What reads along with the program.
    var observation: Observation?
    private var temporary: FilePath?

    init(job: TrainingJob) {
        self.job = job
    }

    /// A private directory for what the job needs beside /opt/ml; made when first asked for, and removed at the end.
    mutating func privateDirectory() throws(Failure) -> FilePath {
        if let temporary { return temporary }
        let made = try TemporaryDirectory.make(below: temporaryDirectory(), name: "train-job")
        temporary = made
        return made
    }

    /// A file in the private directory, if there is one.
    func privateFile(_ name: String) -> FilePath? { temporary?.appending(name) }

    /// The files for variables that are too long; one directory a job.
    mutating func filesForVariables() -> VariableFiles {
        let files = variableFiles ?? VariableFiles(below: temporaryDirectory())
        variableFiles = files
        return files
    }

    /// Where temporary files go: TMPDIR, or /tmp; with a read-only root, /dev/shm or the job's own volume.
    func temporaryDirectory() -> FilePath {
        let asked = job.incoming.text("TMPDIR").flatMap { $0.isEmpty ? nil : FilePath($0) } ?? "/tmp"
        let places = [asked, "/dev/shm", job.paths.output]
        return places.first { isAccessible($0, W_OK | X_OK) } ?? asked
    }

    /// The job ended well: the success file comes after everything else is in place.
    ///
    /// - Throws: `Failure` where it cannot be written: then the job has not ended well.
    func succeed() throws(Failure) -> ExitStatus {
        try OutcomeFiles(paths: job.paths).writeSuccess()
        removeTemporaryFiles()
        log.info("job ended with success")
        return .success
    }

    /// What a failure means for the job: its status and the words for it, secrets covered.
    func verdict(of failure: JobFailure) -> Verdict {
        let report: FailureReport
        let status: ExitStatus
        switch failure {
        case .fault(let fault):
            report = FailureReport(fault.failureClass, cause: fault.description)
            status = fault.exitStatus
        case .step(let step, let ended, let role):
            (report, status) = explain(step, ended, role)
        }
        let covered = report.masked(by: mask)
        return Verdict(status: status, text: covered.text, report: covered)
    }

    /// The job failed: the failure file says why, and so does the log, in the same words.
    func fail(_ verdict: Verdict) -> ExitStatus {
        defer { removeTemporaryFiles() }
        let (text, status) = (verdict.text ?? "", verdict.status)
        let shown = text.split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: false).first ?? ""
        // The file before the log, whose reader may take nothing any more.
        let outcome = Result { () throws(Failure) in try OutcomeFiles(paths: job.paths).writeFailure(text) }
        log.error("job failed, exit status \(status.rawValue): \(shown)")
        if case .failure(let error) = outcome {
            // The failure that could not be written is then at least in the log, whole.
            log.error("\(error); it would have said:\n\(text)")
        }
        return status
    }

    private func removeTemporaryFiles() {
        variableFiles?.remove()
        if let temporary { TemporaryDirectory.remove(temporary) }
    }
}
