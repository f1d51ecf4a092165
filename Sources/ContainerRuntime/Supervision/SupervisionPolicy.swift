/// Who gets the signals that are passed on to a step.
public enum SignalAddressee: Hashable, Sendable {
    /// The group of the step's process.
    case group
    /// The step's process alone: torchrun passes them on to its ranks by itself, which would get each one twice.
    case process
    /// The ranks that a launcher started on this host, known by the names of the programs that start them and of what else
    /// these start: the launcher would kill its ranks a fixed time after SIGTERM, and ends by itself when they have ended.
    case ranks(startedBy: Set<String>, except: Set<String>)
}

/// How one step is supervised: its limits, and what a stop means to it.
public struct SupervisionPolicy: Hashable, Sendable {
    /// How a step takes a stop.
    public enum OnStop: Hashable, Sendable {
        /// It gets the signal and the grace period: the program, an installation.
        case end
        /// It may finish within the grace period: packing.
        case finish
    }

    /// How long a program has between the first signal of a stop and SIGKILL.
    public var grace: Duration
    /// How a stop is taken.
    public var onStop: OnStop
    /// How long the step may run, if there is a limit.
    public var maximumRunTime: Duration
    /// How long the step may be silent, if there is a limit.
    public var idleLimit: Duration?
    /// Whether the step is ended when a vital companion ends: the program is.
    public var endsWithCompanions = false
    /// Who gets the signals that are passed on; SIGKILL goes to all in every case.
    public var addressee = SignalAddressee.group

    /// When the run time ends, as the loop counts.
    var runTimeEnd: Instant?
    /// Whether SIGINT is a stop, which the supervisor knows; on a terminal it is a key, and passed on.
    var interruptStops = true

    /// Whether the log says now and then that the step still runs: for work that may be silent for long.
    public var tellsThatItRuns = false

    /// Makes a policy without limits.
    public init(grace: Duration = .seconds(100), onStop: OnStop = .end) {
        self.grace = grace
        self.onStop = onStop
        maximumRunTime = .zero
    }

    /// Sets the limits of a program; the run time is counted from now.
    public mutating func setLimits(runTime: Duration?, idle: Duration?) {
        idleLimit = idle
        maximumRunTime = runTime ?? .zero
        runTimeEnd = runTime.map { .now + $0 }
    }

    /// Whether a signal is a stop.
    func stops(_ signal: Signal) -> Bool {
        signal == .terminate || (signal == .interrupt && interruptStops)
    }

    /// Whether the signal of a stop is passed on.
    var passesStopOn: Bool { onStop == .end }
}
