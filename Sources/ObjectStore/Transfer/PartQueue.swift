import ContainerRuntime
import Logging
import Synchronization

/// The parts of an object that nobody has taken yet: one reader takes from the front, the others from the back.
final class PartQueue: Sendable {
    let total: Int
    private let part: Int
    private let open: Mutex<Range<Int>>

    init(total: Int, part: Int = Download.part) {
        (self.total, self.part) = (total, part)
        open = Mutex(0..<(total + part - 1) / part)
    }

    /// The first part that is left.
    func takeFirst() -> Range<Int>? {
        open.withLock { open in
            guard let index = open.first else { return nil }
            open = index + 1..<open.upperBound
            return bytes(index)
        }
    }

    /// The last part that is left.
    func takeLast() -> Range<Int>? {
        open.withLock { open in
            guard let index = open.last else { return nil }
            open = open.lowerBound..<index
            return bytes(index)
        }
    }

    private func bytes(_ index: Int) -> Range<Int> {
        index * part..<min(total, (index + 1) * part)
    }
}

/// Counts the failures of one connection since it last brought a byte.
struct Tries {
    private let object: any RemoteObject
    private var failures = 0

    init(_ object: any RemoteObject) {
        self.object = object
    }

    /// Something came.
    mutating func reset() {
        failures = 0
    }

    /// Waits before the next try, or throws where there is none to make.
    mutating func failed(_ error: any Error, _ logger: Logger) async throws(Failure) {
        if let failure = error as? Failure { throw failure }
        let problem = TransportProblem(error)
        failures += 1
        guard problem.isTransient, failures < object.retries.attempts, !Task.isCancelled else {
            throw Failure(.storeUnreachable(reason: problem.reason), object.subject)
        }
        logger.debug("\(object.subject): \(problem.reason), going on from there")
        do { try await object.retries.wait(afterFailures: failures) } catch {
            throw Failure(.storeUnreachable(reason: "stopped"), object.subject)
        }
    }
}
