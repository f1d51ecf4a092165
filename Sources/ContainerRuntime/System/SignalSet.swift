import CLinux
import Glibc
package import SystemPackage

/// Signals that a thread blocks, to take them one by one.
package struct SignalSet: Sendable {
    /// Bit s-1 stands for signal s.
    private let mask: UInt64

    /// What asks a program to end.
    package static let requestsToEnd: [Signal] = [.terminate, .interrupt, .hangUp, .quit]

    /// Makes a set.
    package init(_ signals: [Signal]) { mask = signals.reduce(0) { $0 | $1.bit } }

    /// Whether there is none in it.
    package var isEmpty: Bool { mask == 0 }

    /// Blocks them for this thread and those that it starts.
    ///
    /// The corresponding C function is `pthread_sigmask`.
    package func block() throws(Errno) { try SystemCall.check(linux_block_signals(mask)) }

    /// Takes that back.
    package func unblock() { linux_unblock_signals(mask) }

    /// Waits for one of them, which all threads must have blocked.
    ///
    /// The corresponding C function is `sigwait`.
    package func wait() -> Signal? {
        let number = linux_wait_for_signal(mask)
        return number > 0 ? Signal(rawValue: number) : nil
    }

    /// Waits so long for one of them.
    ///
    /// The corresponding C function is `sigtimedwait`.
    package func wait(atMost duration: Duration) -> Signal? {
        let number = linux_wait_for_signal_until(mask, duration.wholeNanoseconds)
        return number > 0 ? Signal(rawValue: number) : nil
    }
}

extension Signal {
    /// Whether it is ignored.
    package var isIgnored: Bool { linux_signal_ignored(rawValue) != 0 }

    /// Ignores it: what it tells comes as an error as well.
    ///
    /// The corresponding C function is `signal` with SIG_IGN.
    package func ignore() { Glibc.signal(rawValue, SIG_IGN) }

    /// Gives it back what it does by default.
    ///
    /// The corresponding C function is `signal` with SIG_DFL.
    package func restoreDefault() { Glibc.signal(rawValue, SIG_DFL) }

    /// Ends this process as the signal ends one, so that whoever waits for it sees which; with status 128 + s where no signal
    /// ends it, as PID 1.
    package func endProcess() -> Never {
        linux_end_by_signal(rawValue)
        exit(128 + rawValue)
    }
}
