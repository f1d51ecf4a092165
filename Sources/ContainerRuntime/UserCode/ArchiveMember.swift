import SystemPackage

/// One member of an archive, as the archive tells it: nothing of it is believed yet.
struct ArchiveMember {
    /// What a member is.
    enum Kind: Hashable {
        case file
        case directory
        case symbolicLink(target: [UInt8])
        case hardLink(target: [UInt8])
        /// A device, FIFO or socket, in a word for the failure.
        case special(String)
    }

    var name: [UInt8]
    var kind: Kind
    /// Permission bits, and whatever else the archive claims.
    var mode: UInt32
    /// The size in bytes that the header names, holes included.
    var size: Int
    /// Seconds since 1970, where the archive has them.
    var modified: Int?

    /// The name for people.
    var displayName: String { String(decoding: name, as: UTF8.self) }

    /// The kind of a mode's type bits: inode(7).
    static func kind(ofMode mode: UInt32) -> Kind {
        switch mode & 0o170000 {
        case 0o040000: .directory
        case 0o020000: .special("a character device")
        case 0o060000: .special("a block device")
        case 0o010000: .special("a FIFO")
        case 0o140000: .special("a socket")
        default: .file
        }
    }
}

/// Gives an archive's members one after the other, each one's content in blocks.
protocol ArchiveReader: AnyObject {
    /// The next member, or nil at a proper end; an archive that is cut off is a failure.
    func next() throws(Failure) -> ArchiveMember?

    /// The next block of the member's content and its place in the file, or nil at the member's end. The bytes are valid
    /// until the next call.
    func block() throws(Failure) -> (bytes: UnsafeRawBufferPointer, offset: Int)?
}

/// Bytes in their order, as a pipe has them.
protocol ByteInput: AnyObject {
    /// The next bytes, empty at the end; valid until the next call.
    func read() throws(Failure) -> UnsafeRawBufferPointer
}

/// The bytes of a file from its beginning; the descriptor stays the caller's, and so does its position.
final class FileInput: ByteInput {
    private let file: FileDescriptor
    private let source: String
    /// Ends the reading early by throwing, behind the last member too, where nobody else asks.
    let checkpoint: () throws(Failure) -> Void
    private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 16)
    private var position = 0

    init(
        _ file: FileDescriptor,
        source: String,
        checkpoint: @escaping () throws(Failure) -> Void = { () throws(Failure) in }
    ) {
        self.file = file
        self.source = source
        self.checkpoint = checkpoint
    }

    deinit { buffer.deallocate() }

    func read() throws(Failure) -> UnsafeRawBufferPointer {
        try checkpoint()
        let count = try Failure.wrap(
            file.readSome(into: buffer, at: position),
            as: .archiveUnreadable(reason: "read"),
            source
        )
        position += count
        return UnsafeRawBufferPointer(rebasing: buffer[..<count])
    }
}
