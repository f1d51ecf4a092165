/// Bytes as they are, in deflate's stored blocks: RFC 1951, section 3.2.4.
enum StoredBlocks {
    /// The most that one stored block holds.
    static let most = 65_535
    static let headerSize = 5

    /// The bytes that `count` bytes take.
    static func size(_ count: Int) -> Int { count + headers(count) * headerSize }

    static func headers(_ count: Int) -> Int { (count + most - 1) / most }

    /// The header of a block of so many bytes, not the last one: a byte of type and padding, the count, its complement.
    static func header(_ count: Int) -> [UInt8] {
        let low = UInt8(truncatingIfNeeded: count)
        let high = UInt8(truncatingIfNeeded: count >> 8)
        return [0, low, high, ~low, ~high]
    }
}
