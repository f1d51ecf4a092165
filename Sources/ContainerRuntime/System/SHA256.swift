import CSha256

/// SHA-256 of bytes that come in parts, with the processor's own instructions where it has them: FIPS 180-4.
package struct SHA256: Sendable {
    private var hash = csha256()

    /// How many bytes are hashed at a time.
    static let blockSize = 64

    package init() { csha256_start(&hash) }

    /// The hash of bytes that are all there, 32 bytes.
    package static func bytes(of message: [UInt8]) -> [UInt8] {
        var hash = SHA256()
        hash.add(message)
        return hash.bytes()
    }

    package mutating func add(_ bytes: UnsafeRawBufferPointer) {
        csha256_add(&hash, bytes.bindMemory(to: UInt8.self).baseAddress, bytes.count)
    }

    mutating func add(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { add($0) }
    }

    /// The hash of what was added so far, in hexadecimal digits.
    package func text() -> String { bytes().hexadecimal }

    /// The hash of what was added so far, 32 bytes.
    package func bytes() -> [UInt8] {
        var copy = hash
        var digest = [UInt8](repeating: 0, count: 32)
        csha256_end(&copy, &digest)
        return digest
    }
}
