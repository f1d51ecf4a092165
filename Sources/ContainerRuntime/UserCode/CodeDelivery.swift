import Logging
public import SystemPackage

/// Brings code that is on this machine into a directory: all of it, or nothing.
///
/// - An archive is unpacked, a directory copied, a single file put there under its own name.
/// - It is put together under a temporary name and takes its place at the end; a failure leaves nothing.
public struct CodeDelivery: Sendable {
    /// The directory that will hold the code.
    public let destination: FilePath
    /// How much may come.
    public let limits: ExtractionLimits
    /// Ends the work early by throwing; called for every file and every few hundred kilobytes.
    public let checkpoint: @Sendable () throws(Failure) -> Void

    /// Told of every piece that is unpacked, in bytes.
    public let progress: (@Sendable (Int) -> Void)?

    /// Makes a delivery to a directory.
    public init(
        to destination: FilePath,
        limits: ExtractionLimits = ExtractionLimits(),
        progress: (@Sendable (Int) -> Void)? = nil,
        checkpoint: @escaping @Sendable () throws(Failure) -> Void = { () throws(Failure) in }
    ) {
        self.destination = destination
        self.limits = limits
        self.progress = progress
        self.checkpoint = checkpoint
    }

    /// Brings a directory, an archive or a single file.
    ///
    /// Throws `sourceUnreadable`, `codeDirectoryNotEmpty`, and what is wrong with an archive.
    public func deliver(_ path: FilePath) throws(Failure) {
        // A FIFO without a writer must not hold the job.
        let file = try Failure.wrap(OwnedDescriptor.open(path, options: .nonBlocking), as: .sourceUnreadable, path)
        let descriptor = file.borrowed
        let status = try Failure.wrap(descriptor.status(), as: .sourceUnreadable, path)
        if status.isDirectory { return try copy(path) }
        guard status.isFile else { throw Failure(.sourceUnreadable, path.string, .invalidArgument) }
        let name = path.lastComponent?.bytes ?? Array("code".utf8)
        try deliver(descriptor: descriptor.rawValue, name: name, source: path.string)
    }

    /// Brings what an open file holds; the descriptor stays the caller's.
    ///
    /// The name decides what a single file is called; the source is what failures call it.
    public func deliver(descriptor: Int32, name: [UInt8], source: String) throws(Failure) {
        let descriptor = FileDescriptor(rawValue: descriptor)
        let file = try RandomAccess(descriptor, source: source)
        let head = try file.bytes(at: 0, upTo: 512)
        let kind = try ArchiveKind.of(head, name: String(decoding: name, as: UTF8.self), source: source)
        var staging = try StagingDirectory(for: destination)
        let input = FileInput(descriptor, source: source, checkpoint: checkpoint)
        switch kind {
        case .plain: try put(file, name, staging.descriptor)
        case .tar: try unpack(try TarReader(input, source: source), source, staging.descriptor)
        case .gzippedTar:
            try unpack(try TarReader(try GzipInput(input, source: source), source: source), source, staging.descriptor)
        case .zip: try unpack(try ZipReader(file, limit: limits.entries), source, staging.descriptor)
        }
        try staging.commit()
    }

    private func unpack(_ reader: some ArchiveReader, _ source: String, _ directory: FileDescriptor) throws(Failure) {
        var extraction = SafeExtraction(into: directory, limits: limits, source: source, checkpoint: checkpoint)
        extraction.progress = progress
        try extraction.run(reader)
        log.info("\(source): unpacked \(Amount.count(extraction.files, "file")) to \(destination.string)")
    }

    private func put(_ file: RandomAccess, _ name: [UInt8], _ directory: FileDescriptor) throws(Failure) {
        let member: MemberName
        do { member = try MemberName(name) } catch {
            throw Failure(.memberRefused(reason: error.rawValue), file.source)
        }
        var input = ByteCopy(source: file.source, from: file.descriptor, checkpoint: checkpoint)
        // A script that was downloaded has no bits; whoever can be executed is executed through these.
        let executable = try file.bytes(at: 0, upTo: 2) == Array("#!".utf8)
        let mode: UInt32 = executable ? 0o755 : 0o644
        guard file.size <= limits.extractBytes else {
            throw Failure(.tooManyBytes(limit: limits.extractBytes, name: "TRAIN_EXTRACT_MAX_BYTES"), file.source)
        }
        let writer = TreeWriter(root: directory)
        if !writer.nameUnnamedFile(file.descriptor, name, mode: mode) {
            try writer.makeFile(member, mode: mode, modified: nil) { output throws(Failure) in
                try input.run(to: output, name: member, limit: limits.extractBytes, whole: limits.extractBytes)
            }
        }
        log.info("\(file.source): copied to \(destination.string)")
    }

    private func copy(_ source: FilePath) throws(Failure) {
        var staging = try StagingDirectory(for: destination)
        var copy = try TreeCopy(into: staging.descriptor, limits: limits, checkpoint: checkpoint)
        try copy.run(source)
        guard copy.entries > 0 else { throw Failure(.archiveEmpty, source.string) }
        try staging.commit()
        log.info("\(source.string): copied \(Amount.count(copy.entries, "entry", "entries")) to \(destination.string)")
    }
}
