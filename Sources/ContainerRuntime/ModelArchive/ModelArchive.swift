import CIsal
import CZlib
import Logging
public import SystemPackage

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
        let manifest = options.manifest.map { _ in ManifestBuilder() }
        let job = PackingJob(root: root, options: options, manifest: manifest)
        if let path = options.manifest { try prepare(path, root) }
        if archive == "-" {
            let summary = try job.pack(into: .standardOutput, named: "standard output", plain: options.format == .tar)
            try write(manifest, options.manifest)
            return summary
        }
        try prepare(archive, root)
        if options.format == .directory {
            return try job.copy(to: archive) { () throws(Failure) in
                try write(manifest, options.manifest)
            }
        }
        let plain = options.format == .tar || (options.format == nil && archive.string.hasSuffix(".tar"))
        let file = try AtomicFile(archive)
        let summary = try job.pack(into: file.descriptor, named: archive.string, plain: plain)
        try write(manifest, options.manifest)
        try file.commit()
        file.keep()
        return summary
    }

    /// Removes what earlier packs of this archive that were killed have left beside it.
    public static func removeLeftovers(for archive: FilePath) throws(Failure) {
        try Leftovers.remove(for: archive)
    }

    /// What compresses in this build, with its version: ISA-L, or word that there is none, and zlib.
    public static var engineDescription: String {
        let zlib = "zlib \(String(cString: zlibVersion()))"
        guard let isal = cisal_version() else { return "\(zlib), without ISA-L" }
        return "ISA-L \(String(cString: isal)), \(zlib)"
    }

    /// Refuses a place inside the directory, since the archive would be packed into itself, and clears it of leftovers.
    private static func prepare(_ path: FilePath, _ root: TreeRoot) throws(Failure) {
        let parent = Leftovers.directory(of: path)
        let directory = try Failure.wrap(
            OwnedDescriptor.open(parent, options: [.placeOnly, .directory]),
            as: .packingFailed(step: "open the directory"),
            path
        )
        guard !root.contains(directory.borrowed) else { throw Failure(.packingInside, path.string) }
        try removeLeftovers(for: path)
    }

    private static func write(_ manifest: ManifestBuilder?, _ path: FilePath?) throws(Failure) {
        guard let manifest, let path else { return }
        let file = try AtomicFile(path)
        try Failure.wrap(file.descriptor.writeAll(manifest.text), as: .packingFailed(step: "write"), path)
        try file.commit()
        file.keep()
    }
}
