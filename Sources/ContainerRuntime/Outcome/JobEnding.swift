import Logging
import SystemPackage

#if canImport(Glibc)
import Glibc
#endif

/// What keeps a job from its good end: a fault that the runtime found, or a step that ended badly.
enum JobFailure: Error {
    case fault(Failure)
    case step(Step, StepReport, FailureClass)
}

/// The end of a job: the files that tell of it, the last lines of the log, the exit status.
struct JobEnding {
    let job: TrainingJob
    var mask = SecretMask()
    var memoryEventsBefore: MemoryEvents?
    var variableFiles: VariableFiles?
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

    /// Where temporary files go: TMPDIR, or /tmp.
    func temporaryDirectory() -> FilePath {
        job.incoming.text("TMPDIR").flatMap { $0.isEmpty ? nil : FilePath($0) } ?? "/tmp"
    }

    /// The job ended well: the success file comes after everything else is in place.
    func succeed() -> ExitStatus {
        defer { removeTemporaryFiles() }
        do throws(Failure) {
            try OutcomeFiles(paths: job.paths).writeSuccess()
        } catch {
            log.error("\(error)")
            return error.exitStatus
        }
        log.info("job ended with success")
        return .success
    }

    /// The job failed: the failure file says why, and so does the log, in the same words.
    func fail(_ failure: JobFailure) -> ExitStatus {
        defer { removeTemporaryFiles() }
        let report: FailureReport
        let status: ExitStatus
        switch failure {
        case .fault(let fault):
            report = FailureReport(fault.failureClass, cause: fault.description)
            status = fault.exitStatus
        case .step(let step, let ended, let failureClass):
            (report, status) = explain(step, ended, failureClass)
        }
        let text = mask.mask(report.text)
        let shown = text.split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: false).first ?? ""
        log.error("job failed, exit status \(status.rawValue): \(shown)")
        do throws(Failure) {
            try OutcomeFiles(paths: job.paths).writeFailure(text)
        } catch {
            // The failure that could not be written is then at least in the log, whole.
            log.error("\(error); it would have said:\n\(text)")
        }
        return status
    }

    private func explain(
        _ step: Step,
        _ ended: StepReport,
        _ failureClass: FailureClass
    ) -> (FailureReport, ExitStatus) {
        let isInstaller = failureClass == .installRequirements || failureClass == .installModule
        var cause =
            isInstaller
            ? RootCause.ofInstaller(tail: ended.tail)
            : RootCause(tail: ended.tail, isWhole: ended.tail.count < TailBuffer.capacity)
        if failureClass == .packing { cause = cause?.withoutMark }
        let evidence = evidence(ended, cause, step)
        let advice = job.failurePatterns.lazy.compactMap { $0.advice(evidence) }.first
        let command = mask.mask(step.arguments.map(\.description).joined(separator: " "))
        let report = FailureReport.of(ended, failureClass, cause: cause, command: command, advice: advice)
        let status = EndingTable.status(of: ended)
        // pip's code says nothing of the job, and packing that a signal ended is a fault of ours.
        guard isInstaller || failureClass == .packing, ended.stop == nil else {
            return (report, status == .success ? .failure : status)
        }
        return (report, .failure)
    }

    private func evidence(_ ended: StepReport, _ cause: RootCause?, _ step: Step) -> FailureEvidence {
        var evidence = FailureEvidence(
            ending: ended.ending,
            tail: String(decoding: ended.tail, as: UTF8.self),
            cause: cause?.line ?? ""
        )
        if let before = memoryEventsBefore, let after = MemoryEvents.read() {
            evidence.memoryKills = max(0, after.kills - before.kills)
        }
        if let use = FileSystemUse("/dev/shm") {
            evidence.sharedMemorySize = use.size
            evidence.sharedMemoryUse = use.size > 0 ? 1 - Double(use.free) / Double(use.size) : 0
        }
        let paths = job.paths
        evidence.fullDirectories = [paths.model, paths.outputData, paths.code, temporaryDirectory()].filter {
            FileSystemUse($0)?.isFull == true
        }
        evidence.inputData = paths.inputData
        evidence.channels = (directoryEntries(paths.inputData) ?? []).filter { name in
            (try? FileStatus(paths.channel(name)))?.isDirectory == true
        }.sorted()
        evidence.programHead = (try? readFile(ProgramDiagnosis.resolved(step), limit: 4096)) ?? []
        return evidence
    }

    private func removeTemporaryFiles() {
        variableFiles?.remove()
        if let temporary { TemporaryDirectory.remove(temporary) }
    }
}
