/// A number as a log has it, and as a JSON file can hold it.
enum MetricValue {
    /// JSON's own spelling of a number.
    case number(UnsafeBufferPointer<UInt8>)
    /// A number whose spelling JSON does not take: `.5`, `1.`, `+1`.
    case respelled(Double)
    /// `nan`, `inf` or `-inf`.
    case notFinite(String)

    /// Reads what a group captured, blanks around it left out; nil where it is no number.
    init?(_ text: UnsafeBufferPointer<UInt8>) {
        var (first, last) = (0, text.count)
        while first < last, text[first] <= 0x20 { first += 1 }
        while last > first, text[last - 1] <= 0x20 { last -= 1 }
        let trimmed = UnsafeBufferPointer(rebasing: text[first..<last])
        // No float has more digits that count; 400 are more than the largest one has before its point.
        guard !trimmed.isEmpty, trimmed.count <= 400 else { return nil }
        if Self.isJSON(trimmed) {
            self = .number(trimmed)
            return
        }
        // A full stop or a comma at the end is the sentence's, as in "loss: 0.5."; Python's float() takes "5." too.
        guard let first = trimmed.first, first.isASCIIDigit || "+-.niNI".utf8.contains(first),
            !trimmed.contains(UInt8(ascii: "x")), !trimmed.contains(UInt8(ascii: "X")),
            !trimmed.contains(UInt8(ascii: "p")), !trimmed.contains(UInt8(ascii: "(")),
            let value = Double(String(decoding: trimmed, as: UTF8.self))
        else { return nil }
        if value.isNaN {
            self = .notFinite("nan")
        } else if value.isInfinite {
            self = .notFinite(value < 0 ? "-inf" : "inf")
        } else {
            self = .respelled(value)
        }
    }

    /// The number.
    var double: Double {
        switch self {
        case .number(let text): Double(String(decoding: text, as: UTF8.self)) ?? .nan
        case .respelled(let value): value
        case .notFinite(let text): Double(text) ?? .nan
        }
    }

    /// Adds `"value":…` to a line of JSON.
    func append(to output: inout [UInt8]) {
        output += "\"value\":".utf8
        switch self {
        case .number(let text): output += text
        case .respelled(let value): output += "\(value)".utf8
        case .notFinite(let text): output += "null,\"text\":\"\(text)\"".utf8
        }
    }

    /// Whether it is a number as RFC 8259 spells it, within the range of a double.
    private static func isJSON(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        var place = 0
        func digits() -> Int {
            let start = place
            while place < text.count, text[place].isASCIIDigit { place += 1 }
            return place - start
        }
        if text[place] == UInt8(ascii: "-") { place += 1 }
        let isZero = place < text.count && text[place] == UInt8(ascii: "0")
        let whole = digits()
        guard whole > 0, !isZero || whole == 1, whole < 300 else { return false }
        if place < text.count, text[place] == UInt8(ascii: ".") {
            place += 1
            guard digits() > 0 else { return false }
        }
        // An exponent may lead out of the range of a double: that has to be worked out.
        guard place < text.count, text[place].lowercasedASCII == UInt8(ascii: "e") else { return place == text.count }
        place += 1
        if place < text.count, "+-".utf8.contains(text[place]) { place += 1 }
        return 1...2 ~= digits() && place == text.count
    }
}
