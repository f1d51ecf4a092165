#if canImport(Glibc)
import Glibc
#endif

/// A moment in seconds since 1970, and the forms that the web has for it.
public struct Timestamp: Hashable, Comparable, Sendable {
    /// Seconds since 1970, UTC.
    public var seconds: Int

    /// Makes a moment of seconds since 1970.
    public init(seconds: Int) {
        self.seconds = seconds
    }

    /// Now.
    public static var now: Timestamp { Timestamp(seconds: Glibc.time(nil)) }

    /// Reads a time: `2026-01-31T23:59:59Z` of credentials, or `Sat, 31 Jan 2026 23:59:59 GMT` of a Date header.
    public init?(_ text: String) {
        let words = text.split { " ,-:TZ".contains($0) }.map(String.init)
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        var fields = words.prefix(6).map { Int32($0.prefix { $0 != "." }) }
        if words.count >= 7, let month = months.firstIndex(of: words[2]) {
            fields = [Int32(words[3]), Int32(month + 1), Int32(words[1])] + words[4..<7].map { Int32($0) }
        }
        let numbers = fields.compactMap { $0 }
        guard numbers.count == 6, (1...12).contains(numbers[1]) else { return nil }
        var parts = tm()
        (parts.tm_year, parts.tm_mon, parts.tm_mday) = (numbers[0] - 1_900, numbers[1] - 1, numbers[2])
        (parts.tm_hour, parts.tm_min, parts.tm_sec) = (numbers[3], numbers[4], numbers[5])
        seconds = timegm(&parts)
    }

    /// As a signature has it: `20130524T000000Z`.
    public var basic: String { format("%Y%m%dT%H%M%SZ") }
    /// The day alone: `20130524`.
    public var date: String { format("%Y%m%d") }

    /// The earlier one is less.
    public static func < (left: Timestamp, right: Timestamp) -> Bool { left.seconds < right.seconds }

    private func format(_ format: String) -> String {
        var seconds = seconds
        var parts = tm()
        gmtime_r(&seconds, &parts)
        var text = [CChar](repeating: 0, count: 64)
        let count = strftime(&text, text.count, format, &parts)
        return String(decoding: text[..<count].map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}
