public import SystemPackage

/// How a step ended, and what it said at last.
public struct StepReport: Sendable {
    /// The ways in which a step can end.
    public enum Ending: Hashable, Sendable {
        /// It ended by itself with a code.
        case exited(Int32)
        /// A signal ended it.
        case signaled(Signal, coreDumped: Bool)
        /// It could not be started.
        case notStarted(Errno)
        /// A stop came before it was started.
        case stoppedBefore
        /// It did not end after SIGKILL; its process is named.
        case unkillable(ProcessID)
    }

    /// How it ended.
    public var ending: Ending
    /// The end of what it wrote to stderr, as far as it was read.
    public var tail: [UInt8] = []
    /// The stop that ended it, or that came while it ran.
    public var stop: StopCause?
    /// Whether it was killed since the grace period was over.
    public var killed = false
    /// The grace period that it had.
    public var grace = Duration.zero
    /// How long it ran.
    public var duration = Duration.zero

    /// The exit status that stands for the ending, as a shell has it.
    public var status: ExitStatus {
        switch ending {
        case .exited(let code): ExitStatus(rawValue: code)
        case .signaled(let signal, _): .signal(signal.rawValue)
        case .notStarted(let error): error == .noSuchFileOrDirectory ? .notFound : .cannotExecute
        case .stoppedBefore: stopStatus
        case .unkillable: .signal(Signal.kill.rawValue)
        }
    }

    /// Whether it ended by itself with 0.
    public var isSuccess: Bool { ending == .exited(0) }

    /// Whether the tail may begin in the middle of a line.
    var isTailCut: Bool { tail.count >= TailBuffer.capacity }

    /// Whether a limit ended it.
    public var isOverLimit: Bool {
        switch stop {
        case .runTime, .silence: true
        case .signal, .companion, nil: false
        }
    }

    private var stopStatus: ExitStatus {
        switch stop {
        case .signal(let signal): .signal(signal.rawValue)
        case .runTime, .silence, nil: .timeout
        case .companion: .failure
        }
    }
}
