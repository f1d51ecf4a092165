extension PythonText {
    /// Python's `repr()` of a string: single quotation marks unless only they are in it, unprintable characters escaped.
    public static func repr(_ text: String) -> String {
        let quote: Unicode.Scalar =
            text.utf8.contains(UInt8(ascii: "'")) && !text.utf8.contains(UInt8(ascii: "\"")) ? "\"" : "'"
        var output = String(quote)
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": output += "\\\\"
            case quote: output += "\\\(quote)"
            case "\t": output += "\\t"
            case "\n": output += "\\n"
            case "\r": output += "\\r"
            default:
                if isPrintable(scalar) {
                    output.unicodeScalars.append(scalar)
                } else if scalar.value < 0x100 {
                    output += "\\x\(scalar.value.hexadecimal(digits: 2))"
                } else if scalar.value < 0x10000 {
                    output += "\\u\(scalar.value.hexadecimal(digits: 4))"
                } else {
                    output += "\\U\(scalar.value.hexadecimal(digits: 8))"
                }
            }
        }
        output.unicodeScalars.append(quote)
        return output
    }

    /// Python's `str.isprintable()` of one character: not a control, format, private, unassigned or separating one.
    static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.isASCII { return 0x20..<0x7f ~= scalar.value }
        return switch scalar.properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator,
            .spaceSeparator:
            false
        default: true
        }
    }

    /// Python's `str.upper()`, which knows `ß` but no language.
    public static func upper(_ text: String) -> String {
        // Nearly all names are ASCII, and looking every letter up takes milliseconds in a job of thousands of names.
        let ascii = text.withBytes { letters -> String? in
            guard letters.allSatisfy({ $0 < 0x80 }) else { return nil }
            return String(unsafeUninitializedCapacity: letters.count) { output in
                for place in letters.indices { output[place] = letters[place].uppercasedASCII }
                return letters.count
            }
        }
        if let ascii { return ascii }
        var output = String.UnicodeScalarView()
        for scalar in text.unicodeScalars { output += scalar.properties.uppercaseMapping.unicodeScalars }
        return String(output)
    }
}
