import SystemPackage

/// Unpacks an archive of strangers into an empty directory and nowhere else.
///
/// - Names that are absolute, hold `..` or go through a link of the archive are refused, and so are devices, FIFOs,
///   sockets and links that lead out: by name, and the whole archive with them.
/// - Set-user-ID, set-group-ID and sticky bits are dropped; owners, extended attributes and modes of directories too.
/// - Symbolic links are made last, so that nothing can be written through one.
/// - Bytes, members and growth are limited.
struct SafeExtraction {
    let limits: ExtractionLimits
    /// What the archive is called in failures.
    let source: String
    /// Ends the work early by throwing.
    let checkpoint: () throws(Failure) -> Void
    /// Told of every piece, in bytes.
    var progress: ((Int) -> Void)?

    private let writer: TreeWriter
    private var links = PendingLinks()
    private var bytes = 0
    private(set) var entries = 0
    private var directories = 0
    private(set) var files = 0

    /// Links that are made at the end have to be remembered until then.
    static let linkLimit = 10_000

    init(
        into directory: FileDescriptor,
        limits: ExtractionLimits,
        source: String,
        checkpoint: @escaping () throws(Failure) -> Void = { () throws(Failure) in }
    ) {
        self.limits = limits
        self.source = source
        self.checkpoint = checkpoint
        writer = TreeWriter(root: directory)
    }

    /// Unpacks all members.
    mutating func run(_ reader: some ArchiveReader) throws(Failure) {
        while let member = try reader.next() {
            try checkpoint()
            entries += 1
            guard entries <= limits.entries else { throw Failure(.tooManyEntries(limit: limits.entries), source) }
            let name: MemberName
            do { name = try MemberName(member.name) } catch {
                throw Failure(.memberRefused(reason: error.rawValue), member.displayName)
            }
            if let link = links.linkAbove(name) {
                throw Failure(
                    .memberRefused(reason: "it goes through the link \(link.displayName)"),
                    member.displayName
                )
            }
            try unpack(member, name, reader)
            // Directories that no member names, and that are made on the way to one, are entries as well.
            if case .directory = member.kind { directories += 1 }
            guard entries + max(0, writer.directoriesMade - directories) <= limits.entries else {
                throw Failure(.tooManyEntries(limit: limits.entries), source)
            }
        }
        try makeLinks()
        guard files > 0 else { throw Failure(.archiveEmpty, source) }
    }

    private mutating func unpack(
        _ member: ArchiveMember,
        _ name: MemberName,
        _ reader: some ArchiveReader
    )
        throws(Failure)
    {
        switch member.kind {
        case .special(let what): throw Failure(.memberRefused(reason: "it is \(what)"), member.displayName)
        case .directory: try writer.makeDirectory(name)
        case .symbolicLink(let target): try addLink(name, target)
        case .hardLink(let target): try makeHardLink(member, name, target, reader)
        case .file:
            links.remove(name)
            files += 1
            try writer.makeFile(name, mode: member.mode, modified: member.modified) { file throws(Failure) in
                try write(member, reader, file)
            }
        }
    }

    private mutating func write(
        _ member: ArchiveMember,
        _ reader: some ArchiveReader,
        _ file: FileDescriptor
    )
        throws(Failure)
    {
        var end = 0
        while let block = try reader.block() {
            try checkpoint()
            guard block.offset >= end else {
                throw Failure(.memberRefused(reason: "its parts overlap"), member.displayName)
            }
            let next = block.offset + block.bytes.count
            try count(next - end)
            try Failure.wrap(file.writeAll(block.bytes, at: block.offset), as: .codeUnwritable, member.displayName)
            end = next
        }
        // A hole at the end has no block.
        guard member.size > end else { return }
        try count(member.size - end)
        try Failure.wrap(file.truncate(to: member.size), as: .codeUnwritable, member.displayName)
    }

    private mutating func count(_ more: Int) throws(Failure) {
        guard more <= limits.extractBytes - bytes else {
            throw Failure(.tooManyBytes(limit: limits.extractBytes, name: "TRAIN_EXTRACT_MAX_BYTES"), source)
        }
        bytes += more
        progress?(more)
    }

    // MARK: Links

    private mutating func addLink(_ name: MemberName, _ target: [UInt8]) throws(Failure) {
        guard !target.isEmpty, !name.components.isEmpty, target.count <= MemberName.lengthLimit else {
            throw Failure(.memberRefused(reason: "it is a link without a usable target"), name.displayName)
        }
        links.add(name, target: target)
        guard links.targets.count <= Self.linkLimit else {
            throw Failure(.tooManyEntries(limit: Self.linkLimit), source)
        }
    }

    private mutating func makeHardLink(
        _ member: ArchiveMember,
        _ name: MemberName,
        _ target: [UInt8],
        _ reader: some ArchiveReader
    ) throws(Failure) {
        let targetName: MemberName
        do { targetName = try MemberName(target) } catch {
            throw Failure(
                .memberRefused(reason: "it is a hard link, and for its target: \(error.rawValue)"),
                member.displayName
            )
        }
        guard targetName != name else { return }
        // A second name of a link is a link with the same text.
        if let text = links.targets[targetName] { return try addLink(name, text) }
        if let link = links.linkAbove(targetName) {
            throw Failure(.memberRefused(reason: "it goes through the link \(link.displayName)"), member.displayName)
        }
        links.remove(name)
        try writer.makeHardLink(name, to: targetName)
        // cpio and newer pax archives may repeat the content with the link; the bytes are the same.
        while try reader.block() != nil { try checkpoint() }
    }

    private func makeLinks() throws(Failure) {
        for (name, target) in links.targets where !links.staysInside(name, target: target) {
            let text = String(decoding: target, as: UTF8.self)
            throw Failure(
                .memberRefused(reason: "it is a link that leaves the directory, to \(text)"),
                name.displayName
            )
        }
        for (name, target) in links.targets { try writer.makeSymbolicLink(name, target: target) }
    }
}
