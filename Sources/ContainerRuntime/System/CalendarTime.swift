import Glibc

/// A moment as a calendar and a clock tell it, in UTC.
package struct CalendarTime: Hashable, Sendable {
    package var year: Int
    /// From 1.
    package var month: Int
    package var day: Int
    package var hour: Int
    package var minute: Int
    package var second: Int

    /// Makes a moment of its parts.
    package init(year: Int, month: Int, day: Int, hour: Int, minute: Int, second: Int) {
        (self.year, self.month, self.day) = (year, month, day)
        (self.hour, self.minute, self.second) = (hour, minute, second)
    }

    /// The moment so many seconds after 1970 began, or nil where its year has no number.
    ///
    /// The corresponding C function is `gmtime_r`.
    package init?(secondsSince1970 seconds: Int) {
        var time = seconds
        var parts = tm()
        guard gmtime_r(&time, &parts) != nil else { return nil }
        self.init(
            year: Int(parts.tm_year) + 1_900,
            month: Int(parts.tm_mon) + 1,
            day: Int(parts.tm_mday),
            hour: Int(parts.tm_hour),
            minute: Int(parts.tm_min),
            second: Int(parts.tm_sec)
        )
    }

    /// The seconds since 1970 began; parts that are too large for their place count on.
    ///
    /// The corresponding C function is `timegm`.
    package var secondsSince1970: Int {
        var parts = tm()
        parts.tm_year = Int32(clamping: year - 1_900)
        parts.tm_mon = Int32(clamping: month - 1)
        parts.tm_mday = Int32(clamping: day)
        parts.tm_hour = Int32(clamping: hour)
        parts.tm_min = Int32(clamping: minute)
        parts.tm_sec = Int32(clamping: second)
        return timegm(&parts)
    }
}
