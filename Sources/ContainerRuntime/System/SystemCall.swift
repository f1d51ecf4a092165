package import SystemPackage

#if canImport(Glibc)
import Glibc
#endif

/// The one bridge from C's answers to Swift's errors: -1 and errno become an `Errno`.
///
/// Calls that a signal interrupts are made again: all signals are blocked here, but a debugger's stop interrupts as well.
enum SystemCall {
    /// Makes the call until a signal does not interrupt it, and gives back what it answered.
    @discardableResult
    static func value<Value: SignedInteger>(_ call: () -> Value) throws(Errno) -> Value {
        while true {
            let answer = call()
            if answer != -1 { return answer }
            let error = Errno(rawValue: errno)
            if error != .interrupted { throw error }
        }
    }

    /// Turns the answer of a C function that returns an errno into an error.
    static func check(_ answer: Int32) throws(Errno) {
        guard answer == 0 else { throw Errno(rawValue: answer) }
    }
}

/// A descriptor that is closed when nobody owns it any more.
package struct OwnedDescriptor: ~Copyable {
    package let rawValue: Int32

    package init(_ rawValue: Int32) {
        self.rawValue = rawValue
    }

    /// Closes it now and reports what close said: data may only then turn out to be lost (NFS, quota).
    ///
    /// The corresponding C function is `close`.
    package consuming func close() throws(Errno) {
        let descriptor = rawValue
        discard self
        // Not made again after EINTR: on Linux the descriptor is gone then, and may already be somebody else's.
        guard Glibc.close(descriptor) == 0 || errno == EINTR else { throw Errno(rawValue: errno) }
    }

    deinit {
        _ = Glibc.close(rawValue)
    }
}
