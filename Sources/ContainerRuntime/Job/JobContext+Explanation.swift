import SystemPackage

/// Why a job failed: what a step said, what was seen beside it, and what to do.
extension JobContext {
    /// What a failure means for the job: its status and the words for it, secrets covered.
    func verdict(of failure: JobFailure) -> Verdict {
        let (report, status) =
            switch failure {
            case .fault(let fault): (FailureReport(fault.failureClass, cause: fault.description), fault.exitStatus)
            case .step(let step, let ended, let role): explain(step, ended, role)
            }
        return Verdict(status: status, report: report.masked(by: mask))
    }

    /// The report of a step's bad end, and the status of the job.
    private func explain(_ step: Step, _ ended: StepReport, _ role: StepRole) -> (FailureReport, ExitStatus) {
        // A helper of ours writes why it failed, unless a signal ends it first; what its log says then is all there is.
        let note = step.note.flatMap { FailureNote($0) }
        var cause = note.map { RootCause(line: $0.cause, context: []) } ?? role.cause(in: ended.tail)
        var failureClass = role.failureClass
        // Only a bridge, or a function's process, has such a file.
        if case .program = role, let told = record.plan?.functionReport.flatMap({ FailureNote($0) }) {
            failureClass = told.failureClass
            cause = RootCause(told, cause)
        }
        if let rankFailure, case .program = role { cause = rankFailure.cause }
        if let peerFailure, failureClass != .packing, failureClass != .client {
            return (explain(peerFailure, ended, cause), .failure)
        }
        let evidence = evidence(ended, cause, step)
        let matches = job.failurePatterns.lazy.compactMap { pattern in pattern.advice(evidence).map { (pattern, $0) } }
        let match: (pattern: FailurePattern, advice: String)? = matches.first
        var status = role.status(of: ended)
        if case .program = role, ended.stop == nil, let pattern = match?.pattern {
            failureClass = pattern.failureClass ?? failureClass
            status = pattern.status ?? status
        }
        if case .startupHook(let name) = role, cause == nil {
            cause = RootCause(line: "it said nothing", context: []).of(name)
        }
        var shown = step.shown ?? step.arguments.map(\.description).joined(separator: " ")
        if case .program = role, let plan = record.plan { shown = plan.command }
        let report = FailureReport.of(
            ended,
            failureClass,
            role: role,
            cause: cause,
            command: mask.mask(shown),
            advice: match?.advice
        )
        return (report, status)
    }

    /// The report where another host's failure was the job's first; what was seen here is its context.
    private func explain(_ failure: PeerFailure, _ ended: StepReport, _ cause: RootCause?) -> FailureReport {
        FailureReport(
            .peer,
            cause: mask.mask(failure.words),
            ending: EndingWords.line(ended.ending),
            command: record.plan.map { mask.mask($0.command) },
            // Two lines at least make a context.
            context: cause.map { ["", "here: \($0.line)"] } ?? []
        )
    }

    private func evidence(_ ended: StepReport, _ cause: RootCause?, _ step: Step) -> FailureEvidence {
        var evidence = FailureEvidence(
            ending: ended.ending,
            tail: String(decoding: ended.tail, as: UTF8.self),
            cause: cause?.line ?? ""
        )
        if let before = memoryEventsBefore, let after = MemoryEvents.read() {
            evidence.memoryLimit = after.limit
            evidence.memoryKills = max(0, after.kills - before.kills)
        }
        if let use = FileSystemUse("/dev/shm") {
            evidence.sharedMemorySize = use.size
            evidence.sharedMemoryUse = use.size > 0 ? 1 - Double(use.free) / Double(use.size) : 0
        }
        let paths = job.paths
        evidence.fullDirectories = [paths.model, paths.outputData, paths.code, temporaryDirectory].filter {
            FileSystemUse($0)?.isFull == true
        }
        evidence.inputData = paths.inputData
        evidence.channels = DirectoryListing.names(paths.inputData).filter { name in
            (try? FileStatus(paths.channel(name)))?.isDirectory == true
        }.sorted()
        evidence.programHead = (try? readFile(ProgramDiagnosis.resolved(step), limit: 4096)) ?? []
        return evidence
    }
}
