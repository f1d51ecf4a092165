/// Bytes in letters that go anywhere: hexadecimal digits, Base64 and the percent signs of the web.
extension Sequence<UInt8> {
    /// Two small hexadecimal digits a byte.
    package var hexadecimal: String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    /// Base64 with padding: RFC 4648, section 4.
    package var base64: String {
        let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        let bytes = Array(self)
        var text: [UInt8] = []
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<Swift.min(start + 3, bytes.count)]
            let bits = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
            for place in 0..<4 {
                text.append(place <= group.count ? letters[bits >> (18 - 6 * place) & 63] : UInt8(ascii: "="))
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// A text in which `%` and two digits stand for a byte that is not to be kept: RFC 3986, section 2.1.
    package func percentEncoded(keeping isKept: (UInt8) -> Bool) -> String {
        let bytes = flatMap { isKept($0) ? [$0] : Array("%\([$0].hexadecimal.uppercased())".utf8) }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The bytes of such a text; a `%` without two digits behind it stands for itself, and the text is not well-formed.
    package func percentDecoded() -> (bytes: [UInt8], isWellFormed: Bool) {
        var bytes: [UInt8] = []
        var isWellFormed = true
        var rest = Array(self)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            let digits = rest.prefix(2).compactMap(\.hexadecimalDigit)
            if digits.count == 2 {
                bytes.append(digits[0] << 4 | digits[1])
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
                isWellFormed = false
            }
        }
        return (bytes, isWellFormed)
    }
}

extension UInt8 {
    /// The value of a hexadecimal digit, of either case.
    var hexadecimalDigit: UInt8? {
        switch lowercasedASCII {
        case let digit where digit.isASCIIDigit: digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): lowercasedASCII - UInt8(ascii: "a") + 10
        default: nil
        }
    }

    /// Whether it stands for itself in every part of an address: RFC 3986, section 2.3.
    package var isUnreserved: Bool {
        isASCIILetter || isASCIIDigit || "-._~".utf8.contains(self)
    }
}

extension FixedWidthInteger {
    /// The last digits of the number in hexadecimal, an even number of them.
    func hexadecimal(digits: Int) -> String {
        withUnsafeBytes(of: bigEndian) { $0.suffix(digits / 2).hexadecimal }
    }
}
