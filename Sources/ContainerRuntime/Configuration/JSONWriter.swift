/// Writes JSON as the toolkit's variables hold it, which is Python's
/// `json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True)`.
public enum JSONWriter {
    /// The JSON of a value, all ASCII.
    public static func bytes(_ value: JSONValue) -> [UInt8] {
        var output: [UInt8] = []
        append(value, to: &output)
        return output
    }

    /// The JSON of a value as a text.
    public static func text(_ value: JSONValue) -> String {
        String(decoding: bytes(value), as: UTF8.self)
    }

    /// Appends the JSON of a value, all ASCII.
    static func append(_ value: JSONValue, to output: inout [UInt8]) {
        switch value {
        case .null: output += "null".utf8
        case .bool(let value): output += (value ? "true" : "false").utf8
        case .number(let number): output.append(utf8Of: jsonText(number))
        case .string(let text): append(text, to: &output)
        case .array(let elements):
            output.append(UInt8(ascii: "["))
            for (place, element) in elements.enumerated() {
                if place > 0 { output.append(UInt8(ascii: ",")) }
                append(element, to: &output)
            }
            output.append(UInt8(ascii: "]"))
        case .object(let members):
            output.append(UInt8(ascii: "{"))
            let members = members.sorted
            for place in members.indices {
                if place > 0 { output.append(UInt8(ascii: ",")) }
                append(members[place].key, to: &output)
                output.append(UInt8(ascii: ":"))
                append(members[place].value, to: &output)
            }
            output.append(UInt8(ascii: "}"))
        }
    }

    private static func jsonText(_ number: JSONNumber) -> String {
        if number.isInteger { return PythonText.str(number) }
        let text = PythonText.str(number)
        return switch text {
        case "nan": "NaN"
        case "inf": "Infinity"
        case "-inf": "-Infinity"
        default: text
        }
    }

    private static func append(_ text: String, to output: inout [UInt8]) {
        output.append(UInt8(ascii: "\""))
        // Bytes of ASCII are most of all texts, and need no decoding. All of them are looked at, many at a time.
        let isPlain = text.withBytes { bytes in
            var isPlain = true
            for byte in bytes {
                isPlain =
                    isPlain && (byte &- 0x20 < 0x5f && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\"))
            }
            if isPlain { output.append(contentsOf: bytes) }
            return isPlain
        }
        if !isPlain { for unit in text.utf16 { append(unit, to: &output) } }
        output.append(UInt8(ascii: "\""))
    }

    private static func append(_ unit: UInt16, to output: inout [UInt8]) {
        switch unit {
        case 0x22: output += "\\\"".utf8
        case 0x5c: output += "\\\\".utf8
        case 0x0a: output += "\\n".utf8
        case 0x0d: output += "\\r".utf8
        case 0x09: output += "\\t".utf8
        case 0x08: output += "\\b".utf8
        case 0x0c: output += "\\f".utf8
        case 0x20..<0x7f: output.append(UInt8(unit))
        default: output += "\\u\(unit.hexadecimal(digits: 4))".utf8
        }
    }
}
