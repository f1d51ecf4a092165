import SystemPackage

#if canImport(Glibc)
import Glibc
#endif

/// A lock with a condition to wait for; the C functions are `pthread_mutex_lock` and `pthread_cond_wait`.
///
/// `Mutex` of the standard library has no condition, and threads that compress have to wait for each other.
final class Gate: Sendable {
    // Both stay where they are until nobody knows this gate any more, and are only touched by functions made for threads.
    private nonisolated(unsafe) let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private nonisolated(unsafe) let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

    init() {
        mutex.initialize(to: pthread_mutex_t())
        condition.initialize(to: pthread_cond_t())
        // With no attributes these cannot fail: pthread_mutex_init(3), pthread_cond_init(3).
        pthread_mutex_init(mutex, nil)
        pthread_cond_init(condition, nil)
    }

    deinit {
        pthread_cond_destroy(condition)
        pthread_mutex_destroy(mutex)
        condition.deallocate()
        mutex.deallocate()
    }

    func lock() { pthread_mutex_lock(mutex) }
    func unlock() { pthread_mutex_unlock(mutex) }
    /// Gives the lock away until somebody announces a change.
    func wait() { pthread_cond_wait(condition, mutex) }
    /// Wakes all that wait.
    func announce() { pthread_cond_broadcast(condition) }

    /// Waits at most that long.
    func wait(milliseconds: Int) {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        let nanoseconds = time.tv_nsec + milliseconds * 1_000_000
        time.tv_sec += nanoseconds / 1_000_000_000
        time.tv_nsec = nanoseconds % 1_000_000_000
        pthread_cond_timedwait(condition, mutex, &time)
    }

    func withLock<Result, E: Error>(_ body: () throws(E) -> Result) throws(E) -> Result {
        lock()
        defer { unlock() }
        return try body()
    }
}
