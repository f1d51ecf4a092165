/// Reads JSON as Python's `json.loads` does: `NaN` and `Infinity` are numbers, integers have any size, the last of two
/// equal keys wins.
///
/// - Says line and column of the first thing that is wrong, and what was expected there.
/// - Refuses invalid UTF-8 and lone surrogates, which no argument and no variable can hold.
/// - Refuses more than `depthLimit` levels instead of overflowing the stack.
public struct JSONReader {
    /// The deepest nesting that is read.
    ///
    /// Python itself gives up a little before it: its recursion limit is 1,000.
    public static let depthLimit = 1_000

    let bytes: [UInt8]
    var offset = 0
    /// The first half of a surrogate pair that has no second one; Python reads on, and the text may not be JSON at all.
    var loneSurrogate: JSONProblem?

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// Reads a whole file; a byte order mark at its beginning is skipped.
    ///
    /// - Throws: `JSONProblem` with its place.
    public static func read(_ bytes: [UInt8]) throws(JSONProblem) -> JSONValue {
        if bytes.starts(with: [0xff, 0xfe]) || bytes.starts(with: [0xfe, 0xff]) {
            throw JSONProblem(.utf8, found: "UTF-16", at: 0)
        }
        if let offset = firstInvalidUTF8(in: bytes) {
            let byte = String(bytes[offset], radix: 16)
            throw JSONProblem(.utf8, found: "the byte 0x\(byte.count < 2 ? "0" : "")\(byte)", at: offset)
        }
        var reader = JSONReader(bytes)
        if bytes.starts(with: [0xef, 0xbb, 0xbf]) { reader.offset = 3 }
        return try reader.readAll()
    }

    /// Reads a text that is already known to be valid UTF-8.
    ///
    /// - Throws: `JSONProblem` with its place.
    public static func read(text: String) throws(JSONProblem) -> JSONValue {
        var reader = JSONReader(Array(text.utf8))
        return try reader.readAll()
    }

    private mutating func readAll() throws(JSONProblem) -> JSONValue {
        let value = try readValue(depth: 0)
        skipBlanks()
        guard offset == bytes.count else { throw problem(.end) }
        if let loneSurrogate { throw loneSurrogate }
        return value
    }

    private mutating func readValue(depth: Int) throws(JSONProblem) -> JSONValue {
        skipBlanks()
        switch peek {
        case UInt8(ascii: "{"): return try readObject(depth: depth + 1)
        case UInt8(ascii: "["): return try readArray(depth: depth + 1)
        case UInt8(ascii: "\""): return .string(try readString())
        case UInt8(ascii: "t") where skip("true"): return .bool(true)
        case UInt8(ascii: "f") where skip("false"): return .bool(false)
        case UInt8(ascii: "n") where skip("null"): return .null
        case UInt8(ascii: "N") where skip("NaN"): return .number(JSONNumber(text: "NaN", isInteger: false))
        case UInt8(ascii: "I") where skip("Infinity"): return .number(JSONNumber(text: "Infinity", isInteger: false))
        case UInt8(ascii: "-") where skip("-Infinity"): return .number(JSONNumber(text: "-Infinity", isInteger: false))
        case UInt8(ascii: "-"): return .number(try readNumber())
        default:
            guard isDigit(at: offset) else { throw problem(.value) }
            return .number(try readNumber())
        }
    }

    private mutating func readObject(depth: Int) throws(JSONProblem) -> JSONValue {
        guard depth <= Self.depthLimit else { throw problem(.lessDepth) }
        offset += 1
        var object = JSONObject()
        skipBlanks()
        if skip("}") { return .object(object) }
        while true {
            skipBlanks()
            guard peek == UInt8(ascii: "\"") else { throw problem(object.isEmpty ? .keyOrEnd : .key) }
            let key = try readString()
            skipBlanks()
            guard skip(":") else { throw problem(.colon) }
            object[key] = try readValue(depth: depth)
            skipBlanks()
            if skip("}") { return .object(object) }
            guard skip(",") else { throw problem(.commaOrBrace) }
        }
    }

    private mutating func readArray(depth: Int) throws(JSONProblem) -> JSONValue {
        guard depth <= Self.depthLimit else { throw problem(.lessDepth) }
        offset += 1
        var elements: [JSONValue] = []
        skipBlanks()
        if skip("]") { return .array(elements) }
        while true {
            elements.append(try readValue(depth: depth))
            skipBlanks()
            if skip("]") { return .array(elements) }
            guard skip(",") else { throw problem(.commaOrBracket) }
        }
    }

    private mutating func readNumber() throws(JSONProblem) -> JSONNumber {
        let start = offset
        var isInteger = true
        if peek == UInt8(ascii: "-") { offset += 1 }
        if peek == UInt8(ascii: "0") {
            offset += 1
        } else {
            guard skipDigits() else { throw problem(.digit) }
        }
        // As in Python, "1." is the number 1 and something that does not belong there.
        if peek == UInt8(ascii: "."), isDigit(at: offset + 1) {
            offset += 1
            isInteger = !skipDigits()
        }
        if peek == UInt8(ascii: "e") || peek == UInt8(ascii: "E") {
            let next = offset + 1 < bytes.count ? bytes[offset + 1] : 0
            let sign = next == UInt8(ascii: "+") || next == UInt8(ascii: "-") ? 1 : 0
            if isDigit(at: offset + 1 + sign) {
                offset += 1 + sign
                isInteger = !skipDigits()
            }
        }
        return JSONNumber(text: String(decoding: bytes[start..<offset], as: UTF8.self), isInteger: isInteger)
    }

    private func isDigit(at place: Int) -> Bool {
        place < bytes.count && bytes[place] &- UInt8(ascii: "0") < 10
    }

    private mutating func skipDigits() -> Bool {
        let start = offset
        while isDigit(at: offset) { offset += 1 }
        return offset > start
    }
}

extension JSONReader {
    var peek: UInt8? { offset < bytes.count ? bytes[offset] : nil }

    mutating func skipBlanks() {
        while offset < bytes.count {
            switch bytes[offset] {
            case 0x20, 0x09, 0x0a, 0x0d: offset += 1
            default: return
            }
        }
    }

    mutating func skip(_ word: StaticString) -> Bool {
        let count = word.utf8CodeUnitCount
        guard offset + count <= bytes.count else { return false }
        for place in 0..<count where bytes[offset + place] != word.utf8Start[place] { return false }
        offset += count
        return true
    }

    func problem(_ expected: JSONProblem.Expectation) -> JSONProblem {
        JSONProblem(expected, found: JSONProblem.found(in: bytes, at: offset), at: offset)
    }
}
