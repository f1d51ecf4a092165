/// Classes of bytes that need no look into Unicode's tables.
extension UInt8 {
    /// Whether it is `0` to `9`.
    var isASCIIDigit: Bool { UInt8(ascii: "0")...UInt8(ascii: "9") ~= self }

    /// Whether it is `A` to `Z`.
    var isASCIIUppercase: Bool { UInt8(ascii: "A")...UInt8(ascii: "Z") ~= self }

    /// Whether it is `a` to `z`.
    var isASCIILowercase: Bool { UInt8(ascii: "a")...UInt8(ascii: "z") ~= self }

    /// The small letter of a capital, and every other byte as it is.
    var lowercasedASCII: UInt8 { isASCIIUppercase ? self + 32 : self }
}
