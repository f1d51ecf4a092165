import Glibc

/// A process that may be sent a signal: never 0, 1 or below, which would be our own group, PID 1, or everybody.
public struct ProcessID: Hashable, Sendable {
    /// The number, above 1.
    public let rawValue: Int32

    /// Makes an identity of a number, or nothing if signals to it would reach others.
    public init?(_ number: Int32) {
        guard number > 1 else { return nil }
        rawValue = number
    }

    /// Sends a signal to this process alone; one that is gone by now is no error.
    ///
    /// The corresponding C function is `kill`.
    func send(_ signal: Signal) { _ = Glibc.kill(rawValue, signal.rawValue) }

    /// Sends a signal to the group that this process leads; a group that is gone by now is no error.
    ///
    /// The corresponding C function is `kill` with a negative number.
    func sendToGroup(_ signal: Signal) { _ = Glibc.kill(-rawValue, signal.rawValue) }
}

extension ProcessID: CustomStringConvertible {
    /// The number.
    public var description: String { String(rawValue) }
}
