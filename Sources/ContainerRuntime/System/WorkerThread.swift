import CLinux
package import SystemPackage

/// A thread with a small stack that takes no signals.
///
/// A write beyond a size limit or into a closed pipe raises a signal for the thread that writes. Blocked there, it leaves the
/// error to be read, and the dispositions of the process alone.
package struct WorkerThread {
    private let thread: UInt

    /// Starts the body.
    package init(_ body: @escaping @Sendable () -> Void) throws(Errno) {
        let box = Unmanaged.passRetained(Box(body))
        var started: UInt = 0
        let error = linux_start_thread(
            { context in
                guard let context else { return nil }
                Unmanaged<Box>.fromOpaque(context).takeRetainedValue().body()
                return nil
            },
            box.toOpaque(),
            &started
        )
        guard error == 0 else {
            box.release()
            throw Errno(rawValue: error)
        }
        thread = started
    }

    /// Waits for its end.
    package func join() {
        // A thread that was started and not yet joined can be: pthread_join(3).
        _ = linux_join_thread(thread)
    }

    private final class Box: Sendable {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }
}
