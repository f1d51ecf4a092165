import CSha256
import TestSupport
import Testing

@testable import ContainerRuntime

@Suite struct SHA256Tests {
    /// The processor's instructions, plain C and coreutils agree, in whatever parts the bytes come.
    @Test(arguments: [0, 1, 55, 56, 63, 64, 65, 119, 120, 1_000, 70_001])
    func theDigestIsThatOfCoreutils(_ size: Int) throws {
        let bytes = Samples.bytes(.text, size)
        let expected = try Command("/usr/bin/sha256sum", input: bytes).run().outputText.prefix(64)
        var whole = SHA256()
        bytes.withUnsafeBytes { whole.add($0) }
        #expect(whole.text() == expected)
        var parts = SHA256()
        for part in stride(from: 0, to: size, by: 37) {
            bytes[part..<min(size, part + 37)].withUnsafeBytes { parts.add($0) }
        }
        #expect(parts.text() == expected)
        var plain = csha256()
        var digest = [UInt8](repeating: 0, count: 32)
        csha256_start(&plain)
        csha256_add_plain(&plain, bytes, bytes.count)
        csha256_end(&plain, &digest)
        #expect(digest.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined() == expected)
    }
}
