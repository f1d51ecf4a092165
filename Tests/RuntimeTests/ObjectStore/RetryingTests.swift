import ContainerRuntime
import Logging
import NIOHTTP1
import Synchronization
import Testing

@testable import ObjectStore

/// What is tried again, how often, after which waits, and what comes of it; nobody waits here.
@Suite struct RetryingTests {
    /// How an attempt ends.
    enum Ending: Sendable {
        case success, failure, connection
        case transient(wait: Double? = nil, own: Bool = false)
        case permanent(own: Bool = false)
        /// Something came, and then the connection ended.
        case progress

        func take(_ tries: inout Tries) throws {
            switch self {
            case .success: return
            case .failure: throw Failure(.objectChanged, "x")
            case .connection: throw Unknown()
            case .transient(let wait, let own):
                throw FailedTry(isTransient: true, reason: "busy", wait: wait, failure: own ? Self.own : nil)
            case .permanent(let own):
                throw FailedTry(isTransient: false, reason: "never", failure: own ? Self.own : nil)
            case .progress:
                tries.reset()
                throw FailedTry(isTransient: true, reason: "cut")
            }
        }

        static let own = Failure(.objectNotFound(code: "own"), "x")

        /// An error that nobody knows.
        struct Unknown: Error {}
    }

    private struct Course: Equatable {
        var attempts = 0
        var waits = 0
        var lines: [String] = []
        var failure: Failure?
    }

    /// Runs through endings, of which the last one is repeated.
    private func run(_ endings: [Ending], attempts: Int = 8, stopsAfter stop: Int = .max) async -> (Course, [Double]) {
        let waits = Mutex<[Double]>([])
        let lines = Lines()
        var course = Course()
        let policy = RetryPolicy(
            subject: "x",
            attempts: attempts,
            logger: Logger(label: "") { _ in lines },
            sleep: { seconds in
                let count = waits.withLock { waits in
                    waits.append(seconds)
                    return waits.count
                }
                if count > stop { throw CancellationError() }
            }
        )
        do throws(Failure) {
            try await retrying(policy) { tries in
                let ending = endings[min(course.attempts, endings.count - 1)]
                course.attempts += 1
                try ending.take(&tries)
            }
        } catch { course.failure = error }
        let taken = waits.withLock { $0 }
        (course.waits, course.lines) = (taken.count, lines.all.withLock { $0 })
        return (course, taken)
    }

    private static let busy = Failure(.storeUnreachable(reason: "busy"), "x")

    @Test(
        arguments: [
            ([.success], 1, 0, nil),
            ([.transient(), .connection, .success], 3, 2, nil),
            ([.transient()], 8, 7, busy),
            ([.transient(own: true)], 8, 7, Ending.own),
            ([.transient(), .permanent()], 2, 1, Failure(.storeUnreachable(reason: "never"), "x")),
            ([.permanent(own: true)], 1, 0, Ending.own),
            ([.failure], 1, 0, Failure(.objectChanged, "x")),
            // What came forward gives all tries back.
            (
                [.transient(), .transient(), .transient(), .transient(), .transient(), .progress, .transient()], 13, 12,
                busy
            ),
        ] as [([Ending], Int, Int, Failure?)]
    ) func whatMayPassIsTriedAgain(_ endings: [Ending], _ attempts: Int, _ waits: Int, _ failure: Failure?) async {
        let (course, _) = await run(endings)
        #expect(course.attempts == attempts && course.waits == waits && course.failure == failure, "\(course)")
        #expect(course.lines.count == waits, "each wait is told of: \(course)")
    }

    @Test func anAttemptIsTheLastOneAsThePolicySays() async {
        #expect(await run([.transient()], attempts: 4).0.attempts == 4)
        #expect(await run([.transient()], attempts: 1).0.attempts == 1)
    }

    @Test func whoIsToldToStopWhileItWaitsStops() async {
        let (course, _) = await run([.transient(own: true)], stopsAfter: 2)
        let lines = Array(repeating: "debug x: busy, tried again", count: 3)
        let stopped = Failure(.storeUnreachable(reason: "stopped"), "x")
        #expect(course == Course(attempts: 3, waits: 3, lines: lines, failure: stopped))
    }

    @Test func waitsGrowAreRandomAndEnd() async {
        let (_, waits) = await run([.transient()], attempts: 40)
        #expect(waits.count == 39 && Set(waits).count > 30)
        for (index, wait) in waits.enumerated() {
            #expect((0...min(8, 0.1 * Double(1 << min(20, index)))).contains(wait))
        }
    }

    /// As Retry-After says, up to the longest wait.
    @Test(arguments: [(0, 0), (2.5, 2.5), (3_600, 8), (-1, 0), (.infinity, 8)] as [(Double, Double)])
    func aServerThatNamesATimeIsBelieved(_ asked: Double, _ waited: Double) async {
        let (_, waits) = await run([.transient(wait: asked), .success])
        #expect(waits == [waited])
    }

    @Test(arguments: [
        (400, "", false), (403, "AccessDenied", false), (404, "NoSuchKey", false), (408, "", true), (412, "", false),
        (429, "", true), (500, "", true), (501, "", false), (502, "", true), (503, "SlowDown", true), (504, "", true),
        (400, "RequestTimeout", true), (200, "InternalError", true), (409, "OperationAborted", true),
    ]) func theseRefusalsOfAStoreMayPass(_ status: Int, _ code: String, _ isTransient: Bool) {
        let body = Array("<Error><Code>\(code)</Code></Error>".utf8)
        #expect(StoreError(status: status, headers: [:], body: body).isTransient == isTransient)
    }
}

/// A log that keeps its lines.
private final class Lines: LogHandler, Sendable {
    let all = Mutex<[String]>([])
    var logLevel: Logger.Level {
        get { .trace }
        set {}
    }
    var metadata: Logger.Metadata {
        get { [:] }
        set {}
    }
    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { nil }
        set {}
    }

    func log(event: LogEvent) {
        all.withLock { $0.append("\(event.level) \(event.message)") }
    }
}
