import CLinux
import SystemPackage

#if canImport(Glibc)
import Glibc
#endif

/// A directory under a temporary name that takes the place of the one it stands for, or disappears.
///
/// - Beside the destination, to be put in its place by one rename(2).
/// - Inside of it, under a dot name that counts for nothing, where that cannot be: a mount point, a destination that
///   holds dot files, a parent that is not ours. Its entries are then renamed one by one.
struct StagingDirectory: ~Copyable {
    /// What its own name begins with; one that was left behind by SIGKILL is recognised by it.
    static let prefix = ".train-fetch-"

    let descriptor: Int32
    private let destination: FilePath
    private let path: FilePath
    private let isInside: Bool
    private var isDone = false

    /// Makes the directory for a destination that is missing or holds nothing but dot files.
    ///
    /// Throws `codeDirectoryNotEmpty`, `notDirectory` and `codeUnwritable`.
    init(for destination: FilePath) throws(Failure) {
        var destination = destination.lexicallyNormalized()
        if destination.isRelative { destination = FilePath("./").appending(destination.components) }
        let names = try Self.names(in: destination)
        let listing = (names ?? []).map(\.string)
        guard !CodeSource.holdsCode(listing) else {
            throw Failure(.codeDirectoryNotEmpty(holds: listing.sorted()), destination.string)
        }
        // What an earlier run had to leave behind is ours to remove.
        for name in names ?? [] where name.string.hasPrefix(Self.prefix) { Tree.remove(destination.appending(name)) }
        let others = listing.filter { !$0.hasPrefix(Self.prefix) }
        let parent = destination.removingLastComponent()
        let own = "\(Self.prefix)\(getpid())-\(UInt32.random(in: 0...(.max)))"
        if others.isEmpty, Self.canReplace(destination, exists: names != nil) {
            if names == nil { try Self.makeParents(parent) }
            let beside = parent.appending(own)
            if mkdir(beside.string, 0o777) == 0 {
                self.init(destination, beside, isInside: false, try Self.open(beside))
                try? keepAppearance()
                return
            }
        }
        if names == nil { try Self.makeParents(destination) }
        let inside = destination.appending(own)
        guard mkdir(inside.string, 0o777) == 0 else {
            throw Failure(.codeUnwritable, destination.string, Errno(rawValue: errno))
        }
        self.init(destination, inside, isInside: true, try Self.open(inside))
    }

    private init(_ destination: FilePath, _ path: FilePath, isInside: Bool, _ descriptor: Int32) {
        (self.destination, self.path, self.isInside, self.descriptor) = (destination, path, isInside, descriptor)
    }

    /// Puts the directory in its place.
    ///
    /// Throws `codeUnwritable`, and then nothing has changed.
    mutating func commit() throws(Failure) {
        if !isInside {
            guard rename(path.string, destination.string) == 0 else {
                throw Failure(.codeUnwritable, destination.string, Errno(rawValue: errno))
            }
            isDone = true
            return
        }
        var moved: [FilePath.Component] = []
        for name in try Self.names(in: path) ?? [] {
            guard rename(path.appending(name).string, destination.appending(name).string) == 0 else {
                let error = Errno(rawValue: errno)
                for name in moved { _ = rename(destination.appending(name).string, path.appending(name).string) }
                throw Failure(.codeUnwritable, destination.appending(name).string, error)
            }
            moved.append(name)
        }
    }

    deinit {
        _ = close(descriptor)
        if !isDone { Tree.remove(path) }
    }

    /// The mode and owner of the directory that is replaced; what cannot be kept is not worth a failure.
    private func keepAppearance() throws(Errno) {
        var status = stat()
        guard lstat(destination.string, &status) == 0 else { return }
        try SystemCall.value { fchmod(descriptor, status.st_mode & 0o7777) }
        try SystemCall.value { fchown(descriptor, status.st_uid, status.st_gid) }
    }

    /// A link would be replaced instead of followed, and a mount point cannot be replaced at all.
    private static func canReplace(_ destination: FilePath, exists: Bool) -> Bool {
        guard exists else { return true }
        var (own, above) = (stat(), stat())
        guard lstat(destination.string, &own) == 0, lstat(destination.removingLastComponent().string, &above) == 0
        else { return false }
        guard own.st_mode & S_IFMT == S_IFDIR, own.st_dev == above.st_dev else { return false }
        // A bind mount of the same file system has the same device; renaming would say EBUSY.
        return linux_is_mount_point(destination.string) == 0
    }

    private static func makeParents(_ path: FilePath) throws(Failure) {
        var made = FilePath(path.isAbsolute ? "/" : ".")
        for component in path.components {
            made.append(component)
            guard mkdir(made.string, 0o777) == 0 || errno == EEXIST || errno == EISDIR else {
                throw Failure(.directoryUnavailable, made.string, Errno(rawValue: errno))
            }
        }
    }

    private static func open(_ path: FilePath) throws(Failure) -> Int32 {
        do {
            return try SystemCall.value {
                Glibc.open(path.string, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
            }
        } catch { throw Failure(.codeUnwritable, path.string, error) }
    }

    private static func names(in path: FilePath) throws(Failure) -> [FilePath.Component]? {
        do { return try Tree.names(in: path) } catch .noSuchFileOrDirectory { return nil } catch .notDirectory {
            throw Failure(.notDirectory, path.string)
        } catch { throw Failure(.codeUnwritable, path.string, error) }
    }
}
