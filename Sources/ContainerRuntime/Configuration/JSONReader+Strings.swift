extension JSONReader {
    /// Reads a string with its quotation marks.
    mutating func readString() throws(JSONProblem) -> String {
        offset += 1
        let start = offset
        while let byte = peek, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\"), byte >= 0x20 { offset += 1 }
        if peek == UInt8(ascii: "\"") {
            defer { offset += 1 }
            return String(decoding: bytes[start..<offset], as: UTF8.self)
        }
        return try readEscapedString(from: start)
    }

    private mutating func readEscapedString(from start: Int) throws(JSONProblem) -> String {
        var text = Array(bytes[start..<offset])
        while let byte = peek {
            switch byte {
            case UInt8(ascii: "\""):
                offset += 1
                return String(decoding: text, as: UTF8.self)
            case UInt8(ascii: "\\"): try readEscape(into: &text)
            case ..<0x20: throw problem(.noControlCharacter)
            default:
                text.append(byte)
                offset += 1
            }
        }
        throw problem(.quotationMark)
    }

    private mutating func readEscape(into text: inout [UInt8]) throws(JSONProblem) {
        offset += 1
        let byte = peek
        if byte == UInt8(ascii: "u") { return try readUnicodeEscape(into: &text) }
        guard let byte, let meaning = Self.escapes[byte] else { throw problem(.escape) }
        text.append(meaning)
        offset += 1
    }

    private static let escapes: [UInt8: UInt8] = [
        UInt8(ascii: "\""): UInt8(ascii: "\""), UInt8(ascii: "\\"): UInt8(ascii: "\\"),
        UInt8(ascii: "/"): UInt8(ascii: "/"), UInt8(ascii: "b"): 0x08, UInt8(ascii: "f"): 0x0c,
        UInt8(ascii: "n"): 0x0a, UInt8(ascii: "r"): 0x0d, UInt8(ascii: "t"): 0x09,
    ]

    private mutating func readUnicodeEscape(into text: inout [UInt8]) throws(JSONProblem) {
        let start = offset - 1
        offset += 1
        let first = try readFourDigits()
        var scalar = UInt32(first)
        if 0xd800..<0xdc00 ~= first, peek == UInt8(ascii: "\\"), offset + 1 < bytes.count,
            bytes[offset + 1] == UInt8(ascii: "u")
        {
            let second = offset
            offset += 2
            let low = try readFourDigits()
            if 0xdc00..<0xe000 ~= low {
                scalar = 0x10000 + (UInt32(first) - 0xd800) << 10 + (UInt32(low) - 0xdc00)
            } else {
                offset = second
            }
        }
        if let scalar = Unicode.Scalar(scalar) {
            text.append(contentsOf: UTF8.encode(scalar).map(Array.init) ?? [])
        } else {
            let spelling = String(decoding: bytes[start..<start + 6], as: UTF8.self)
            loneSurrogate =
                loneSurrogate ?? JSONProblem(.wholeCharacter, found: "the lone surrogate \(spelling)", at: start)
        }
    }

    private mutating func readFourDigits() throws(JSONProblem) -> UInt16 {
        var value: UInt16 = 0
        for _ in 0..<4 {
            guard let digit = peek?.hexadecimalDigit else { throw problem(.hexadecimalDigit) }
            value = value << 4 | UInt16(digit)
            offset += 1
        }
        return value
    }

    /// The place of the first byte that is not part of well-formed UTF-8, table 3-7 of the Unicode standard.
    static func firstInvalidUTF8(in bytes: [UInt8]) -> Int? {
        var place = 0
        while place < bytes.count {
            let first = bytes[place]
            let (more, second): (Int, ClosedRange<UInt8>)
            switch first {
            case 0x00...0x7f:
                place += 1
                continue
            case 0xc2...0xdf: (more, second) = (1, 0x80...0xbf)
            case 0xe0: (more, second) = (2, 0xa0...0xbf)
            case 0xed: (more, second) = (2, 0x80...0x9f)
            case 0xe1...0xef: (more, second) = (2, 0x80...0xbf)
            case 0xf0: (more, second) = (3, 0x90...0xbf)
            case 0xf1...0xf3: (more, second) = (3, 0x80...0xbf)
            case 0xf4: (more, second) = (3, 0x80...0x8f)
            default: return place
            }
            guard place + more < bytes.count, second ~= bytes[place + 1],
                bytes[(place + 2)...].prefix(more - 1).allSatisfy({ 0x80...0xbf ~= $0 })
            else { return place }
            place += 1 + more
        }
        return nil
    }
}
