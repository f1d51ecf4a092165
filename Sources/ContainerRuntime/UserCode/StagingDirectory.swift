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
/// - Locked for as long as it is filled: one without a lock was left behind by SIGKILL, and the next fetch removes it.
struct StagingDirectory: ~Copyable {
    /// What its own name begins with.
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
        let others = Self.removeLeftovers(in: destination, names ?? [])
        let parent = destination.removingLastComponent()
        if others.isEmpty, Self.canReplace(destination, exists: names != nil) {
            if names == nil { try Self.makeParents(parent) }
            _ = (try? Tree.names(in: parent)).map { Self.removeLeftovers(in: parent, $0) }
            if let made = try? Self.make(in: parent) {
                self.init(destination, made.path, isInside: false, made.descriptor)
                try? keepAppearance()
                return
            }
        }
        if names == nil { try Self.makeParents(destination) }
        let made: (path: FilePath, descriptor: Int32)
        do { made = try Self.make(in: destination) } catch {
            throw Failure(.codeUnwritable, destination.string, error)
        }
        self.init(destination, made.path, isInside: true, made.descriptor)
    }

    private init(_ destination: FilePath, _ path: FilePath, isInside: Bool, _ descriptor: Int32) {
        (self.destination, self.path, self.isInside, self.descriptor) = (destination, path, isInside, descriptor)
    }

    /// Puts the directory in its place.
    ///
    /// Throws `codeUnwritable`, and then nothing has changed.
    mutating func commit() throws(Failure) {
        if isInside { return try moveEntries() }
        do { try Self.move(path, destination) } catch { throw Failure(.codeUnwritable, destination.string, error) }
        isDone = true
    }

    /// A dot file of the destination gives way to one of its name, and comes back where something cannot be moved.
    private func moveEntries() throws(Failure) {
        let names = try Self.names(in: path) ?? []
        // Made after the names were read, so that it is none of them.
        let aside = path.appending("\(Self.prefix)replaced-\(UInt64.random(in: 0...(.max)))")
        var moved: [(from: FilePath, to: FilePath)] = []
        for name in names {
            let place = destination.appending(name)
            do throws(Errno) {
                // A directory cannot be replaced by rename(2) unless it is empty, and shall not be.
                if let status = try? FileStatus(link: place), !status.isDirectory {
                    do { try SystemCall.value { aside.withPlatformString { mkdir($0, 0o700) } } } catch .fileExists {}
                    try Self.move(place, aside.appending(name))
                    moved.append((place, aside.appending(name)))
                }
                try Self.move(path.appending(name), place)
                moved.append((path.appending(name), place))
            } catch {
                for (from, to) in moved.reversed() { try? Self.move(to, from) }
                throw Failure(.codeUnwritable, place.string, error)
            }
        }
    }

    deinit {
        if !isDone { Tree.remove(path) }
        _ = close(descriptor)
    }

    /// The mode and owner of the directory that is replaced; what cannot be kept is not worth a failure.
    private func keepAppearance() throws(Errno) {
        let status = try FileStatus(link: destination).raw
        try SystemCall.value { fchmod(descriptor, status.st_mode & 0o7777) }
        try SystemCall.value { fchown(descriptor, status.st_uid, status.st_gid) }
    }

    /// A link would be replaced instead of followed, and a mount point cannot be replaced at all.
    private static func canReplace(_ destination: FilePath, exists: Bool) -> Bool {
        guard exists else { return true }
        guard let own = try? FileStatus(link: destination), own.isDirectory,
            let above = try? FileStatus(link: destination.removingLastComponent()), own.raw.st_dev == above.raw.st_dev
        else { return false }
        // A bind mount of the same file system has the same device; renaming would say EBUSY.
        return destination.withPlatformString { linux_is_mount_point($0) } == 0
    }

    private static func makeParents(_ path: FilePath) throws(Failure) {
        var made = FilePath(path.isAbsolute ? "/" : ".")
        for component in path.components {
            made.append(component)
            guard made.withPlatformString({ mkdir($0, 0o777) }) == 0 || errno == EEXIST || errno == EISDIR else {
                throw Failure(.directoryUnavailable, made.string, Errno(rawValue: errno))
            }
        }
    }

    private static func move(_ from: FilePath, _ to: FilePath) throws(Errno) {
        try SystemCall.value { from.withPlatformString { old in to.withPlatformString { rename(old, $0) } } }
    }

    private static func names(in path: FilePath) throws(Failure) -> [FilePath.Component]? {
        do { return try Tree.names(in: path) } catch .noSuchFileOrDirectory { return nil } catch .notDirectory {
            throw Failure(.notDirectory, path.string)
        } catch { throw Failure(.codeUnwritable, path.string, error) }
    }
}
