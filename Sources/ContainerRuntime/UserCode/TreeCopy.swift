import Logging
import SystemPackage

#if canImport(Glibc)
import Glibc
#endif

/// Copies a directory of this machine into an empty one: links are followed, as the platform's own copying does.
///
/// A link to one of its own ancestors, a dangling link and what is neither file nor directory are left out with a
/// warning. The limits of archives count here too.
struct TreeCopy {
    let writer: TreeWriter
    let limits: ExtractionLimits
    let checkpoint: () throws(Failure) -> Void
    /// What must not be copied into itself: the staging directory.
    let excluded: (device: UInt, inode: UInt)
    /// Whether a path is not to be copied.
    var isLeftOut: (FilePath) -> Bool = { _ in false }
    private(set) var entries = 0
    private var bytes = 0
    private var ancestors: [(device: UInt, inode: UInt)] = []

    init(
        into directory: Int32,
        limits: ExtractionLimits,
        checkpoint: @escaping () throws(Failure) -> Void
    ) throws(Failure) {
        writer = TreeWriter(root: directory)
        self.limits = limits
        self.checkpoint = checkpoint
        var status = stat()
        guard fstat(directory, &status) == 0 else { throw Failure(.codeUnwritable, "", Errno(rawValue: errno)) }
        excluded = (UInt(status.st_dev), UInt(status.st_ino))
    }

    /// Copies everything below a directory.
    mutating func run(_ source: FilePath, below name: MemberName = MemberName(components: [])) throws(Failure) {
        var status = stat()
        guard source.withPlatformString({ stat($0, &status) }) == 0 else {
            throw Failure(.sourceUnreadable, source.string, Errno(rawValue: errno))
        }
        let own = (device: UInt(status.st_dev), inode: UInt(status.st_ino))
        guard own != excluded else { return }
        guard !ancestors.contains(where: { $0 == own }) else {
            log.warning("\(source.string): a link to a directory above it is left out")
            return
        }
        guard name.components.count <= MemberName.depthLimit else {
            throw Failure(.memberRefused(reason: MemberName.Refusal.tooDeep.rawValue), source.string)
        }
        try writer.makeDirectory(name)
        ancestors.append(own)
        defer { ancestors.removeLast() }
        let names: [FilePath.Component]
        do { names = try Tree.names(in: source) } catch { throw Failure(.sourceUnreadable, source.string, error) }
        for component in names where !isLeftOut(source.appending(component)) {
            try copyEntry(source.appending(component), MemberName(components: name.components + [component.bytes]))
        }
    }

    private mutating func copyEntry(_ path: FilePath, _ name: MemberName) throws(Failure) {
        try checkpoint()
        entries += 1
        guard entries <= limits.entries else { throw Failure(.tooManyEntries(limit: limits.entries), path.string) }
        var status = stat()
        guard path.withPlatformString({ stat($0, &status) }) == 0 else {
            guard errno == ENOENT || errno == ELOOP else {
                throw Failure(.sourceUnreadable, path.string, Errno(rawValue: errno))
            }
            log.warning("\(path.string): a link that leads nowhere is left out")
            return
        }
        switch status.st_mode & S_IFMT {
        case S_IFDIR: try run(path, below: name)
        case S_IFREG: try copyFile(path, name, status)
        default: log.warning("\(path.string): neither a file nor a directory, left out")
        }
    }

    /// Copies one file with its permission bits and its time.
    mutating func copyFile(_ path: FilePath, _ name: MemberName, _ status: stat) throws(Failure) {
        let descriptor = path.withPlatformString { open($0, O_RDONLY | O_CLOEXEC | O_NONBLOCK) }
        guard descriptor >= 0 else { throw Failure(.sourceUnreadable, path.string, Errno(rawValue: errno)) }
        let file = OwnedDescriptor(descriptor)
        var input = ByteCopy(source: path.string, from: file.rawValue, checkpoint: checkpoint)
        let left = limits.extractBytes - bytes
        try writer.makeFile(name, mode: status.st_mode, modified: status.st_mtim.tv_sec) { output throws(Failure) in
            try input.run(to: output, name: name, limit: left, whole: limits.extractBytes)
        }
        bytes += input.count
    }
}
