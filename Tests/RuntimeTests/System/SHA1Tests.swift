import Testing

@testable import ContainerRuntime

@Suite struct SHA1Tests {
    /// The examples of FIPS 180-2, and lengths before, at and behind a block's end as coreutils tell them.
    @Test(
        arguments: [
            ([], "da39a3ee5e6b4b0d3255bfef95601890afd80709"),
            (Array("abc".utf8), "a9993e364706816aba3e25717850c26c9cd0d89d"),
            (
                Array("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq".utf8),
                "84983e441c3bd26ebaae4aa1f95129e5e54670f1"
            ),
            ([UInt8](repeating: 0x61, count: 55), "c1c8bbdc22796e28c0e15163d20899b65621d65a"),
            ([UInt8](repeating: 0x61, count: 56), "c2db330f6083854c99d4b5bfb6e8f29f201be699"),
            ([UInt8](repeating: 0x61, count: 63), "03f09f5b158a7a8cdad920bddc29b81c18a551f5"),
            ([UInt8](repeating: 0x61, count: 64), "0098ba824b5c16427bd7a1122a5a442a25ec644d"),
            ([UInt8](repeating: 0x61, count: 65), "11655326c708d70319be2610e8a57d9a5b959d3b"),
            ([UInt8](repeating: 0x61, count: 1_000_000), "34aa973cd4c4daa4f61eeb2bdbad27316534016f"),
        ] as [([UInt8], String)]
    )
    func theDigestIsNISTs(_ message: [UInt8], _ digest: String) {
        var whole = SHA1()
        message.withUnsafeBytes { whole.add($0) }
        var parts = SHA1()
        for start in stride(from: 0, to: message.count, by: 997) {
            message[start..<min(message.count, start + 997)].withUnsafeBytes { parts.add($0) }
        }
        #expect(whole.bytes().hexadecimal == digest && parts.bytes().hexadecimal == digest)
    }
}
