/// The bytes around the deflate blocks of a gzip member: RFC 1952.
enum GzipFraming {
    /// No name, no time (0 is "none"), no statement of the level; the operating system is "unknown", since a system's number
    /// in it has made the same file differ between builds of zlib.
    static let header: [UInt8] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff]

    /// An empty last block, with fixed codes: three bits and the seven of "end of block".
    static let lastBlock: [UInt8] = [0x03, 0x00]

    /// The checksum and the count of all bytes, modulo 2 to the 32nd, lowest byte first.
    static func trailer(checksum: UInt32, count: Int) -> [UInt8] {
        [checksum, UInt32(truncatingIfNeeded: count)].flatMap { number in
            (0..<4).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
        }
    }
}
