/// Writes values as Python's `str()` and `repr()` do: that is how the toolkit makes arguments of hyperparameters.
public enum PythonText {
    /// Python's `str()` of a value: a string is itself, everything else is its `repr()`.
    public static func str(_ value: JSONValue) -> String {
        if case .string(let text) = value { return text }
        return repr(value)
    }

    /// Python's `repr()` of a value; dictionaries keep their order.
    public static func repr(_ value: JSONValue) -> String {
        var output = ""
        append(value, to: &output)
        return output
    }

    private static func append(_ value: JSONValue, to output: inout String) {
        switch value {
        case .null: output += "None"
        case .bool(let value): output += value ? "True" : "False"
        case .number(let number): output += str(number)
        case .string(let text): output += repr(text)
        case .array(let elements):
            output += "["
            for (place, element) in elements.enumerated() {
                if place > 0 { output += ", " }
                append(element, to: &output)
            }
            output += "]"
        case .object(let members):
            output += "{"
            for (place, member) in members.enumerated() {
                if place > 0 { output += ", " }
                output += repr(member.key)
                output += ": "
                append(member.value, to: &output)
            }
            output += "}"
        }
    }

    /// Python's text of a number: integers of any size, floats by `repr(_:)`.
    public static func str(_ number: JSONNumber) -> String {
        guard number.isInteger else { return repr(number.double) }
        return number.text == "-0" ? "0" : number.text
    }

    /// Python's `repr()` of a float: the shortest digits that read back as the same number.
    ///
    /// The corresponding C function is `PyOS_double_to_string` with format 'r': an exponent where it is below -4 or at
    /// least 16, with a sign and two digits.
    public static func repr(_ number: Double) -> String {
        if number.isNaN { return "nan" }
        if number.isInfinite { return number < 0 ? "-inf" : "inf" }
        let sign = number.sign == .minus ? "-" : ""
        if number.isZero { return sign + "0.0" }
        let (digits, exponent) = shortestDigits(number.magnitude)
        let text = String(decoding: digits, as: UTF8.self)
        switch exponent {
        case ..<(-4), 16...:
            let mantissa = digits.count == 1 ? text : "\(text.prefix(1)).\(text.dropFirst())"
            let power = exponent.magnitude < 10 ? "0\(exponent.magnitude)" : "\(exponent.magnitude)"
            return "\(sign)\(mantissa)e\(exponent < 0 ? "-" : "+")\(power)"
        case ..<0:
            return "\(sign)0.\(String(repeating: "0", count: -exponent - 1))\(text)"
        case (digits.count - 1)...:
            return "\(sign)\(text)\(String(repeating: "0", count: exponent + 1 - digits.count)).0"
        default:
            return "\(sign)\(text.prefix(exponent + 1)).\(text.dropFirst(exponent + 1))"
        }
    }

    /// The digits of a positive number without zeros at either end, and the power of ten of the first one.
    private static func shortestDigits(_ number: Double) -> (digits: [UInt8], exponent: Int) {
        // Swift's description has the same shortest digits as Python's repr; only its layout differs.
        let parts = number.description.utf8.split(separator: UInt8(ascii: "e"))
        let written = parts.count > 1 ? Int(String(decoding: parts[1], as: UTF8.self)) ?? 0 : 0
        let mantissa = Array(parts[0])
        let point = mantissa.firstIndex(of: UInt8(ascii: ".")) ?? mantissa.count
        var digits = mantissa.filter { $0 != UInt8(ascii: ".") }
        let zeros = digits.prefix { $0 == UInt8(ascii: "0") }.count
        digits.removeFirst(zeros)
        while digits.last == UInt8(ascii: "0") { digits.removeLast() }
        return (digits, point - 1 - zeros + written)
    }
}
