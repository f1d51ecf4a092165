import SystemPackage

/// Makes files below one directory, which it never leaves: every step down is an `openat` that follows no link.
///
/// `openat2` with RESOLVE_BENEATH would do a path in one call, but seccomp filters of older container engines answer it
/// with EPERM; one step a component works everywhere, and the last parent is kept open.
final class TreeWriter {
    private let root: FileDescriptor
    private var parentName = MemberName(components: [])
    /// The last parent, kept open.
    private var parent: OwnedDescriptor?
    /// How many directories were made, those above a member too.
    private(set) var directoriesMade = 0

    /// Writes below a directory; the descriptor stays the caller's.
    init(root: FileDescriptor) {
        self.root = root
    }

    /// Makes a directory and all above it; one that is there is fine.
    func makeDirectory(_ name: MemberName) throws(Failure) {
        do { _ = try open(name) } catch { throw Self.failure(name, error) }
    }

    /// Makes a file in place of one with its name, and has it written.
    ///
    /// Set-user-ID, set-group-ID and sticky bits are dropped, and the owner may always read and write; the umask counts.
    func makeFile(
        _ name: MemberName,
        mode: UInt32,
        modified: Int?,
        _ write: (FileDescriptor) throws(Failure) -> Void
    ) throws(Failure) {
        let file: OwnedDescriptor
        do { file = try create(name, mode: mode & 0o777 | 0o600) } catch { throw Self.failure(name, error) }
        try write(file.borrowed)
        // A time that the file system cannot hold is no reason to refuse code.
        if let modified { try? file.setTimes(modified) }
        do { try file.close() } catch { throw Self.failure(name, error) }
    }

    private func create(_ name: MemberName, mode: UInt32) throws(Errno) -> OwnedDescriptor {
        guard let leaf = name.components.last else { throw .isDirectory }
        let directory = try open(name.parent)
        return try replacing(leaf, in: directory) { () throws(Errno) in
            try Self.make(leaf, .writeOnly, mode, in: directory)
        }
    }

    /// Makes a file where nothing is.
    ///
    /// Throws what the system says, `.fileExists` for a name that is taken.
    func makeNewFile(_ name: MemberName, mode: UInt32) throws(Errno) -> OwnedDescriptor {
        guard let leaf = name.components.last else { throw .isDirectory }
        return try Self.make(leaf, .readWrite, mode, in: try open(name.parent))
    }

    private static func make(
        _ leaf: [UInt8],
        _ access: FileDescriptor.AccessMode,
        _ mode: UInt32,
        in directory: FileDescriptor
    ) throws(Errno) -> OwnedDescriptor {
        let options: FileDescriptor.OpenOptions = [.create, .exclusiveCreate, .noFollow]
        return try OwnedDescriptor.open(leaf, access, options: options, permissions: mode, in: directory)
    }

    /// Makes a directory and all above it, and throws what the system says.
    func makePlace(_ name: MemberName) throws(Errno) { _ = try open(name) }

    /// Gives a downloaded file that has no name yet (O_TMPFILE) one in the root, so that it is not copied.
    ///
    /// False where that cannot be: another file system, a file that has a name, no /proc.
    func nameUnnamedFile(_ file: FileDescriptor, _ leaf: [UInt8], mode: UInt32) -> Bool {
        guard let status = try? file.status(), status.links == 0, !leaf.contains(0x2f),
            let mask = CurrentProcess.permissionMask
        else { return false }
        do throws(Errno) {
            try file.setPermissions(mode & ~mask)
            try FileSystem.makeLink(leaf, in: root, to: file.link, followsLinks: true)
            return true
        } catch {
            return false
        }
    }

    /// Gives a file that was made a second name.
    func makeHardLink(_ name: MemberName, to target: MemberName) throws(Failure) {
        do { try link(name, to: target) } catch { throw Self.failure(name, error) }
    }

    private func link(_ name: MemberName, to target: MemberName) throws(Errno) {
        guard let leaf = name.components.last, let targetLeaf = target.components.last else { throw .isDirectory }
        // The parent that is kept open may be given up for the second one.
        let from = try OwnedDescriptor(duplicating: try open(target.parent))
        let status = try FileStatus(targetLeaf, in: from.borrowed, followsLinks: false)
        guard status.isFile else { throw .invalidArgument }
        let directory = try open(name.parent)
        try replacing(leaf, in: directory) { () throws(Errno) in
            try FileSystem.makeLink(leaf, in: directory, to: targetLeaf, in: from.borrowed)
        }
    }

    /// Makes a symbolic link, in place of a file with its name.
    func makeSymbolicLink(_ name: MemberName, target: [UInt8]) throws(Failure) {
        guard let leaf = name.components.last else { throw Self.failure(name, .isDirectory) }
        do {
            let directory = try open(name.parent)
            try replacing(leaf, in: directory) { () throws(Errno) in
                try FileSystem.makeSymbolicLink(leaf, to: target, in: directory)
            }
        } catch { throw Self.failure(name, error) }
    }

    private func replacing<Made: ~Copyable>(
        _ leaf: [UInt8],
        in directory: FileDescriptor,
        _ make: () throws(Errno) -> Made
    ) throws(Errno) -> Made {
        do { return try make() } catch .fileExists {
            try FileSystem.removeFile(leaf, in: directory)
            return try make()
        }
    }

    /// Opens a directory below the root, making what is missing.
    ///
    /// The descriptor is valid until the next call.
    private func open(_ name: MemberName) throws(Errno) -> FileDescriptor {
        if name.components.isEmpty { return root }
        if name == parentName, let kept = parent?.borrowed { return kept }
        var place: OwnedDescriptor?
        for component in name.components {
            let above = place?.borrowed ?? root
            place = try step(from: above, component)
        }
        guard let place else { return root }
        let descriptor = place.borrowed
        parentName = name
        parent = consume place
        return descriptor
    }

    private func step(from above: FileDescriptor, _ component: [UInt8]) throws(Errno) -> OwnedDescriptor {
        let options: FileDescriptor.OpenOptions = [.directory, .noFollow]
        do {
            return try OwnedDescriptor.open(component, options: options, in: above)
        } catch .noSuchFileOrDirectory {
            try FileSystem.makeDirectory(component, in: above)
            directoriesMade += 1
            return try OwnedDescriptor.open(component, options: options, in: above)
        }
    }

    /// Names the member: two members that cannot both be there are the archive's fault, the rest is the system's.
    private static func failure(_ name: MemberName, _ error: Errno) -> Failure {
        switch error {
        case .isDirectory, .notDirectory, .directoryNotEmpty, .tooManySymbolicLinkLevels:
            Failure(.memberRefused(reason: "another member has its name or one above it"), name.displayName, error)
        case .invalidArgument, .noSuchFileOrDirectory:
            Failure(.memberRefused(reason: "what it links to is no file of the archive"), name.displayName)
        default: Failure(.codeUnwritable, name.displayName, error)
        }
    }
}
