#if canImport(Glibc)
import Glibc
#endif

/// A moment as people tell it: milliseconds since 1970, as CLOCK_REALTIME counts them.
package struct WallTime: Hashable, Comparable, Sendable {
    package var milliseconds: Int

    /// The corresponding C function is `clock_gettime`.
    package static var now: WallTime {
        var time = timespec()
        // Cannot fail for this clock: clock_gettime(2).
        _ = clock_gettime(CLOCK_REALTIME, &time)
        return WallTime(milliseconds: time.tv_sec * 1_000 + time.tv_nsec / 1_000_000)
    }

    /// Now, by the clock that the kernel stamps files with: CLOCK_REALTIME_COARSE, in nanoseconds since 1970.
    static var ofFiles: Int {
        var time = timespec()
        _ = clock_gettime(CLOCK_REALTIME_COARSE, &time)
        return time.tv_sec * 1_000_000_000 + time.tv_nsec
    }

    package static func < (left: WallTime, right: WallTime) -> Bool { left.milliseconds < right.milliseconds }

    static func + (time: WallTime, duration: Duration) -> WallTime {
        WallTime(milliseconds: time.milliseconds + Int(duration.wholeNanoseconds / 1_000_000))
    }

    /// Seconds since 1970 with three decimals.
    var json: JSONValue { JSONValue.thousandths(milliseconds) }

    /// The same, as a text.
    var text: String { "\(milliseconds / 1_000).\(String(1_000 + milliseconds % 1_000).dropFirst())" }
}

extension JSONValue {
    /// A number of thousandths, written with three decimals.
    static func thousandths(_ count: Int) -> JSONValue {
        let (whole, part) = abs(count).quotientAndRemainder(dividingBy: 1_000)
        let digits = String(part + 1_000).dropFirst()
        return .number(JSONNumber(text: "\(count < 0 ? "-" : "")\(whole).\(digits)", isInteger: false))
    }
}
