import CSha256

/// SHA-256 of bytes that come in parts.
struct SHA256 {
    private var hash = csha256()

    init() { csha256_start(&hash) }

    mutating func add(_ bytes: UnsafeRawBufferPointer) {
        csha256_add(&hash, bytes.bindMemory(to: UInt8.self).baseAddress, bytes.count)
    }

    /// The hash of what was added so far, in hexadecimal digits.
    func text() -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: bytes().flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    /// The hash of what was added so far, 32 bytes.
    func bytes() -> [UInt8] {
        var copy = hash
        var digest = [UInt8](repeating: 0, count: 32)
        csha256_end(&copy, &digest)
        return digest
    }
}
