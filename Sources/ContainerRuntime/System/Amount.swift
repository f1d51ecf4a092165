import Glibc

/// Numbers for people.
public enum Amount {
    /// How many there are of something: `1 file`, `2 files`; what takes more than an s is told, as in `entries`.
    public static func count(_ number: Int, _ one: String, _ many: String? = nil) -> String {
        "\(number) \(number == 1 ? one : many ?? "\(one)s")"
    }

    /// A number of bytes: `1 byte`, `999 bytes`, `1.2 kB`, `34 GB`.
    public static func bytes(_ count: Int) -> String {
        var unit = 0
        var tenths = count > Int.max / 10 ? count : count * 10
        while tenths >= 10_000, unit < 5 {
            tenths /= 1000
            unit += 1
        }
        let name = ["bytes", "kB", "MB", "GB", "TB", "PB"][unit]
        return unit == 0
            ? Self.count(count, "byte")
            : tenths < 100 ? "\(tenths / 10).\(tenths % 10) \(name)" : "\(tenths / 10) \(name)"
    }

    /// A part of a whole in per cent: `37%`.
    public static func percent(_ part: Int, of whole: Int) -> String {
        whole > 0 ? "\((part * 100 + whole / 2) / whole)%" : "0%"
    }

    /// A length of time: `0.3 s`, `2 min 5 s`, `3 h 10 min`, `2 d 4 h`.
    public static func seconds(_ seconds: Double) -> String {
        let tenths = seconds.isFinite ? Int((min(max(seconds, 0), 1e12) * 10).rounded()) : 0
        let whole = tenths / 10
        if tenths < 600 { return "\(whole).\(tenths % 10) s" }
        if whole < 3_600 { return "\(whole / 60) min \(whole % 60) s" }
        if whole < 86_400 { return "\(whole / 3_600) h \(whole / 60 % 60) min" }
        return "\(whole / 86_400) d \(whole / 3_600 % 24) h"
    }

    /// A number with four digits that count: `0.1235`, `1.234e-05`.
    static func number(_ value: Double) -> String {
        guard value.isFinite else { return value.isNaN ? "NaN" : value < 0 ? "−∞" : "∞" }
        if value == 0 { return "0" }
        if value == value.rounded(), abs(value) < 1e15 { return String(Int(value)) }
        // As %.4g does it, without a format of C's.
        let size = abs(value)
        let exponent = Int(log10(size).rounded(.down))
        let digits = (size / pow(10, Double(exponent)) * 1_000).rounded() / 1_000
        let rounded = Double("\(digits)e\(exponent)") ?? size
        let shown = rounded.isFinite && rounded > 0 ? rounded : size
        let isWhole = shown == shown.rounded() && shown < 1e15
        return "\(value < 0 ? "−" : "")\(isWhole ? String(Int(shown)) : "\(shown)")"
    }
}
