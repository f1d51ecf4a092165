import CIsal
import CZlib

/// Something that turns blocks into deflate blocks that end on a byte border, none of them the last.
///
/// The same input gives the same bytes, whatever was compressed before.
protocol BlockEngine: AnyObject {
    /// Compresses a block; matches may reach back into the dictionary. Returns the bytes written, or nil when they do not
    /// fit or the engine failed: the block is then stored as it is.
    func deflate(
        _ block: UnsafeRawBufferPointer,
        after dictionary: UnsafeRawBufferPointer,
        into output: UnsafeMutableRawBufferPointer
    ) -> Int?
}

/// zlib at one of its levels.
final class ZlibEngine: BlockEngine {
    private var stream = z_stream()

    /// Makes an engine, or nothing where there is no memory for it.
    init?(level: Int32) {
        // -15: a window of 32 KiB and no header. 9: the most memory, 256 KiB, which makes text 1% smaller than 8 does.
        let answer = deflateInit2_(
            &stream,
            level,
            Z_DEFLATED,
            -15,
            9,
            Z_DEFAULT_STRATEGY,
            zlibVersion(),
            Int32(MemoryLayout<z_stream>.size)
        )
        guard answer == Z_OK else { return nil }
    }

    deinit { deflateEnd(&stream) }

    func deflate(
        _ block: UnsafeRawBufferPointer,
        after dictionary: UnsafeRawBufferPointer,
        into output: UnsafeMutableRawBufferPointer
    ) -> Int? {
        guard deflateReset(&stream) == Z_OK else { return nil }
        if let base = dictionary.bindMemory(to: UInt8.self).baseAddress {
            guard deflateSetDictionary(&stream, base, uInt(dictionary.count)) == Z_OK else { return nil }
        }
        stream.next_in = UnsafeMutablePointer(mutating: block.bindMemory(to: UInt8.self).baseAddress)
        stream.avail_in = uInt(block.count)
        stream.next_out = output.bindMemory(to: UInt8.self).baseAddress
        stream.avail_out = uInt(output.count)
        // With room left, everything has been flushed: zlib.h, deflate, Z_SYNC_FLUSH.
        guard CZlib.deflate(&stream, Z_SYNC_FLUSH) == Z_OK, stream.avail_in == 0, stream.avail_out > 0 else {
            return nil
        }
        return output.count - Int(stream.avail_out)
    }
}

/// ISA-L at its levels 1 and 2.
final class IsalEngine: BlockEngine {
    private let isal: OpaquePointer
    private let level: Int32

    /// Whether this build has it.
    static var isThere: Bool { cisal_version() != nil }

    /// Makes an engine, or nothing where there is no memory for it or this build has no ISA-L.
    init?(level: Int32) {
        guard let isal = cisal_make() else { return nil }
        self.isal = isal
        self.level = level
    }

    deinit { cisal_free(isal) }

    func deflate(
        _ block: UnsafeRawBufferPointer,
        after dictionary: UnsafeRawBufferPointer,
        into output: UnsafeMutableRawBufferPointer
    ) -> Int? {
        let count = cisal_deflate(
            isal,
            level,
            dictionary.bindMemory(to: UInt8.self).baseAddress,
            dictionary.count,
            block.bindMemory(to: UInt8.self).baseAddress,
            block.count,
            output.bindMemory(to: UInt8.self).baseAddress,
            output.count
        )
        return count > 0 ? count : nil
    }
}

/// gzip's checksum, by ISA-L where this build has it, which is five times as fast as zlib's.
enum Checksum {
    static func of(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
        let base = bytes.bindMemory(to: UInt8.self).baseAddress
        return IsalEngine.isThere ? cisal_crc32(0, base, bytes.count) : UInt32(crc32(0, base, uInt(bytes.count)))
    }

    static func combine(_ first: UInt32, _ second: UInt32, _ count: Int) -> UInt32 {
        UInt32(crc32_combine(uLong(first), uLong(second), count))
    }
}
