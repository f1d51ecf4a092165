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
        var parts = tm()
        let formats = ["%Y-%m-%dT%H:%M:%S", "%a, %d %b %Y %H:%M:%S"]
        // strptime(3) reads names of months by the locale, and this program sets none.
        guard formats.contains(where: { strptime(text, $0, &parts) != nil }) else { return nil }
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
