import ContainerRuntime
import Logging

/// How often something is tried, how long after a failure it is tried again, and what is said of it.
///
/// The waits are exponential, with full jitter: https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
struct RetryPolicy: Sendable {
    /// What is tried, for failures and the log.
    let subject: String
    /// Tries without any progress, the first one counted; seven waits of some 15 seconds together at most.
    var attempts = 8
    /// Told of each failure after which there is another try.
    var logger: Logger?
    /// How it goes on then, for the log.
    var continuation = "tried again"
    /// The code of the failure in the end, where the failed try names no failure of its own.
    var code: @Sendable (_ reason: String) -> Failure.Code = { .storeUnreachable(reason: $0) }
    /// Waits so many seconds; throws where it is told to stop.
    var sleep: @Sendable (_ seconds: Double) async throws -> Void = {
        try await Task.sleep(nanoseconds: UInt64($0 * 1e9))
    }

    /// The longest wait after the first failure, in seconds.
    private static let base = 0.1
    /// The longest wait at all, in seconds.
    private static let cap = 8.0

    /// The seconds to wait after so many failures: anything between nothing and twice as much as the time before.
    ///
    /// A server that names a time (Retry-After) is believed up to the longest wait.
    fileprivate func delay(afterFailures failures: Int, asked: Double?) -> Double {
        if let asked { return min(max(0, asked), Self.cap) }
        return Double.random(in: 0...min(Self.cap, Self.base * Double(1 << min(20, failures - 1))))
    }
}

/// The failures since something last came forward.
struct Tries {
    fileprivate(set) var failures = 0

    /// Something came: all tries are left.
    mutating func reset() {
        failures = 0
    }
}

/// Makes an attempt, and again as often as the policy says where it failed in a way that may pass.
///
/// An attempt throws a `Failure` where no other try can help, a `FailedTry`, or what a connection throws.
///
/// - Throws: The `Failure` of the last attempt, or that it was told to stop while it waited.
func retrying<Value>(
    _ policy: RetryPolicy,
    _ attempt: (inout Tries) async throws -> Value
) async throws(Failure) -> Value {
    var tries = Tries()
    while true {
        do {
            return try await attempt(&tries)
        } catch let failure as Failure {
            throw failure
        } catch {
            let failed = FailedTry(error)
            tries.failures += 1
            guard failed.isTransient, tries.failures < policy.attempts else {
                throw failed.failure ?? Failure(policy.code(failed.reason), policy.subject)
            }
            policy.logger?.debug("\(policy.subject): \(failed.reason), \(policy.continuation)")
            do { try await policy.sleep(policy.delay(afterFailures: tries.failures, asked: failed.wait)) } catch {
                throw Failure(policy.code("stopped"), policy.subject)
            }
        }
    }
}
