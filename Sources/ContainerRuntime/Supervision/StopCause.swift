/// Why a job is being ended before its program ended by itself.
public enum StopCause: Hashable, Sendable {
    /// A signal came from outside: SIGTERM of the platform, SIGINT of a person.
    case signal(Signal)
    /// The job ran longer than `TRAIN_MAX_RUNTIME`.
    case runTime(Duration)
    /// The program printed nothing for longer than `TRAIN_IDLE_TIMEOUT`.
    case silence(Duration)
    /// A companion that the program cannot do without ended; its name.
    case companion(String)
}

/// A stop that is under way: it holds for the rest of the job, over all its steps.
struct Stop: Hashable, Sendable {
    var cause: StopCause
    /// When everything has to be over.
    var deadline: Instant
    /// The signal that the program got.
    var signal: Signal
}
