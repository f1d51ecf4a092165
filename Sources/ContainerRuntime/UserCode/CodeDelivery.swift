import Logging
public import SystemPackage

#if canImport(Glibc)
import Glibc
#endif

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
        // O_NONBLOCK: a FIFO without a writer must not hold the job.
        let descriptor = path.withPlatformString { open($0, O_RDONLY | O_CLOEXEC | O_NONBLOCK) }
        guard descriptor >= 0 else { throw Failure(.sourceUnreadable, path.string, Errno(rawValue: errno)) }
        let file = OwnedDescriptor(descriptor)
        var status = stat()
        guard fstat(file.rawValue, &status) == 0 else {
            throw Failure(.sourceUnreadable, path.string, Errno(rawValue: errno))
        }
        switch status.st_mode & S_IFMT {
        case S_IFREG:
            let name = path.lastComponent?.bytes ?? Array("code".utf8)
            try deliver(descriptor: file.rawValue, name: name, source: path.string)
        case S_IFDIR: try copy(path)
        default: throw Failure(.sourceUnreadable, path.string, .invalidArgument)
        }
    }

    /// Brings what an open file holds; the descriptor stays the caller's.
    ///
    /// The name decides what a single file is called; the source is what failures call it.
    public func deliver(descriptor: Int32, name: [UInt8], source: String) throws(Failure) {
        let file = try RandomAccess(descriptor: descriptor, source: source)
        let head = try file.bytes(at: 0, upTo: 512)
        let kind = try ArchiveKind.of(head, name: String(decoding: name, as: UTF8.self), source: source)
        var staging = try StagingDirectory(for: destination)
        let input = FileInput(descriptor: descriptor, source: source, checkpoint: checkpoint)
        switch kind {
        case .plain: try put(file, name, staging.descriptor)
        case .tar: try unpack(try TarReader(input, source: source), source, staging.descriptor)
        case .gzippedTar:
            try unpack(try TarReader(try GzipInput(input, source: source), source: source), source, staging.descriptor)
        case .zip: try unpack(try ZipReader(file, limit: limits.entries), source, staging.descriptor)
        }
        try staging.commit()
    }

    private func unpack(_ reader: some ArchiveReader, _ source: String, _ directory: Int32) throws(Failure) {
        var extraction = SafeExtraction(into: directory, limits: limits, source: source, checkpoint: checkpoint)
        extraction.progress = progress
        try extraction.run(reader)
        log.info("\(source): unpacked \(Amount.count(extraction.files, "file")) to \(destination.string)")
    }

    private func put(_ file: RandomAccess, _ name: [UInt8], _ directory: Int32) throws(Failure) {
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
