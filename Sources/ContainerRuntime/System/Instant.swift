import Glibc

/// A moment of the clock that no one sets: nanoseconds since the machine started, as CLOCK_MONOTONIC counts them.
package struct Instant: Hashable, Comparable, Sendable {
    package var nanoseconds: Int64

    package static var now: Instant { Instant(nanoseconds: Int64(readClock(CLOCK_MONOTONIC))) }

    package static func < (left: Instant, right: Instant) -> Bool { left.nanoseconds < right.nanoseconds }

    /// The first of two moments, either of which may never come.
    package static func first(_ one: Instant?, _ other: Instant?) -> Instant? {
        guard let one, let other else { return one ?? other }
        return min(one, other)
    }

    package static func + (instant: Instant, duration: Duration) -> Instant {
        let (sum, overflow) = instant.nanoseconds.addingReportingOverflow(duration.wholeNanoseconds)
        return Instant(nanoseconds: overflow ? .max : sum)
    }

    package static func - (left: Instant, right: Instant) -> Duration {
        .nanoseconds(left.nanoseconds - right.nanoseconds)
    }
}

extension Duration {
    /// The duration in nanoseconds; what does not fit, some 292 years, is cut.
    var wholeNanoseconds: Int64 {
        let (seconds, fraction) = components
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        guard !overflow else { return seconds < 0 ? .min : .max }
        let (sum, carry) = product.addingReportingOverflow(fraction / 1_000_000_000)
        return carry ? .max : sum
    }

    /// The duration for people, as in `1.5 s` or `120 s`.
    var inSeconds: String {
        let tenths = (wholeNanoseconds + 50_000_000) / 100_000_000
        return tenths % 10 == 0 ? "\(tenths / 10) s" : "\(tenths / 10).\(tenths % 10) s"
    }
}
