/// SHA-1 of bytes that come in parts: FIPS 180-4.
///
/// S3 keeps it with objects that were stored so. It tells damage and no forgery; nothing of ours is hashed with it.
package struct SHA1 {
    private var state: (UInt32, UInt32, UInt32, UInt32, UInt32) =
        (0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476, 0xc3d2_e1f0)
    /// Bytes that do not fill a block yet.
    private var rest: [UInt8] = []
    private var count = 0

    package init() {}

    package mutating func add(_ bytes: UnsafeRawBufferPointer) {
        count += bytes.count
        let blocks = rest + bytes
        let end = blocks.count / 64 * 64
        blocks[..<end].withUnsafeBytes { addBlocks($0) }
        rest = Array(blocks[end...])
    }

    /// The hash of what was added so far, 20 bytes.
    package func bytes() -> [UInt8] {
        var copy = self
        let padding = [0x80] + [UInt8](repeating: 0, count: (119 - count % 64) % 64)
        padding.withUnsafeBytes { copy.add($0) }
        withUnsafeBytes(of: UInt64(count * 8).bigEndian) { copy.add($0) }
        let (a, b, c, d, e) = copy.state
        return [a, b, c, d, e].flatMap { word in withUnsafeBytes(of: word.bigEndian, Array.init) }
    }

    private mutating func addBlocks(_ blocks: UnsafeRawBufferPointer) {
        withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 80) { words in
            for start in stride(from: 0, to: blocks.count, by: 64) {
                for index in 0..<16 {
                    let word = blocks.loadUnaligned(fromByteOffset: start + 4 * index, as: UInt32.self)
                    words[index] = UInt32(bigEndian: word)
                }
                for index in 16..<80 {
                    let mixed = words[index - 3] ^ words[index - 8] ^ words[index - 14] ^ words[index - 16]
                    words[index] = Self.turned(mixed, by: 1)
                }
                var (a, b, c, d, e) = state
                func turn(_ indices: Range<Int>, _ constant: UInt32, _ mixed: (UInt32, UInt32, UInt32) -> UInt32) {
                    for index in indices {
                        let next = Self.turned(a, by: 5) &+ mixed(b, c, d) &+ constant &+ e &+ words[index]
                        (a, b, c, d, e) = (next, a, Self.turned(b, by: 30), c, d)
                    }
                }
                turn(0..<20, 0x5a82_7999) { $0 & $1 | ~$0 & $2 }
                turn(20..<40, 0x6ed9_eba1) { $0 ^ $1 ^ $2 }
                turn(40..<60, 0x8f1b_bcdc) { $0 & $1 | $0 & $2 | $1 & $2 }
                turn(60..<80, 0xca62_c1d6) { $0 ^ $1 ^ $2 }
                state = (state.0 &+ a, state.1 &+ b, state.2 &+ c, state.3 &+ d, state.4 &+ e)
            }
        }
    }

    private static func turned(_ word: UInt32, by count: UInt32) -> UInt32 { word &<< count | word &>> (32 &- count) }
}
