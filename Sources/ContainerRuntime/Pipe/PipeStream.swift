public import SystemPackage

/// The bytes of one epoch of a channel in Pipe mode; closed when nobody holds it any more.
///
/// - Chunks, records and samples take from the same stream.
/// - Not held: at most 64 KiB and one record are in memory.
public struct PipeStream: ~Copyable {
    /// The FIFO.
    public let path: FilePath
    /// How many bytes have been taken.
    public private(set) var offset = 0
    /// How many records have been taken.
    public internal(set) var records = 0

    let recordLimit: Int
    private let descriptor: OwnedDescriptor
    private var buffer = [UInt8](repeating: 0, count: 1 << 16)
    private var unread = 0..<0

    init(path: FilePath, descriptor: consuming OwnedDescriptor, recordLimit: Int) {
        self.path = path
        self.descriptor = descriptor
        self.recordLimit = recordLimit
    }

    /// The next bytes, at most 64 KiB, or nil at the end of the epoch.
    ///
    /// - Throws: `Failure` with code `pipeUnreadable`.
    public mutating func nextChunk() throws(Failure) -> [UInt8]? {
        guard try fill() else { return nil }
        let chunk = Array(buffer[unread])
        offset += chunk.count
        unread = unread.upperBound..<unread.upperBound
        return chunk
    }

    /// So many bytes, or those up to the end: a pipe gives what it has.
    mutating func take(_ count: Int) throws(Failure) -> [UInt8] {
        var bytes: [UInt8] = []
        // A length that is damaged must not take memory for bytes that never come.
        bytes.reserveCapacity(min(count, 1 << 20))
        while bytes.count < count, try fill() {
            let part = unread.prefix(count - bytes.count)
            bytes += buffer[part]
            unread = part.upperBound..<unread.upperBound
        }
        offset += bytes.count
        return bytes
    }

    private mutating func fill() throws(Failure) -> Bool {
        guard unread.isEmpty else { return true }
        let source = descriptor.borrowed
        unread = 0..<(try Failure.wrap(source.read(into: &buffer), as: .pipeUnreadable, path))
        return !unread.isEmpty
    }
}
