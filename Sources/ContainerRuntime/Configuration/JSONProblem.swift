/// Why a text is not JSON: where, what was expected there and what was found.
public struct JSONProblem: Error, Hashable, Sendable {
    /// What would have been right at that place.
    public enum Expectation: String, Hashable, Sendable {
        /// Some value.
        case value = "a value is expected"
        /// A key after a comma.
        case key = "a key in double quotation marks is expected"
        /// A key, or the end of an object that has none.
        case keyOrEnd = "a key in double quotation marks or \"}\" is expected"
        /// The colon after a key.
        case colon = "\":\" is expected"
        /// What follows a member of an object.
        case commaOrBrace = "\",\" or \"}\" is expected"
        /// What follows an element of a list.
        case commaOrBracket = "\",\" or \"]\" is expected"
        /// A digit of a number.
        case digit = "a digit is expected"
        /// The end of a string.
        case quotationMark = "a closing quotation mark is expected"
        /// A letter after a backslash.
        case escape = "one of \" \\ / b f n r t u is expected after a backslash"
        /// A digit after `\u`.
        case hexadecimalDigit = "four hexadecimal digits are expected after \\u"
        /// A character that a string may hold as it is.
        case noControlCharacter = "a control character must be escaped in a string"
        /// A character of its own, not half of a surrogate pair.
        case wholeCharacter = "a whole character is expected"
        /// The end of the text.
        case end = "the end is expected"
        /// Text in UTF-8.
        case utf8 = "UTF-8 is expected"
        /// Fewer levels of nesting.
        case lessDepth = "at most 1,000 levels of nesting are expected"
    }

    /// What would have been right.
    public let expected: Expectation
    /// What is there, for a message.
    public let found: String
    /// The place, in bytes from the beginning.
    public let offset: Int

    init(_ expected: Expectation, found: String, at offset: Int) {
        self.expected = expected
        self.found = found
        self.offset = offset
    }

    /// The place for people: lines and columns count from 1, columns in characters (Unicode scalars).
    public func place(in bytes: [UInt8]) -> (line: Int, column: Int) {
        let before = bytes.prefix(offset)
        let lineStart = before.lastIndex(of: 0x0a).map { $0 + 1 } ?? (before.starts(with: [0xef, 0xbb, 0xbf]) ? 3 : 0)
        let line = before.reduce(1) { $1 == 0x0a ? $0 + 1 : $0 }
        let column = before.dropFirst(lineStart).reduce(1) { $1 & 0xc0 == 0x80 ? $0 : $0 + 1 }
        return (line, column)
    }

    /// What is at a place: the character in quotation marks, or the end.
    static func found(in bytes: [UInt8], at offset: Int) -> String {
        guard offset < bytes.count else { return "the end" }
        let rest = String(decoding: bytes[offset...].prefix(4), as: UTF8.self)
        guard let scalar = rest.unicodeScalars.first else { return "the end" }
        guard scalar.value >= 0x20, scalar.value != 0x7f else { return "the byte 0x\(String(scalar.value, radix: 16))" }
        return scalar == "\"" ? "a quotation mark" : "\"\(scalar)\""
    }
}
