import CZlib

/// Reads the members of a zip file in the order of its directory; stored and deflated ones, nothing encrypted.
///
/// The directory decides; a local header that gives another name is an attempt to deceive one of two readers.
final class ZipReader: ArchiveReader {
    private let file: RandomAccess
    private var directory: ZipDirectory
    private let ratio: ExpansionGuard
    private let input = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)
    private let output = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 16)
    private var stream = z_stream()
    private var record: ZipDirectory.Record?
    private var position = 0
    private var packedLeft = 0
    private var unpacked = 0
    private var checksum: UInt = 0
    private var done = true

    init(_ input: RandomAccess, limit: Int) throws(Failure) {
        file = input
        directory = try ZipDirectory(input, limit: limit)
        ratio = ExpansionGuard(source: input.source)
        // A negative window means deflate without a frame: zlib.h, inflateInit2.
        let answer = inflateInit2_(&stream, -15, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        guard answer == Z_OK else { throw input.broken("inflateInit2 \(answer)") }
    }

    deinit {
        inflateEnd(&stream)
        input.deallocate()
        output.deallocate()
    }

    func next() throws(Failure) -> ArchiveMember? {
        guard let record = try directory.next() else { return nil }
        let shown = String(decoding: record.name, as: UTF8.self)
        guard record.flags & 1 == 0 else { throw Failure(.memberRefused(reason: "it is encrypted"), shown) }
        guard record.method == 0 || record.method == 8 else {
            let reason = "its compression method \(record.method) is not supported, only deflate is"
            throw Failure(.memberRefused(reason: reason), shown)
        }
        let local = try file.exactly(30, at: record.offset)
        let (nameLength, extraLength) = (Int(local.integer(at: 26, 2)), Int(local.integer(at: 28, 2)))
        guard local.integer(at: 0, 4) == 0x0403_4b50,
            try file.exactly(nameLength, at: record.offset + 30) == record.name
        else { throw Failure(.memberRefused(reason: "its two headers differ"), shown) }
        start(record, at: record.offset + 30 + nameLength + extraLength)
        guard inflateReset(&stream) == Z_OK else { throw file.broken("inflateReset") }
        return try member(record)
    }

    private func start(_ record: ZipDirectory.Record, at place: Int) {
        self.record = record
        (position, packedLeft, unpacked, checksum, done) = (place, record.packed, 0, crc32(0, nil, 0), false)
        stream.avail_in = 0
    }

    private func member(_ record: ZipDirectory.Record) throws(Failure) -> ArchiveMember {
        var name = record.name
        // Some programs of Windows (0, 10, 11, 14: 4.4.2.2) write their own separator, against 4.4.17.
        if record.system != 3, !name.contains(UInt8(ascii: "/")) {
            name = name.map { $0 == UInt8(ascii: "\\") ? UInt8(ascii: "/") : $0 }
        }
        let isDirectory = name.last == UInt8(ascii: "/")
        let mode = record.system == 3 ? record.attributes >> 16 : 0
        var kind = isDirectory ? .directory : ArchiveMember.kind(ofMode: mode)
        if mode & 0o170000 == 0o120000 { kind = .symbolicLink(target: try content(record)) }
        return ArchiveMember(
            name: name,
            kind: kind,
            mode: mode & 0o777 == 0 ? 0o644 : mode,
            size: record.unpacked,
            modified: record.modified
        )
    }

    /// The text of a link, which is a member's content.
    private func content(_ record: ZipDirectory.Record) throws(Failure) -> [UInt8] {
        guard record.unpacked <= MemberName.lengthLimit else { throw file.broken("a link's target is too long") }
        var content: [UInt8] = []
        while let block = try block() { content += block.bytes }
        return content
    }

    func block() throws(Failure) -> (bytes: UnsafeRawBufferPointer, offset: Int)? {
        guard !done, let record else { return nil }
        let count = record.method == 0 ? try copy() : try expand()
        let offset = unpacked
        unpacked += count
        checksum = crc32(checksum, output.baseAddress?.assumingMemoryBound(to: UInt8.self), UInt32(count))
        try ratio.add(unpacked: count, packed: file.size)
        guard unpacked <= record.unpacked else { throw file.broken("a member is longer than its header says") }
        if count == 0 || done {
            done = true
            guard unpacked == record.unpacked, checksum == UInt(record.checksum) else {
                throw file.broken("the checksum of \(String(decoding: record.name, as: UTF8.self)) is wrong")
            }
        }
        return count == 0 ? nil : (UnsafeRawBufferPointer(rebasing: output[..<count]), offset)
    }

    private func copy() throws(Failure) -> Int {
        let bytes = try take(upTo: 1 << 16)
        output.copyBytes(from: bytes)
        return bytes.count
    }

    private func expand() throws(Failure) -> Int {
        stream.next_out = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
        stream.avail_out = UInt32(output.count)
        while stream.avail_out > 0, !done {
            if stream.avail_in == 0 {
                let bytes = try take(upTo: input.count)
                input.copyBytes(from: bytes)
                stream.next_in = input.baseAddress?.assumingMemoryBound(to: UInt8.self)
                stream.avail_in = UInt32(bytes.count)
            }
            switch inflate(&stream, Z_NO_FLUSH) {
            case Z_STREAM_END: done = true
            case Z_OK: break
            case Z_BUF_ERROR where packedLeft > 0: break
            default: throw file.broken("the data of \(String(decoding: record?.name ?? [], as: UTF8.self)) is damaged")
            }
        }
        return output.count - Int(stream.avail_out)
    }

    private func take(upTo limit: Int) throws(Failure) -> [UInt8] {
        let count = min(limit, packedLeft)
        let bytes = try file.exactly(count, at: position)
        position += count
        packedLeft -= count
        return bytes
    }
}
