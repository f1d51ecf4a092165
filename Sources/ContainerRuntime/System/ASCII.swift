/// Classes of bytes that need no look into Unicode's tables.
extension UInt8 {
    /// Whether it is `0` to `9`.
    package var isASCIIDigit: Bool { UInt8(ascii: "0")...UInt8(ascii: "9") ~= self }

    /// Whether it is `A` to `Z`.
    var isASCIIUppercase: Bool { UInt8(ascii: "A")...UInt8(ascii: "Z") ~= self }

    /// Whether it is `a` to `z`.
    package var isASCIILowercase: Bool { UInt8(ascii: "a")...UInt8(ascii: "z") ~= self }

    /// Whether it is a letter of the alphabet, of either case.
    package var isASCIILetter: Bool { lowercasedASCII.isASCIILowercase }

    /// Whether it is such a letter, or a digit.
    var isASCIIAlphanumeric: Bool { isASCIILetter || isASCIIDigit }

    /// Whether it is a hexadecimal digit as digests have them: `0` to `9`, `a` to `f`.
    var isLowercaseHexDigit: Bool { isASCIIDigit || UInt8(ascii: "a")...UInt8(ascii: "f") ~= self }

    /// The small letter of a capital, and every other byte as it is.
    var lowercasedASCII: UInt8 { isASCIIUppercase ? self + 32 : self }

    /// The capital of a small letter, and every other byte as it is.
    var uppercasedASCII: UInt8 { isASCIILowercase ? self - 32 : self }
}

extension Collection<UInt8> {
    /// In single quotation marks, where a shell takes every byte for itself but the mark.
    var shellQuoted: [UInt8] {
        let mark = UInt8(ascii: "'")
        let parts = split(separator: mark, omittingEmptySubsequences: false)
        return [mark] + Array(parts.joined(separator: "'\\''".utf8)) + [mark]
    }
}

extension [UInt8] {
    /// Whether one of the bytes is NUL.
    var containsNUL: Bool { withUnsafeBytes { $0.place(of: 0) != nil } }

    /// Appends the bytes of a text as one block.
    mutating func append(utf8Of text: String) { text.withBytes { append(contentsOf: $0) } }
}

extension String {
    /// Calls the body with the bytes of the text, where they lie if they lie in one piece.
    ///
    /// `withUTF8` may change the text, so that it needs a copy of its own, and a text is copied by counting.
    func withBytes<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        if let result = utf8.withContiguousStorageIfAvailable(body) { return result }
        var copy = self
        return copy.withUTF8(body)
    }

    /// Whether one of its bytes is this one, which must be ASCII.
    func contains(byte: UInt8) -> Bool { withBytes { UnsafeRawBufferPointer($0).place(of: byte) != nil } }

    /// Whether both have the same code points, where `==` would take two spellings of an accented letter for one.
    func hasSameBytes(as other: String) -> Bool { utf8.count == other.utf8.count && order(with: other) == 0 }

    /// Whether it comes first in the order of code points, which is Python's.
    func precedesByCodePoint(_ other: String) -> Bool { order(with: other) < 0 }

    private func order(with other: String) -> Int {
        withBytes { left in other.withBytes { UnsafeRawBufferPointer(left).order(with: UnsafeRawBufferPointer($0)) } }
    }

    /// In single quotation marks, where a shell takes every character for itself but the mark.
    var shellQuoted: String { String(decoding: utf8.shellQuoted, as: UTF8.self) }
}
