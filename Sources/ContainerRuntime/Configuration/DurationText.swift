/// Lengths of time as people write them in a setting: `30`, `30s`, `5m`, `1h`, `500ms`, `1.5h`.
public enum DurationText {
    /// What a message says is expected.
    static let expected = "a length of time such as 30, 30s, 5m, 1h or 500ms"

    /// The length of time that a text says, or nil; a number alone is seconds.
    public static func parse(_ text: String) -> Duration? {
        let number = text.utf8.prefix { $0.isASCIIDigit || $0 == UInt8(ascii: ".") }
        let digits = String(number) ?? ""
        guard digits.utf8.first != UInt8(ascii: "."), digits.utf8.last != UInt8(ascii: "."), !digits.isEmpty,
            let value = Double(digits), value.isFinite
        else { return nil }
        let factor: Double
        switch String(text.utf8.dropFirst(number.count)) {
        case "", "s": factor = 1
        case "ms": factor = 0.001
        case "m": factor = 60
        case "h": factor = 3_600
        case "d": factor = 86_400
        default: return nil
        }
        // A century is for ever, and stays far from what a timer's numbers can hold.
        let seconds = value * factor
        return seconds <= 3_155_760_000 ? .milliseconds(Int64((seconds * 1_000).rounded())) : nil
    }

    /// The limit that a text says; 0 is no limit.
    static func limit(_ text: String) -> Duration? {
        parse(text).flatMap { $0 > .zero ? $0 : nil }
    }
}
