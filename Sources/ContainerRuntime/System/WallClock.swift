import Glibc

/// A moment as people tell it: milliseconds since 1970, as CLOCK_REALTIME counts them.
package struct WallTime: Hashable, Comparable, Sendable {
    package var milliseconds: Int

    package static var now: WallTime { WallTime(milliseconds: readClock(CLOCK_REALTIME) / 1_000_000) }

    /// Now, by the clock that the kernel stamps files with: CLOCK_REALTIME_COARSE, in nanoseconds since 1970.
    static var ofFiles: Int { readClock(CLOCK_REALTIME_COARSE) }

    package static func < (left: WallTime, right: WallTime) -> Bool { left.milliseconds < right.milliseconds }

    static func + (time: WallTime, duration: Duration) -> WallTime {
        WallTime(milliseconds: time.milliseconds + Int(duration.wholeNanoseconds / 1_000_000))
    }

    /// Seconds since 1970 with three decimals.
    var text: String { "\(milliseconds / 1_000).\(String(1_000 + milliseconds % 1_000).dropFirst())" }
}

/// The time that processors have worked.
package enum ProcessorTime {
    /// For this thread, in nanoseconds: CLOCK_THREAD_CPUTIME_ID.
    package static var ofThread: Int { readClock(CLOCK_THREAD_CPUTIME_ID) }
}

/// What a clock says, in nanoseconds.
///
/// The corresponding C function is `clock_gettime`, which cannot fail for the clocks that every kernel has.
func readClock(_ clock: clockid_t) -> Int {
    var time = timespec()
    _ = clock_gettime(clock, &time)
    return time.tv_sec * 1_000_000_000 + time.tv_nsec
}
