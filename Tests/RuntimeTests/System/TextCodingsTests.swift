import Testing

@testable import ContainerRuntime

@Suite struct TextCodingsTests {
    /// RFC 4648, section 10.
    @Test(arguments: [
        ("", "", ""), ("f", "66", "Zg=="), ("fo", "666f", "Zm8="), ("foo", "666f6f", "Zm9v"),
        ("foob", "666f6f62", "Zm9vYg=="), ("fooba", "666f6f6261", "Zm9vYmE="), ("foobar", "666f6f626172", "Zm9vYmFy"),
    ]) func theVectorsOfTheStandardAreMet(_ text: String, _ base16: String, _ base64: String) {
        #expect(text.utf8.hexadecimal == base16)
        #expect(text.utf8.base64 == base64)
    }

    @Test func aNumberHasTheDigitsThatAreAskedFor() {
        #expect(UInt32(0xab).hexadecimal(digits: 2) == "ab")
        #expect(UInt32(0xab).hexadecimal(digits: 8) == "000000ab")
        #expect(UInt16(0xbeef).hexadecimal(digits: 4) == "beef")
    }

    @Test func everyByteIsEncodedAndComesBack() {
        let all = Array(UInt8.min...UInt8.max)
        let text = all.percentEncoded(keeping: \.isUnreserved)
        #expect(text.hasPrefix("%00%01") && text.hasSuffix("%FE%FF"))
        #expect(text.contains("%2C-.%2F0123456789%3A") && text.contains("%5E_%60") && text.contains("%7D~%7F"))
        let (bytes, isWellFormed) = text.utf8.percentDecoded()
        #expect(bytes == all && isWellFormed)
    }

    @Test(arguments: [
        ("%41%2b%2B", "A++", true), ("a+b", "a+b", true), ("%", "%", false), ("%4", "%4", false), ("%%41", "%A", false),
        ("%+5", "%+5", false), ("%-1", "%-1", false), ("%4g%20", "%4g ", false),
    ]) func whatIsNoEncodingStaysAsItIs(_ text: String, _ meant: String, _ isWellFormed: Bool) {
        let decoded = text.utf8.percentDecoded()
        #expect(String(decoding: decoded.bytes, as: UTF8.self) == meant)
        #expect(decoded.isWellFormed == isWellFormed)
    }

    @Test(arguments: ["file:///a%+5", "file:///a%-1", "file:///a%4", "file:///a%00"])
    func aFilesAddressThatIsNoneIsRefused(_ text: String) {
        #expect(throws: Failure.self) { try CodeLocation(text) }
    }
}
