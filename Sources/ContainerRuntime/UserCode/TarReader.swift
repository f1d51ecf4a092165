import CArchive

/// Reads tar in all its dialects through libarchive; the bytes come from us, so that nothing is opened by name.
///
/// - Only the tar format is asked for by name: the `_all` functions link every filter and open more doors.
/// - Names are bytes: without a locale libarchive warns about them and gives them raw.
/// - An archive without an end marker is cut off: libarchive itself takes that for an end.
final class TarReader: ArchiveReader {
    private let input: any ByteInput
    private let source: String
    private let archive: OpaquePointer
    private var entry: OpaquePointer?
    private var inputFailure: Failure?
    /// Bytes that were handed over since the last member's content.
    private var headerBytes = 0

    /// The most bytes that one member may have before its content: libarchive keeps the map of a GNU sparse file and the
    /// records of pax in memory, at ten times their size, and knows no limit.
    static let headerLimit = 4 << 20

    init(_ input: any ByteInput, source: String) throws(Failure) {
        self.input = input
        self.source = source
        guard let archive = archive_read_new() else { throw Failure(.archiveUnreadable(reason: "memory"), source) }
        self.archive = archive
        guard archive_read_support_format_tar(archive) == ARCHIVE_OK else { throw failure() }
        let answer = archive_read_open(archive, Unmanaged.passUnretained(self).toOpaque(), nil, readInput, nil)
        guard answer == ARCHIVE_OK else { throw failure() }
    }

    deinit { archive_read_free(archive) }

    fileprivate func provide(_ buffer: UnsafeMutablePointer<UnsafeRawPointer?>) -> Int {
        do throws(Failure) {
            let bytes = try input.read()
            headerBytes += bytes.count
            guard headerBytes <= Self.headerLimit else {
                let reason = "a member has more than \(Self.headerLimit) bytes in front of its content"
                throw Failure(.archiveUnreadable(reason: reason), source)
            }
            buffer.pointee = bytes.baseAddress
            return bytes.count
        } catch {
            inputFailure = error
            return -1
        }
    }

    func next() throws(Failure) -> ArchiveMember? {
        try skipContent()
        var found: OpaquePointer?
        headerBytes = 0
        defer { headerBytes = .min }
        let answer = archive_read_next_header(archive, &found)
        if answer == ARCHIVE_EOF {
            // The header's place is where the end was looked for; a marker has been consumed behind it.
            guard archive_filter_bytes(archive, 0) - archive_read_header_position(archive) >= 512 else {
                throw Failure(.archiveTruncated, source)
            }
            while try !input.read().isEmpty {}
            return nil
        }
        // A warning is about a name that the locale cannot say; we have its bytes.
        guard answer == ARCHIVE_OK || answer == ARCHIVE_WARN, let found else { throw failure() }
        guard let name = archive_entry_pathname(found) else {
            throw Failure(.archiveUnreadable(reason: "a member has no name"), source)
        }
        entry = found
        let mode = UInt32(archive_entry_mode(found))
        return ArchiveMember(
            name: Self.bytes(name),
            kind: kind(of: found, mode),
            mode: mode,
            size: Int(archive_entry_size(found)),
            modified: archive_entry_mtime_is_set(found) != 0 ? Int(archive_entry_mtime(found)) : nil
        )
    }

    /// What nobody read of a member is no part of the next one's header.
    private func skipContent() throws(Failure) {
        guard entry != nil else { return }
        entry = nil
        let answer = archive_read_data_skip(archive)
        guard answer == ARCHIVE_OK || answer == ARCHIVE_WARN else { throw failure() }
    }

    private func kind(of entry: OpaquePointer, _ mode: UInt32) -> ArchiveMember.Kind {
        if let target = archive_entry_hardlink(entry) { return .hardLink(target: Self.bytes(target)) }
        if let target = archive_entry_symlink(entry) { return .symbolicLink(target: Self.bytes(target)) }
        if mode & 0o170000 == 0o120000 { return .special("a link without a target") }
        return ArchiveMember.kind(ofMode: mode)
    }

    func block() throws(Failure) -> (bytes: UnsafeRawBufferPointer, offset: Int)? {
        var start: UnsafeRawPointer?
        var count = 0
        var offset: la_int64_t = 0
        switch archive_read_data_block(archive, &start, &count, &offset) {
        case ARCHIVE_EOF: return nil
        case ARCHIVE_OK: return (UnsafeRawBufferPointer(start: start, count: count), Int(offset))
        default: throw failure()
        }
    }

    private func failure() -> Failure {
        if let inputFailure { return inputFailure }
        let reason = archive_error_string(archive).map { String(cString: $0) } ?? "no reason given"
        // libarchive tells the two apart in words only: archive_read_support_format_tar.c.
        let cut = reason.hasPrefix("Truncated") || reason.hasPrefix("truncated")
        return Failure(cut ? .archiveTruncated : .archiveUnreadable(reason: reason), source)
    }

    private static func bytes(_ text: UnsafePointer<CChar>) -> [UInt8] {
        RawString(cString: text).bytes
    }
}

private func readInput(
    _: OpaquePointer?,
    _ context: UnsafeMutableRawPointer?,
    _ buffer: UnsafeMutablePointer<UnsafeRawPointer?>?
) -> Int {
    guard let context, let buffer else { return -1 }
    return Unmanaged<TarReader>.fromOpaque(context).takeUnretainedValue().provide(buffer)
}
