import CZlib

/// Inflates a gzip stream and checks what gzip promises: every member's checksum and length, and that it ends.
///
/// libarchive's own gzip filter leaves the checksum unread ("TODO: Verify CRC"), and with it the last bytes of the file.
final class GzipInput: ByteInput {
    private let input: FileInput
    private let source: String
    private let ratio: ExpansionGuard
    private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 16)
    private var stream = z_stream()
    private var consumed = 0
    private var ended = false
    private var memberEnded = false

    init(_ input: FileInput, source: String) throws(Failure) {
        self.input = input
        self.source = source
        ratio = ExpansionGuard(source: source)
        // 15 bits of window, and 16 for "gzip only": zlib.h, inflateInit2.
        let answer = inflateInit2_(&stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        guard answer == Z_OK else { throw Failure(.archiveUnreadable(reason: "inflateInit2 \(answer)"), source) }
    }

    deinit {
        inflateEnd(&stream)
        buffer.deallocate()
    }

    func read() throws(Failure) -> UnsafeRawBufferPointer {
        // A small piece of the file may be much here.
        try input.checkpoint()
        guard let output = buffer.baseAddress else { return UnsafeRawBufferPointer(start: nil, count: 0) }
        stream.next_out = output.assumingMemoryBound(to: UInt8.self)
        stream.avail_out = UInt32(buffer.count)
        while !ended, stream.avail_out > 0 {
            if stream.avail_in == 0, try !refill() { break }
            if memberEnded, try !startNextMember() { break }
            let answer = inflate(&stream, Z_NO_FLUSH)
            switch answer {
            case Z_STREAM_END: memberEnded = true
            case Z_OK, Z_BUF_ERROR: break
            default:
                let reason = stream.msg.map { String(cString: $0) } ?? "zlib error \(answer)"
                throw Failure(.archiveUnreadable(reason: reason), source)
            }
        }
        let count = buffer.count - Int(stream.avail_out)
        try ratio.add(unpacked: count, packed: consumed)
        return UnsafeRawBufferPointer(start: output, count: count)
    }

    private func refill() throws(Failure) -> Bool {
        let bytes = try input.read()
        guard let start = bytes.baseAddress, !bytes.isEmpty else {
            ended = true
            guard memberEnded else { throw Failure(.archiveTruncated, source) }
            return false
        }
        consumed += bytes.count
        stream.next_in = UnsafeMutablePointer(mutating: start.assumingMemoryBound(to: UInt8.self))
        stream.avail_in = UInt32(bytes.count)
        return true
    }

    /// Goes on with the next of several gzip members; what follows and is none is padding, as gzip(1) has it.
    private func startNextMember() throws(Failure) -> Bool {
        guard stream.next_in.pointee == 0x1f else {
            ended = true
            return false
        }
        guard inflateReset(&stream) == Z_OK else { throw Failure(.archiveUnreadable(reason: "inflateReset"), source) }
        memberEnded = false
        return true
    }
}

/// Ends the unpacking of what grows out of proportion: deflate makes at most 1,032 bytes of one, and code never does.
struct ExpansionGuard {
    /// Unpacked bytes below which any ratio is fine.
    static let harmless = 64 << 20
    /// Unpacked bytes for each packed one.
    static let limit = 200

    let source: String
    private let total = Counter()

    init(source: String) {
        self.source = source
    }

    /// Counts bytes that came out, and throws where they are too many for all that went in.
    func add(unpacked: Int, packed: Int) throws(Failure) {
        total.value += unpacked
        guard total.value > Self.harmless, total.value / Self.limit > packed else { return }
        throw Failure(.archiveExpands(ratio: Self.limit), source)
    }

    private final class Counter {
        var value = 0
    }
}
