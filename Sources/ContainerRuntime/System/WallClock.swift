#if canImport(Glibc)
import Glibc
#endif

/// A moment as people tell it: milliseconds since 1970, as CLOCK_REALTIME counts them.
struct WallTime: Hashable, Comparable, Sendable {
    var milliseconds: Int

    /// The corresponding C function is `clock_gettime`.
    static var now: WallTime {
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

    static func < (left: WallTime, right: WallTime) -> Bool { left.milliseconds < right.milliseconds }

    static func + (time: WallTime, duration: Duration) -> WallTime {
        WallTime(milliseconds: time.milliseconds + Int(duration.wholeNanoseconds / 1_000_000))
    }

    /// Seconds since 1970 with three decimals.
    var text: String { "\(milliseconds / 1_000).\(String(1_000 + milliseconds % 1_000).dropFirst())" }
}
