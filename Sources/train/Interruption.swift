import ContainerRuntime
import Synchronization

/// Runs asynchronous work from a synchronous command, and lets a signal end it in good order.
///
/// The signals that ask a program to end are taken by a thread of their own. The first one cancels the work, which cleans
/// up behind itself; five seconds later, or at the second one, the process ends whatever the work does.
final class Interruption: Sendable {
    private let received = Atomic<Int32>(0)
    private let task = Mutex<Task<Void, Never>?>(nil)
    private let endsWork: Bool
    private let signals = SignalSet(SignalSet.requestsToEnd)

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
        Signal.pipe.ignore()
        let isBlocked = (try? signals.block()) != nil
        do {
            _ = try WorkerThread { self.listen() }
        } catch {
            // Nobody listens: the signals end the process as they end any other, instead of being blocked for good.
            if isBlocked { signals.unblock() }
        }
        let (gate, ended) = (Gate(), Gate.Condition())
        let isDone = Mutex(false)
        let started = Task {
            await work()
            gate.withLock { isDone.withLock { $0 = true } }
            ended.announce()
        }
        task.withLock { $0 = started }
        gate.withLock { while !isDone.withLock(\.self) { gate.wait(for: ended) } }
    }

    /// Ends the process as a signal ends it, so that whoever waits for us sees which one.
    static func die(_ number: Int32) -> Never { Signal(rawValue: number).endProcess() }

    private func listen() {
        let first = waitForSignal()
        received.store(first.rawValue, ordering: .releasing)
        guard endsWork else { waitForSignal().endProcess() }
        task.withLock { $0?.cancel() }
        _ = signals.wait(atMost: .seconds(5))
        first.endProcess()
    }

    private func waitForSignal() -> Signal {
        while true { if let signal = signals.wait() { return signal } }
    }
}
