#if canImport(Glibc)
import Glibc
#endif

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

    /// The small letter of a capital, and every other byte as it is.
    var lowercasedASCII: UInt8 { isASCIIUppercase ? self + 32 : self }

    /// The capital of a small letter, and every other byte as it is.
    var uppercasedASCII: UInt8 { isASCIILowercase ? self - 32 : self }
}

extension [UInt8] {
    /// Appends the bytes of a text as one block.
    mutating func append(utf8Of text: String) {
        text.withBytes { append(contentsOf: $0) }
    }
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

    /// Whether one of its bytes is this one, which must be ASCII; the corresponding C function is `memchr`.
    func contains(byte: UInt8) -> Bool {
        withBytes { bytes in bytes.baseAddress.map { memchr($0, Int32(byte), bytes.count) != nil } ?? false }
    }
}
