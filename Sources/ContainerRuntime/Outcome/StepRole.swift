/// What a step is to the job, which decides how its bad end is told.
enum StepRole: Hashable {
    /// `train fetch`: brings the code in.
    case fetch
    /// A script of the user's that runs before everything else, by its name.
    case startupHook(String)
    /// pip: requirements, or the user's package.
    case installation(FailureClass)
    /// The user's program, or a framework's function.
    case program(FailureClass)
    /// What makes the hosts of a job know each other: names, keys, the sshd of a follower.
    case peers
    /// `train pack`.
    case packing

    var failureClass: FailureClass {
        switch self {
        case .fetch: .client
        case .startupHook: .executeUserScript
        case .installation(let failureClass), .program(let failureClass): failureClass
        case .peers: .runtime
        case .packing: .packing
        }
    }

    /// What a stop during this step came before, or in the middle of.
    var stopWords: String {
        switch self {
        case .fetch, .startupHook, .installation: " before training started"
        case .program, .peers: ""
        case .packing: " before the model was packed"
        }
    }

    /// The status of the job for the step's bad end.
    ///
    /// Only the code of the program, or of the user's own hook, is the job's: that of pip, or of a helper of ours, says
    /// nothing to whoever started the job.
    func status(of report: StepReport) -> ExitStatus {
        switch self {
        case .program, .startupHook:
            let status = EndingTable.status(of: report)
            return status == .success ? .failure : status
        case .fetch, .installation, .peers, .packing: break
        }
        guard isTheStops(report) else { return .failure }
        switch report.stop {
        case .signal(let signal): return .signal(signal.rawValue)
        case .runTime, .silence: return .timeout
        case .companion, nil: return .failure
        }
    }

    /// Whether a stop is the reason of the step's bad end, and not only its neighbour: packing hears of no stop, and fails
    /// for it only where the time was over.
    func isTheStops(_ report: StepReport) -> Bool {
        guard report.stop != nil else { return false }
        guard case .packing = self else { return true }
        return report.killed || report.ending == .stoppedBefore
    }

    /// The root cause in the end of what the step wrote to stderr.
    func cause(in tail: [UInt8]) -> RootCause? {
        let isWhole = tail.count < TailBuffer.capacity
        switch self {
        case .installation: return RootCause.ofInstaller(tail: tail)
        case .startupHook(let name): return RootCause(tail: tail, isWhole: isWhole)?.of(name)
        case .fetch, .peers, .program, .packing: return RootCause(tail: tail, isWhole: isWhole)
        }
    }
}
