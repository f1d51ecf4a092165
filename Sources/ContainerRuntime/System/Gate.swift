import Glibc
import SystemPackage

/// A lock under which threads wait for conditions; the C functions are `pthread_mutex_lock` and `pthread_cond_wait`.
///
/// `Mutex` of the standard library has no condition, and threads that compress have to wait for each other.
package final class Gate: Sendable {
    /// What somebody waits for.
    ///
    /// One for each reason to wait: a thread that is woken for nothing takes a processor from one that works.
    package final class Condition: Sendable {
        // It stays where it is until nobody knows it any more, and is only touched by functions made for threads.
        fileprivate nonisolated(unsafe) let storage = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

        package init() {
            storage.initialize(to: pthread_cond_t())
            // With no attributes this cannot fail: pthread_cond_init(3).
            pthread_cond_init(storage, nil)
        }

        deinit {
            pthread_cond_destroy(storage)
            storage.deallocate()
        }

        /// Wakes all that wait for it.
        package func announce() { pthread_cond_broadcast(storage) }
    }

    // As with a condition.
    private nonisolated(unsafe) let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)

    package init() {
        mutex.initialize(to: pthread_mutex_t())
        // With no attributes this cannot fail: pthread_mutex_init(3).
        pthread_mutex_init(mutex, nil)
    }

    deinit {
        pthread_mutex_destroy(mutex)
        mutex.deallocate()
    }

    package func lock() { pthread_mutex_lock(mutex) }
    package func unlock() { pthread_mutex_unlock(mutex) }
    /// Gives the lock away until somebody announces the condition.
    package func wait(for condition: Condition) { pthread_cond_wait(condition.storage, mutex) }

    /// Waits at most that long.
    package func wait(for condition: Condition, milliseconds: Int) {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        let nanoseconds = time.tv_nsec + milliseconds * 1_000_000
        time.tv_sec += nanoseconds / 1_000_000_000
        time.tv_nsec = nanoseconds % 1_000_000_000
        pthread_cond_timedwait(condition.storage, mutex, &time)
    }

    package func withLock<Result, E: Error>(_ body: () throws(E) -> Result) throws(E) -> Result {
        lock()
        defer { unlock() }
        return try body()
    }
}
