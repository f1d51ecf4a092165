/// A code of a message that only somebody with the key can make: HMAC with SHA-256, RFC 2104.
package enum HMACSHA256 {
    /// The code, 32 bytes.
    package static func bytes(of message: [UInt8], key: [UInt8]) -> [UInt8] {
        let short = key.count > SHA256.blockSize ? SHA256.bytes(of: key) : key
        let block = short + [UInt8](repeating: 0, count: SHA256.blockSize - short.count)
        let inner = SHA256.bytes(of: block.map { $0 ^ 0x36 } + message)
        return SHA256.bytes(of: block.map { $0 ^ 0x5c } + inner)
    }
}
