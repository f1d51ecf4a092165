import Testing

@testable import ContainerRuntime

@Suite struct HMACSHA256Tests {
    /// RFC 4231, section 4: all seven, of which the fifth shows 128 bits only.
    @Test(
        arguments: [
            (
                [UInt8](repeating: 0x0b, count: 20), Array("Hi There".utf8),
                "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
            ),
            (
                Array("Jefe".utf8), Array("what do ya want for nothing?".utf8),
                "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
            ),
            (
                [UInt8](repeating: 0xaa, count: 20), [UInt8](repeating: 0xdd, count: 50),
                "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"
            ),
            (
                Array(0x01...0x19), [UInt8](repeating: 0xcd, count: 50),
                "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"
            ),
            (
                [UInt8](repeating: 0x0c, count: 20), Array("Test With Truncation".utf8),
                "a3b6167473100ee06e0c796c2955552b"
            ),
            (
                [UInt8](repeating: 0xaa, count: 131),
                Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8),
                "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
            ),
            (
                [UInt8](repeating: 0xaa, count: 131),
                Array(
                    ("This is a test using a larger than block-size key and a larger than block-size data. "
                        + "The key needs to be hashed before being used by the HMAC algorithm.").utf8
                ),
                "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"
            ),
        ] as [([UInt8], [UInt8], String)]
    )
    func theCodeIsTheRFCs(_ key: [UInt8], _ message: [UInt8], _ code: String) {
        let made = HMACSHA256.bytes(of: message, key: key)
        #expect(made.count == 32 && made.prefix(code.utf8.count / 2).hexadecimal == code)
    }

    /// A key as long as a block, and those around it: computed with Python's hmac.
    @Test(arguments: [
        (0, "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad"),
        (63, "a73e4ae46b2a9f2402fff056e156c0a25551e3db5097f9367522239bfbc2d02e"),
        (64, "83026a325aaee70e36cfe607536aa1054104ad1077c36134810d4ccded1ccd3b"),
        (65, "41f1c4cc3107cd5b8d92460f61032902bfdb06484eef17e861b83a5012d3b7f3"),
    ]) func aKeyMayHaveAnyLength(_ length: Int, _ code: String) {
        let made = HMACSHA256.bytes(of: [], key: [UInt8](repeating: 0x6b, count: length))
        #expect(made.hexadecimal == code)
    }
}
