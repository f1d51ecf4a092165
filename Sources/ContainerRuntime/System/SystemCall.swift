import Glibc
package import SystemPackage

/// The one bridge from C's answers to Swift's errors: -1 and errno become an `Errno`.
///
/// Calls that a signal interrupts are made again: all signals are blocked here, but a debugger's stop interrupts as well.
package enum SystemCall {
    /// Makes the call until a signal does not interrupt it, and gives back what it answered.
    @discardableResult
    package static func value<Value: SignedInteger>(_ call: () -> Value) throws(Errno) -> Value {
        while true {
            let answer = call()
            if answer != -1 { return answer }
            let error = Errno(rawValue: errno)
            if error != .interrupted { throw error }
        }
    }

    /// Turns the answer of a C function that returns an errno into an error.
    package static func check(_ answer: Int32) throws(Errno) {
        guard answer == 0 else { throw Errno(rawValue: answer) }
    }
}
