import SystemPackage

#if canImport(Glibc)
import Glibc
#endif

/// Makes files below one directory, which it never leaves: every step down is an `openat` that follows no link.
///
/// `openat2` with RESOLVE_BENEATH would do a path in one call, but seccomp filters of older container engines answer it
/// with EPERM; one step a component works everywhere, and the last parent is kept open.
final class TreeWriter {
    private let root: Int32
    private var parentName = MemberName(components: [])
    private var parentDescriptor: Int32 = -1
    /// How many directories were made, those above a member too.
    private(set) var directoriesMade = 0
    /// Keeps it open.
    private var parent: OwnedDescriptor?

    /// Writes below a directory; the descriptor stays the caller's.
    init(root: Int32) {
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
        _ write: (Int32) throws(Failure) -> Void
    ) throws(Failure) {
        let descriptor: Int32
        do { descriptor = try create(name, mode: mode & 0o777 | 0o600) } catch { throw Self.failure(name, error) }
        let file = OwnedDescriptor(descriptor)
        try write(descriptor)
        if let modified {
            let times = [timespec(tv_sec: modified, tv_nsec: 0), timespec(tv_sec: modified, tv_nsec: 0)]
            // A time that the file system cannot hold is no reason to refuse code.
            _ = futimens(descriptor, times)
        }
        do { try file.close() } catch { throw Self.failure(name, error) }
    }

    private func create(_ name: MemberName, mode: UInt32) throws(Errno) -> Int32 {
        guard let leaf = name.components.last else { throw .isDirectory }
        let directory = try open(name.parent)
        var descriptor: Int32 = -1
        try replacing(leaf, in: directory) {
            descriptor = Self.withName(leaf) {
                openat(directory, $0, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode)
            }
            return descriptor
        }
        return descriptor
    }

    /// Makes a file where nothing is, and gives back its descriptor, which is the caller's to close.
    ///
    /// Throws what the system says, `.fileExists` for a name that is taken.
    func makeNewFile(_ name: MemberName, mode: UInt32) throws(Errno) -> Int32 {
        guard let leaf = name.components.last else { throw .isDirectory }
        let directory = try open(name.parent)
        let flags = O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
        return try SystemCall.value { Self.withName(leaf) { openat(directory, $0, flags, mode) } }
    }

    /// Makes a directory and all above it, and throws what the system says.
    func makePlace(_ name: MemberName) throws(Errno) { _ = try open(name) }

    /// Gives a downloaded file that has no name yet (O_TMPFILE) one in the root, so that it is not copied.
    ///
    /// False where that cannot be: another file system, a file that has a name, no /proc. The corresponding C function is
    /// `linkat`, used as open(2) describes it.
    func nameUnnamedFile(_ descriptor: Int32, _ leaf: [UInt8], mode: UInt32) -> Bool {
        guard let status = try? FileStatus(descriptor: descriptor), status.raw.st_nlink == 0, !leaf.contains(0x2f)
        else {
            return false
        }
        guard let mask = Self.fileModeMask(), fchmod(descriptor, mode & ~mask) == 0 else { return false }
        return Self.withName(leaf) {
            linkat(AT_FDCWD, "/proc/self/fd/\(descriptor)", root, $0, AT_SYMLINK_FOLLOW) == 0
        }
    }

    /// The umask, read and not set: umask(2) is the whole process's, and other threads make files.
    static func fileModeMask() -> UInt32? {
        guard let text = try? readFile("/proc/self/status", limit: 1 << 12) else { return nil }
        let line = text.split(separator: UInt8(ascii: "\n")).first { $0.starts(with: "Umask:".utf8) }
        return line.flatMap { UInt32(String(decoding: $0.dropFirst(7), as: UTF8.self), radix: 8) }
    }

    /// Gives a file that was made a second name.
    func makeHardLink(_ name: MemberName, to target: MemberName) throws(Failure) {
        do { try link(name, to: target) } catch { throw Self.failure(name, error) }
    }

    private func link(_ name: MemberName, to target: MemberName) throws(Errno) {
        guard let leaf = name.components.last, let targetLeaf = target.components.last else { throw .isDirectory }
        // The parent that is kept open may be given up for the second one.
        let kept = try open(target.parent)
        let from = OwnedDescriptor(try SystemCall.value { fcntl(kept, F_DUPFD_CLOEXEC, 0) })
        var status = stat()
        try SystemCall.value { Self.withName(targetLeaf) { fstatat(from.rawValue, $0, &status, AT_SYMLINK_NOFOLLOW) } }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .invalidArgument }
        let directory = try open(name.parent)
        try replacing(leaf, in: directory) {
            Self.withName(targetLeaf) { old in
                Self.withName(leaf) { linkat(from.rawValue, old, directory, $0, 0) }
            }
        }
    }

    /// Makes a symbolic link, in place of a file with its name.
    func makeSymbolicLink(_ name: MemberName, target: [UInt8]) throws(Failure) {
        guard let leaf = name.components.last else { throw Self.failure(name, .isDirectory) }
        do {
            let directory = try open(name.parent)
            try replacing(leaf, in: directory) {
                Self.withName(target) { text in Self.withName(leaf) { symlinkat(text, directory, $0) } }
            }
        } catch { throw Self.failure(name, error) }
    }

    private func replacing(_ leaf: [UInt8], in directory: Int32, _ make: () -> Int32) throws(Errno) {
        do { try SystemCall.value(make) } catch .fileExists {
            try SystemCall.value { Self.withName(leaf) { unlinkat(directory, $0, 0) } }
            try SystemCall.value(make)
        }
    }

    /// Opens a directory below the root, making what is missing.
    ///
    /// The descriptor is valid until the next call.
    private func open(_ name: MemberName) throws(Errno) -> Int32 {
        if name.components.isEmpty { return root }
        if name == parentName, parentDescriptor >= 0 { return parentDescriptor }
        var place: OwnedDescriptor?
        for component in name.components {
            let above = place?.rawValue ?? root
            place = OwnedDescriptor(try step(from: above, component))
        }
        guard let place else { return root }
        let descriptor = place.rawValue
        parentName = name
        parentDescriptor = descriptor
        parent = consume place
        return descriptor
    }

    private func step(from above: Int32, _ component: [UInt8]) throws(Errno) -> Int32 {
        let flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC
        do {
            return try SystemCall.value { Self.withName(component) { openat(above, $0, flags) } }
        } catch .noSuchFileOrDirectory {
            try SystemCall.value { Self.withName(component) { mkdirat(above, $0, 0o777) } }
            directoriesMade += 1
            return try SystemCall.value { Self.withName(component) { openat(above, $0, flags) } }
        }
    }

    /// Calls the body with bytes as C has them.
    static func withName<Result>(_ bytes: [UInt8], _ body: (UnsafePointer<CChar>) -> Result) -> Result {
        let text = bytes.map { CChar(bitPattern: $0) } + [0]
        return text.withUnsafeBufferPointer { buffer in
            // An array with a NUL in it has an address.
            guard let start = buffer.baseAddress else { return body("") }
            return body(start)
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
