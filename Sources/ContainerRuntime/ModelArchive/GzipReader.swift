import CZlib
import SystemPackage

/// Reads an archive that `train pack` made and takes nothing on trust, down to the bits that fill up bytes.
///
/// - Every byte around the compressed data has to be the one that `GzipFraming` writes.
/// - Nothing may follow the end.
final class GzipReader {
    private let file: FileDescriptor
    private let name: String
    private var stream = z_stream()
    private let input: UnsafeMutablePointer<UInt8>
    private let output: UnsafeMutablePointer<UInt8>
    private static let inputSize = 256 << 10
    private static let outputSize = 256 << 10
    /// Bytes of the archive before those in `input`.
    private var before = 0
    private var filled = 0
    private var atEnd = false

    init(_ file: FileDescriptor, name: String) throws(Failure) {
        self.file = file
        self.name = name
        input = .allocate(capacity: Self.inputSize)
        output = .allocate(capacity: Self.outputSize)
        stream.next_in = input
        guard inflateInit2_(&stream, -15, zlibVersion(), Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
            throw Failure(.packingFailed(step: "allocate"), name, .noMemory)
        }
    }

    deinit {
        inflateEnd(&stream)
        input.deallocate()
        output.deallocate()
    }

    /// Hands on all that the archive holds, and checks it.
    func read(_ body: (UnsafeRawBufferPointer) throws(Failure) -> Void) throws(Failure) {
        try refill()
        for expected in GzipFraming.header where try take() != expected {
            throw damage("the header is not the one that train pack writes")
        }
        var checksum: UInt32 = 0
        var count = 0
        var status = Z_OK
        // What the last byte before a border between blocks leaves to the next one.
        var border: (byte: UInt8, unused: UInt32)? = (0, 0)
        repeat {
            try refill()
            if let border { try checkPadding(border.byte, border.unused) }
            stream.next_out = output
            stream.avail_out = uInt(Self.outputSize)
            status = inflate(&stream, Z_BLOCK)
            let produced = UnsafeRawBufferPointer(start: output, count: Self.outputSize - Int(stream.avail_out))
            guard status == Z_OK || status == Z_STREAM_END || (status == Z_BUF_ERROR && !atEnd) else {
                throw damage(stream.msg.map { String(cString: $0) } ?? "it ends too early")
            }
            if atEnd, stream.avail_in == 0, status == Z_OK, produced.isEmpty { throw damage("it ends too early") }
            checksum = Checksum.combine(checksum, Checksum.of(produced), produced.count)
            count += produced.count
            try body(produced)
            border =
                stream.data_type & 128 != 0
                ? stream.next_in.map { ($0[-1], UInt32(stream.data_type & 7)) } : nil
        } while status != Z_STREAM_END
        let last = stream.next_in.map { [$0[-2], $0[-1]] }
        guard last == GzipFraming.lastBlock else {
            throw damage("the last block is not the one that train pack writes")
        }
        try refill()
        for expected in GzipFraming.trailer(checksum: checksum, count: count) where try take() != expected {
            throw damage("the checksum or the length at its end does not fit")
        }
        try refill()
        guard stream.avail_in == 0 else { throw damage("something follows the end") }
    }

    /// The bits between a stored block's header and the next byte have to be zero.
    private func checkPadding(_ byte: UInt8, _ unused: UInt32) throws(Failure) {
        guard let next = stream.next_in, stream.avail_in >= 1 else { return }
        let bits = UInt32(byte) >> (8 - unused) | UInt32(next[0]) << unused
        guard bits & 6 == 0 else { return }
        let padding = unused >= 3 ? unused - 3 : unused + 5
        guard (bits >> 3) & ((1 << padding) - 1) == 0 else { throw damage("the bits that fill a byte are not zero") }
    }

    private func take() throws(Failure) -> UInt8 {
        guard stream.avail_in > 0, let next = stream.next_in else { throw damage("it ends too early") }
        stream.avail_in -= 1
        stream.next_in = next + 1
        return next.pointee
    }

    /// Keeps at least a few bytes in front, and the last two behind.
    private func refill() throws(Failure) {
        guard stream.avail_in < 64, !atEnd, let next = stream.next_in else { return }
        let kept = min(2, next - input)
        let rest = Int(stream.avail_in)
        before += next - kept - input
        input.update(from: next - kept, count: kept + rest)
        filled = kept + rest
        while filled < Self.inputSize {
            let room = UnsafeMutableRawBufferPointer(start: input + filled, count: Self.inputSize - filled)
            let count = try Failure.wrap(file.readSome(into: room), as: .packingUnreadable, name)
            filled += count
            atEnd = count == 0
            if atEnd { break }
        }
        stream.next_in = input + kept
        stream.avail_in = uInt(filled - kept)
    }

    private func damage(_ reason: String) -> Failure {
        Failure(.archiveDamaged(offset: before + (stream.next_in.map { $0 - input } ?? 0), reason: reason), name)
    }
}
