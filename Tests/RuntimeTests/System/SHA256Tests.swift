import CSha256
import TestSupport
import Testing

@testable import ContainerRuntime

@Suite struct SHA256Tests {
    /// The examples of FIPS 180-4 and NIST's "SHA-256 Additional Test Vectors", which end before, at and behind a block.
    ///
    /// https://csrc.nist.gov/projects/cryptographic-standards-and-guidelines/example-values
    private static let vectors: [(message: [UInt8], digest: String)] = [
        ([], "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        (Array("abc".utf8), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            Array("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq".utf8),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
        ([0xbd], "68325720aabd7c82f30f554b313d0570c95accbb7dc4b5aae11204c08ffe732b"),
        ([0xc9, 0x8c, 0x8e, 0x55], "7abc22c0ae5af26ce93dbb94433a0e0b2e119d014f8e7f65bd56c61ccccd9504"),
        (repeated(0, 55), "02779466cdec163811d078815c633f21901413081449002f24aa3e80f0b88ef7"),
        (repeated(0, 56), "d4817aa5497628e7c77e6b606107042bbba3130888c5f47a375e6179be789fbb"),
        (repeated(0, 57), "65a16cb7861335d5ace3c60718b5052e44660726da4cd13bb745381b235a1785"),
        (repeated(0, 64), "f5a5fd42d16a20302798ef6ed309979b43003d2320d9f0e8ea9831a92759fb4b"),
        (repeated(0, 1_000), "541b3e9daa09b20bf85fa273e5cbd3e80185aa4ec298e765db87742b70138a53"),
        (repeated(0x41, 1_000), "c2e686823489ced2017f6059b8b239318b6364f6dcd835d0a519105a1eadd6e4"),
        (repeated(0x55, 1_005), "f4d62ddec0f3dd90ea1380fa16a5ff8dc4c54b21740650f24afc4120903552b0"),
        (repeated(0x61, 1_000_000), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"),
    ]

    private static func repeated(_ byte: UInt8, _ count: Int) -> [UInt8] { [UInt8](repeating: byte, count: count) }

    @Test(arguments: vectors) func theDigestIsNISTs(_ message: [UInt8], _ digest: String) {
        #expect(SHA256.bytes(of: message).hexadecimal == digest)
        #expect(Self.plain(message) == digest, "without the processor's instructions")
    }

    /// Whatever parts the bytes come in, and some of them empty; and a hash goes on after it was asked for.
    @Test(arguments: [0, 1, 55, 56, 63, 64, 65, 119, 120, 1_000, 70_001])
    func theDigestIsThatOfCoreutils(_ size: Int) throws {
        let bytes = Samples.bytes(.text, size)
        let expected = try Command("/usr/bin/sha256sum", input: bytes).run().outputText.prefix(64)
        var parts = SHA256()
        for part in stride(from: 0, to: size, by: 37) {
            bytes[part..<min(size, part + 37)].withUnsafeBytes { parts.add($0) }
            parts.add([])
            _ = parts.bytes()
        }
        #expect(parts.text() == expected)
        #expect(SHA256.bytes(of: bytes).hexadecimal == expected && Self.plain(bytes) == expected)
    }

    private static func plain(_ bytes: [UInt8]) -> String {
        var hash = csha256()
        var digest = [UInt8](repeating: 0, count: 32)
        csha256_start(&hash)
        csha256_add_plain(&hash, bytes, bytes.count)
        csha256_end(&hash, &digest)
        return digest.hexadecimal
    }
}
