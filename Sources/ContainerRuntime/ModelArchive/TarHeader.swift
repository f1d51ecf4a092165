/// The 512 bytes before each entry of a tar archive in GNU's format, which takes any bytes as a name, without a locale.
///
/// The format: "Basic Tar Format" and "GNU Extensions" of GNU tar's manual, and tar(5) of libarchive.
enum TarHeader {
    static let blockSize = 512

    /// What an entry is, in the byte that says so.
    enum Kind: UInt8 {
        case file = 0x30  // "0"
        case link = 0x32  // "2"
        case directory = 0x35  // "5"
        case longTarget = 0x4b  // "K": the next header's link target
        case longName = 0x4c  // "L": the next header's name
    }

    /// Where each field lies.
    enum Field {
        static let name = 0..<100
        static let mode = 100..<108
        static let user = 108..<116
        static let group = 116..<124
        static let size = 124..<136
        static let modified = 136..<148
        static let checksum = 148..<156
        static let kind = 156
        static let target = 157..<257
        static let magic = 257..<265
    }

    /// One entry's facts.
    struct Entry {
        var name: [UInt8]
        var kind: Kind
        var mode = 0o644
        var size = 0
        var modified = 0
        var target: [UInt8] = []
    }

    /// Appends the header of an entry, and before it those of a name or a target that does not fit.
    static func append(_ entry: Entry, to bytes: inout [UInt8]) {
        if entry.target.count > Field.target.count { appendLong(entry.target, .longTarget, to: &bytes) }
        if entry.name.count > Field.name.count { appendLong(entry.name, .longName, to: &bytes) }
        appendBlock(entry, to: &bytes)
    }

    /// The bytes that fill the last block of a body.
    static func padding(_ size: Int) -> Int {
        (blockSize - size % blockSize) % blockSize
    }

    private static func appendLong(_ text: [UInt8], _ kind: Kind, to bytes: inout [UInt8]) {
        // GNU tar counts a NUL at the end: create.c, write_gnu_long_link.
        let size = text.count + 1
        appendBlock(Entry(name: Array("././@LongLink".utf8), kind: kind, size: size), to: &bytes)
        bytes += text
        bytes.append(contentsOf: repeatElement(0, count: 1 + padding(size)))
    }

    /// What all headers have in common.
    private static let blank: [UInt8] = {
        var bytes = [UInt8](repeating: 0, count: blockSize)
        bytes.withUnsafeMutableBufferPointer { block in
            put(number: 0, Field.user, block)
            put(number: 0, Field.group, block)
            put(Array("ustar  \0".utf8)[...], Field.magic, block)
        }
        return bytes
    }()

    private static func appendBlock(_ entry: Entry, to bytes: inout [UInt8]) {
        let start = bytes.count
        bytes.append(contentsOf: repeatElement(0, count: blockSize))
        bytes.withUnsafeMutableBytes { write(entry, to: .init(rebasing: $0[start...])) }
    }

    /// Whether one header is all that an entry needs.
    static func isOne(_ entry: Entry) -> Bool {
        entry.name.count <= Field.name.count && entry.target.count <= Field.target.count
    }

    /// Writes the one header of an entry to a block.
    static func write(_ entry: Entry, to block: UnsafeMutableRawBufferPointer) {
        let block = UnsafeMutableRawBufferPointer(rebasing: block[..<blockSize])
        block.copyBytes(from: blank)
        block.withMemoryRebound(to: UInt8.self) { block in
            put(entry.name.prefix(Field.name.count), Field.name, block)
            put(number: entry.mode, Field.mode, block)
            put(number: entry.size, Field.size, block)
            put(number: entry.modified, Field.modified, block)
            block[Field.kind] = entry.kind.rawValue
            put(entry.target.prefix(Field.target.count), Field.target, block)
            // The sum of all bytes, those of its own field taken for blanks: six digits, NUL, blank.
            var sum = UInt32(Field.checksum.count * 0x20)
            for byte in block { sum &+= UInt32(byte) }
            put(octal: Int(sum), Field.checksum.lowerBound..<Field.checksum.lowerBound + 7, block)
            block[Field.checksum.upperBound - 1] = 0x20
        }
    }

    private static func put(
        _ text: ArraySlice<UInt8>,
        _ field: Range<Int>,
        _ block: UnsafeMutableBufferPointer<UInt8>
    ) {
        _ = UnsafeMutableBufferPointer(rebasing: block[field]).update(fromContentsOf: text)
    }

    private static func put(octal number: Int, _ field: Range<Int>, _ block: UnsafeMutableBufferPointer<UInt8>) {
        var rest = number
        for place in field.dropLast().reversed() {
            block[place] = 0x30 + UInt8(rest & 7)
            rest >>= 3
        }
    }

    /// Octal digits and a NUL, or, where they do not fit, GNU's base 256 with the highest bit set.
    private static func put(number: Int, _ field: Range<Int>, _ block: UnsafeMutableBufferPointer<UInt8>) {
        guard number < 0 || number >> (3 * (field.count - 1)) != 0 else { return put(octal: number, field, block) }
        var rest = number
        for place in field.reversed() {
            block[place] = UInt8(truncatingIfNeeded: rest)
            rest >>= 8
        }
        block[field.lowerBound] |= 0x80
    }
}
