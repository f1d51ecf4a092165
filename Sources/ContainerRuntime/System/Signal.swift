import CLinux
import Glibc

/// A signal's number, with the name that people know it by.
public struct Signal: RawRepresentable, Hashable, Sendable {
    /// The number, as the kernel has it.
    public let rawValue: Int32

    /// Makes a signal of its number.
    public init(rawValue: Int32) {
        self.rawValue = rawValue
    }

    /// A terminal or a session went away.
    public static let hangUp = Signal(rawValue: SIGHUP)
    /// Ctrl-C.
    public static let interrupt = Signal(rawValue: SIGINT)
    /// Ctrl-\, which asks for an end with a core dump.
    public static let quit = Signal(rawValue: SIGQUIT)
    /// Asks for an end with a core dump; Python's faulthandler prints all stacks for it.
    public static let abort = Signal(rawValue: SIGABRT)
    /// Ends at once, without appeal.
    public static let kill = Signal(rawValue: SIGKILL)
    /// Asks for an end.
    public static let terminate = Signal(rawValue: SIGTERM)
    /// A child changed.
    public static let child = Signal(rawValue: SIGCHLD)
    /// Goes on after a stop.
    public static let `continue` = Signal(rawValue: SIGCONT)
    /// Stops, without appeal.
    public static let stop = Signal(rawValue: SIGSTOP)
    /// Writing where nobody reads.
    public static let pipe = Signal(rawValue: SIGPIPE)
    /// Access to memory that is not there, as to a page of a full /dev/shm.
    public static let bus = Signal(rawValue: SIGBUS)

    /// Its place in a set of signals.
    var bit: UInt64 { 1 << UInt64(rawValue - 1) }

    private static let names: [Int32: String] = [
        SIGHUP: "SIGHUP", SIGINT: "SIGINT", SIGQUIT: "SIGQUIT", SIGILL: "SIGILL", SIGTRAP: "SIGTRAP",
        SIGABRT: "SIGABRT", SIGBUS: "SIGBUS", SIGFPE: "SIGFPE", SIGKILL: "SIGKILL", SIGUSR1: "SIGUSR1",
        SIGSEGV: "SIGSEGV", SIGUSR2: "SIGUSR2", SIGPIPE: "SIGPIPE", SIGALRM: "SIGALRM", SIGTERM: "SIGTERM",
        SIGSTKFLT: "SIGSTKFLT", SIGCHLD: "SIGCHLD", SIGCONT: "SIGCONT", SIGSTOP: "SIGSTOP", SIGTSTP: "SIGTSTP",
        SIGTTIN: "SIGTTIN", SIGTTOU: "SIGTTOU", SIGURG: "SIGURG", SIGXCPU: "SIGXCPU", SIGXFSZ: "SIGXFSZ",
        SIGVTALRM: "SIGVTALRM", SIGPROF: "SIGPROF", SIGWINCH: "SIGWINCH", SIGIO: "SIGIO", SIGPWR: "SIGPWR",
        SIGSYS: "SIGSYS",
    ]
}

extension Signal: CustomStringConvertible {
    /// The name, as in `SIGKILL`; real-time signals are counted from the first, as in `SIGRTMIN+3`.
    public var description: String {
        if let name = Self.names[rawValue] { return name }
        let first = linux_first_realtime_signal()
        guard rawValue >= first, rawValue <= linux_last_realtime_signal() else { return "signal \(rawValue)" }
        return rawValue == first ? "SIGRTMIN" : "SIGRTMIN+\(rawValue - first)"
    }
}
