/// How often and how long after a failure something is tried again: exponential, with full jitter.
///
/// https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
public struct RetryPolicy: Hashable, Sendable {
    /// Tries without any progress, the first one counted.
    public var attempts: Int
    /// The longest wait after the first failure, in seconds.
    public var base: Double
    /// The longest wait at all, in seconds.
    public var cap: Double

    /// Makes a policy; unless told otherwise, seven waits of some 15 seconds together at most.
    public init(attempts: Int = 8, base: Double = 0.1, cap: Double = 8) {
        (self.attempts, self.base, self.cap) = (attempts, base, cap)
    }

    /// The seconds to wait after so many failures: anything between nothing and twice as much as the time before.
    ///
    /// A server that names a time (Retry-After) is believed up to the cap.
    public func delay(
        afterFailures failures: Int,
        asked: Double? = nil,
        using random: inout some RandomNumberGenerator
    ) -> Double {
        if let asked { return min(max(0, asked), cap) }
        let limit = min(cap, base * Double(1 << min(20, max(0, failures - 1))))
        return Double.random(in: 0...limit, using: &random)
    }

    /// Waits after a failure.
    func wait(afterFailures failures: Int, asked: Double? = nil) async throws {
        var random = SystemRandomNumberGenerator()
        let seconds = delay(afterFailures: failures, asked: asked, using: &random)
        try await Task.sleep(nanoseconds: UInt64(seconds * 1e9))
    }
}
