import ContainerRuntime

/// A moment in seconds since 1970, and the forms that the web has for it.
struct Timestamp: Hashable, Comparable, Sendable {
    /// Seconds since 1970, UTC.
    var seconds: Int

    /// Now.
    static var now: Timestamp { Timestamp(seconds: WallTime.now.milliseconds / 1_000) }

    /// As a signature has it: `20130524T000000Z`.
    var basic: String { "\(date)T\(digits([\.hour, \.minute, \.second]))Z" }
    /// The day alone: `20130524`.
    var date: String { digits([\.year, \.month, \.day]) }

    /// The earlier one is less.
    static func < (left: Timestamp, right: Timestamp) -> Bool { left.seconds < right.seconds }

    /// The parts with two digits each, or all that they have.
    private func digits(_ parts: [KeyPath<CalendarTime, Int>]) -> String {
        guard let time = CalendarTime(secondsSince1970: seconds) else { return "" }
        return parts.map { part in time[keyPath: part] < 10 ? "0\(time[keyPath: part])" : "\(time[keyPath: part])" }
            .joined()
    }
}

extension Timestamp {
    /// Reads a time: `2026-01-31T23:59:59Z` of credentials, or `Sat, 31 Jan 2026 23:59:59 GMT` of a Date header.
    init?(_ text: String) {
        let words = text.split { " ,-:TZ".contains($0) }.map(String.init)
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        var fields = words.prefix(6).map { Int($0.prefix { $0 != "." }) }
        if words.count >= 7, let month = months.firstIndex(of: words[2]) {
            fields = [Int(words[3]), month + 1, Int(words[1])] + words[4..<7].map { Int($0) }
        }
        let numbers = fields.compactMap { $0 }
        guard numbers.count == 6, (1...12).contains(numbers[1]) else { return nil }
        let time = CalendarTime(
            year: numbers[0],
            month: numbers[1],
            day: numbers[2],
            hour: numbers[3],
            minute: numbers[4],
            second: numbers[5]
        )
        seconds = time.secondsSince1970
    }
}
