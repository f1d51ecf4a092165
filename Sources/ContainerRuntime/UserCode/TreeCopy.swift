import Logging
import SystemPackage

/// Copies a directory of this machine into an empty one: links are followed, as the platform's own copying does.
///
/// A link to one of its own ancestors, a dangling link and what is neither file nor directory are left out with a
/// warning. The limits of archives count here too.
struct TreeCopy {
    let writer: TreeWriter
    let limits: ExtractionLimits
    let checkpoint: () throws(Failure) -> Void
    /// What must not be copied into itself: the staging directory.
    let excluded: FileNumber
    /// Whether a path is not to be copied.
    var isLeftOut: (FilePath) -> Bool = { _ in false }
    private(set) var entries = 0
    private var bytes = 0
    private var ancestors: [FileNumber] = []

    init(
        into directory: FileDescriptor,
        limits: ExtractionLimits,
        checkpoint: @escaping () throws(Failure) -> Void
    ) throws(Failure) {
        writer = TreeWriter(root: directory)
        self.limits = limits
        self.checkpoint = checkpoint
        excluded = try Failure.wrap(directory.status().identity, as: .codeUnwritable, "")
    }

    /// Copies everything below a directory.
    mutating func run(_ source: FilePath, below name: MemberName = MemberName(components: [])) throws(Failure) {
        let own = try Failure.wrap(FileStatus(source).identity, as: .sourceUnreadable, source)
        guard own != excluded else { return }
        guard !ancestors.contains(own) else {
            log.warning("\(source.string): a link to a directory above it is left out")
            return
        }
        guard name.components.count <= MemberName.depthLimit else {
            throw Failure(.memberRefused(reason: MemberName.Refusal.tooDeep.rawValue), source.string)
        }
        try writer.makeDirectory(name)
        ancestors.append(own)
        defer { ancestors.removeLast() }
        let names = try Failure.wrap(DirectoryListing.components(source), as: .sourceUnreadable, source)
        for component in names where !isLeftOut(source.appending(component)) {
            try copyEntry(source.appending(component), MemberName(components: name.components + [component.bytes]))
        }
    }

    private mutating func copyEntry(_ path: FilePath, _ name: MemberName) throws(Failure) {
        try checkpoint()
        entries += 1
        guard entries <= limits.entries else { throw Failure(.tooManyEntries(limit: limits.entries), path.string) }
        let status: FileStatus
        do throws(Errno) { status = try FileStatus(path) } catch .noSuchFileOrDirectory, .tooManySymbolicLinkLevels {
            log.warning("\(path.string): a link that leads nowhere is left out")
            return
        } catch {
            throw Failure(.sourceUnreadable, path.string, error)
        }
        if status.isDirectory { return try run(path, below: name) }
        if status.isFile { return try copyFile(path, name, status) }
        log.warning("\(path.string): neither a file nor a directory, left out")
    }

    /// Copies one file with its permission bits and its time.
    mutating func copyFile(_ path: FilePath, _ name: MemberName, _ status: FileStatus) throws(Failure) {
        let file = try Failure.wrap(OwnedDescriptor.open(path, options: .nonBlocking), as: .sourceUnreadable, path)
        var input = ByteCopy(source: path.string, from: file.borrowed, checkpoint: checkpoint)
        let left = limits.extractBytes - bytes
        try writer.makeFile(name, mode: status.permissions, modified: status.modified.seconds) {
            output throws(Failure) in
            try input.run(to: output, name: name, limit: left, whole: limits.extractBytes)
        }
        bytes += input.count
    }
}
