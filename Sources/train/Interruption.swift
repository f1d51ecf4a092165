import ContainerRuntime
import Synchronization

#if canImport(Glibc)
import Glibc
#endif

/// Runs asynchronous work from a synchronous command, and lets a signal end it in good order.
///
/// The signals that ask a program to end are taken by a thread of their own. The first one cancels the work, which cleans
/// up behind itself; five seconds later, or at the second one, the process ends whatever the work does.
final class Interruption: Sendable {
    private let received = Atomic<Int32>(0)
    private let task = Mutex<Task<Void, Never>?>(nil)
    private let endsWork: Bool

    /// With `endsWork` false the first signal is only remembered, for work that has something to finish.
    init(endsWork: Bool = true) {
        self.endsWork = endsWork
    }

    /// The signal that came, or 0.
    var signal: Int32 { received.load(ordering: .acquiring) }

    /// Throws once a signal came.
    func check() throws(Failure) {
        let signal = signal
        guard signal == 0 else { throw Failure(.interrupted(signal: signal), "train") }
    }

    /// Runs the work to its end; call it before any thread is started.
    func run<Value: Sendable>(
        _ work: @escaping @Sendable () async throws(Failure) -> Value
    ) -> Result<Value, Failure> {
        let result = Mutex<Result<Value, Failure>>(.failure(Failure(.interrupted(signal: 0), "train")))
        perform {
            do throws(Failure) {
                let value = try await work()
                result.withLock { $0 = .success(value) }
            } catch {
                result.withLock { $0 = .failure(error) }
            }
        }
        return result.withLock(\.self)
    }

    private func perform(_ work: @escaping @Sendable () async -> Void) {
        var signals = sigset_t()
        sigemptyset(&signals)
        for number in [SIGTERM, SIGINT, SIGHUP, SIGQUIT] { sigaddset(&signals, number) }
        var before = sigset_t()
        let isBlocked = pthread_sigmask(SIG_BLOCK, &signals, &before) == 0
        Glibc.signal(SIGPIPE, SIG_IGN)
        var thread = pthread_t()
        let box = Unmanaged.passRetained(self)
        if pthread_create(&thread, nil, Self.listen, box.toOpaque()) != 0 {
            // Nobody listens: the signals end the process as they end any other, instead of being blocked for good.
            box.release()
            if isBlocked { _ = pthread_sigmask(SIG_SETMASK, &before, nil) }
        }
        let done = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)
        sem_init(done, 0, 0)
        let address = UInt(bitPattern: done)
        let started = Task {
            await work()
            // The pointer itself may not cross; its address may, and the semaphore outlives the task.
            if let done = UnsafeMutablePointer<sem_t>(bitPattern: address) { sem_post(done) }
        }
        task.withLock { $0 = started }
        while sem_wait(done) != 0 {}
    }

    /// Ends the process as a signal ends it, so that whoever waits for us sees which one.
    static func die(_ number: Int32) -> Never {
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, number)
        Glibc.signal(number, SIG_DFL)
        kill(getpid(), number)
        pthread_sigmask(SIG_UNBLOCK, &signals, nil)
        // As PID 1 we do not die of it.
        exit(128 + number)
    }

    private static let listen: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? = { context in
        guard let context else { return nil }
        let interruption = Unmanaged<Interruption>.fromOpaque(context).takeRetainedValue()
        var signals = sigset_t()
        sigemptyset(&signals)
        for number in [SIGTERM, SIGINT, SIGHUP, SIGQUIT] { sigaddset(&signals, number) }
        var number: Int32 = 0
        while sigwait(&signals, &number) != 0 {}
        interruption.received.store(number, ordering: .releasing)
        if interruption.endsWork {
            interruption.task.withLock { $0?.cancel() }
            var limit = timespec(tv_sec: 5, tv_nsec: 0)
            _ = sigtimedwait(&signals, nil, &limit)
        } else {
            while sigwait(&signals, &number) != 0 {}
        }
        Interruption.die(number)
    }
}
