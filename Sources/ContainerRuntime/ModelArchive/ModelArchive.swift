import CIsal
import CLinux
import CZlib
import Logging
public import SystemPackage

#if canImport(Glibc)
import Glibc
#endif

/// Packs a directory as a training platform does: its content at the archive's root.
///
/// - The archive is under its name whole or not at all.
/// - The same tree gives the same bytes, whatever the number of threads, the user, the clock or the order of creation.
/// - What cannot be packed is named: in a warning if it is left out, in the failure if it must not be.
public enum ModelArchive {
    /// Packs a directory into an archive, and gives back what it holds.
    ///
    /// An archive named `-` is standard output. Throws a failure of packing that names the file or the step.
    @discardableResult
    public static func pack(
        directory: FilePath,
        to archive: FilePath,
        options: PackingOptions = PackingOptions()
    ) throws(Failure) -> PackingSummary {
        let root = try TreeRoot(directory)
        guard archive != "-" else {
            return try pack(root, into: STDOUT_FILENO, named: "standard output", options)
        }
        try checkOutside(archive, root)
        try removeLeftovers(for: archive)
        let file = try AtomicFile(archive)
        let summary = try pack(root, into: file.descriptor, named: archive.string, options)
        try file.commit()
        file.keep()
        return summary
    }

    /// Removes what earlier packs of this archive that were killed have left beside it.
    public static func removeLeftovers(for archive: FilePath) throws(Failure) {
        try Leftovers.remove(for: archive)
    }

    /// What compresses at the level `fast` in this build, with its version.
    public static var engineDescription: String {
        let zlib = "zlib \(String(cString: zlibVersion()))"
        guard let isal = cisal_version() else { return "\(zlib), without ISA-L" }
        return "ISA-L \(String(cString: isal)), \(zlib)"
    }

    private static func pack(
        _ root: TreeRoot,
        into descriptor: Int32,
        named name: String,
        _ options: PackingOptions
    ) throws(Failure) -> PackingSummary {
        let plain = options.format == .tar || (options.format == nil && name.hasSuffix(".tar"))
        let warnings = PackingWarnings()
        let manifest = options.manifest.map { _ in ManifestBuilder() }
        let walk = try TreeWalk(root, links: options.links, warnings: warnings)
        let stream = TarStream(
            root,
            walk,
            modified: options.modificationTime,
            tellsEmptyFiles: manifest != nil
        )
        let sink = ArchiveSink(
            descriptor,
            name: name,
            plain: plain,
            manifest: manifest,
            digest: options.digest
        )
        let threads = max(1, options.threads ?? PackingThreads.available())
        let level = options.level
        let pipeline = try BlockPipeline(stream, sink, threads: threads) {
            BlockCompressor(level: level, plain: plain)
        }
        try pipeline.run(threads: threads)
        var summary = stream.summary
        warnings.finish()
        if summary.entries == 0 { log.warning("\(root.name): the directory is empty, so the archive holds nothing") }
        summary.bytesOut = sink.bytesOut
        summary.warnings = warnings.count
        summary.threads = pipeline.threads
        summary.digest = sink.digestText()
        return summary
    }

    /// An archive inside the directory would be packed into itself.
    private static func checkOutside(_ archive: FilePath, _ root: TreeRoot) throws(Failure) {
        let parent = Leftovers.directory(of: archive)
        let descriptor = parent.withPlatformString { open($0, linux_path_flag() | O_DIRECTORY | O_CLOEXEC) }
        guard descriptor >= 0 else {
            throw Failure(.packingFailed(step: "open the directory"), archive.string, Errno(rawValue: errno))
        }
        defer { close(descriptor) }
        guard !root.contains(descriptor) else { throw Failure(.packingInside, archive.string) }
    }
}
