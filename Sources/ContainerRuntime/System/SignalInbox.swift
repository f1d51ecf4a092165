import CLinux
import Glibc
public import SystemPackage

/// The signals of this process, taken from the kernel and read as data.
///
/// - `take` is the first thing that a process does: a signal that comes before it may be lost, since PID 1 ignores what it
///   does not handle.
/// - What the container had, its mask and what it ignores, is kept for the children.
public struct SignalInbox: Sendable {
    /// What was blocked and ignored before.
    let inherited: linux_signal_state

    /// Blocks all signals.
    ///
    /// The corresponding C function is `sigprocmask`.
    ///
    /// - Throws: The error of the call, which only an unknown kernel could give.
    public static func take() throws(Errno) -> SignalInbox {
        var inherited = linux_signal_state()
        try SystemCall.check(linux_take_signals(&inherited))
        return SignalInbox(inherited: inherited)
    }

    /// Gives the signals back to this process.
    ///
    /// The corresponding C function is `sigprocmask`.
    ///
    /// - Throws: The error of the call, which only an unknown kernel could give.
    package func restore() throws(Errno) {
        var state = inherited
        try SystemCall.check(linux_restore_signals(&state))
    }

    /// Whether this process was started with a signal ignored.
    func ignores(_ signal: Signal) -> Bool {
        inherited.ignored & signal.bit != 0
    }

    /// A descriptor that is readable when a signal waits.
    ///
    /// The corresponding C function is `signalfd`.
    func makeDescriptor() throws(Errno) -> OwnedDescriptor {
        OwnedDescriptor(try SystemCall.value { linux_signal_descriptor() })
    }

    /// Reads the next signal that somebody sent: not what our own writes raise (SIGPIPE, SIGXFSZ), which come back as errors.
    static func next(_ descriptor: borrowing OwnedDescriptor) -> Signal? {
        var arrival = linux_signal_arrival()
        while linux_read_signal(descriptor.rawValue, &arrival) == 1 {
            let ours = arrival.sender == getpid() || arrival.from_kernel != 0
            switch arrival.number {
            case SIGPIPE where ours, SIGXFSZ where ours, SIGTTOU where ours, SIGTTIN where ours: continue
            default: return Signal(rawValue: arrival.number)
            }
        }
        return nil
    }
}
