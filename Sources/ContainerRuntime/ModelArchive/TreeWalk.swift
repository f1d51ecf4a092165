import CLinux
import SystemPackage

#if canImport(Glibc)
import Glibc
#endif

/// Walks a tree, one entry at a time, each directory before what it holds, names in the order of their bytes.
///
/// - Holds one descriptor besides the root's, however deep the tree is, and no more names than those of the directories
///   on the way.
/// - Follows links or keeps them; a link to a directory that it lies in is left out with a warning.
/// - Nothing is opened that could wait: FIFOs, sockets and devices are left out with a warning.
final class TreeWalk {
    /// A directory on the way down.
    private final class Level {
        let listing: SortedNames
        var next = 0
        let pathLength: Int
        let identity: FileIdentity

        init(_ listing: SortedNames, pathLength: Int, identity: FileIdentity) {
            self.listing = listing
            self.pathLength = pathLength
            self.identity = identity
        }
    }

    private let root: TreeRoot
    private let links: PackingOptions.Links
    private let warnings: PackingWarnings
    private var levels: [Level] = []
    /// The path of the last entry from the root of the tree, without a slash at its end.
    private(set) var path: [UInt8] = []
    /// The directory of the last level, while it is open.
    private var directory: Int32 = -1

    init(_ root: TreeRoot, links: PackingOptions.Links, warnings: PackingWarnings) throws(Failure) {
        self.root = root
        self.links = links
        self.warnings = warnings
        try enter(expecting: root.identity)
    }

    deinit { closeDirectory() }

    /// The next entry, or nil at the end.
    func next() throws(Failure) -> TreeEntry? {
        while let level = levels.last {
            path.removeLast(path.count - level.pathLength)
            guard level.next < level.listing.count else {
                closeDirectory()
                levels.removeLast()
                continue
            }
            let index = level.next
            level.next += 1
            try openDirectory(level.identity)
            if !path.isEmpty { path.append(0x2f) }
            path += level.listing[index]
            let entry = try level.listing.withCString(index) { name throws(Failure) in try look(at: name) }
            if let entry { return entry }
        }
        return nil
    }

    private func look(at name: UnsafePointer<CChar>) throws(Failure) -> TreeEntry? {
        let status = try self.status(name, AT_SYMLINK_NOFOLLOW)
        guard status.st_mode & S_IFMT == S_IFLNK else { return try take(status, throughLink: false) }
        if links == .keep { return try keep(name) }
        let target: stat
        do {
            target = try Self.statAt(directory, name, 0)
        } catch .noSuchFileOrDirectory, .tooManySymbolicLinkLevels, .notDirectory {
            warnings.add("\(root.describe(path[...])): the link points to nothing, it is left out")
            return nil
        } catch {
            throw Failure(.packingUnreadable, root.describe(path[...]), error)
        }
        let identity = FileIdentity(target)
        if levels.contains(where: { $0.identity.isSameFile(as: identity) }) {
            warnings.add("\(root.describe(path[...])): the link points to a directory that it lies in, it is left out")
            return nil
        }
        warnIfOutside(name)
        return try take(target, throughLink: true)
    }

    private func take(_ status: stat, throughLink: Bool) throws(Failure) -> TreeEntry? {
        switch status.st_mode & S_IFMT {
        case S_IFREG:
            return TreeEntry(
                kind: .file(FileIdentity(status)),
                executable: status.st_mode & S_IXUSR != 0,
                throughLink: throughLink
            )
        case S_IFDIR:
            try enter(expecting: FileIdentity(status))
            return TreeEntry(kind: .directory, executable: true)
        case let type:
            let kind = [S_IFIFO: "a FIFO", S_IFSOCK: "a socket"][type] ?? "a device"
            warnings.add("\(root.describe(path[...])): \(kind) cannot be packed, it is left out")
            return nil
        }
    }

    // MARK: Links

    private func keep(_ name: UnsafePointer<CChar>) throws(Failure) -> TreeEntry {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count: Int
        do {
            count = try SystemCall.value { readlinkat(directory, name, &buffer, buffer.count) }
        } catch {
            throw Failure(.packingUnreadable, root.describe(path[...]), error)
        }
        let target = buffer.prefix(count).map { UInt8(bitPattern: $0) }
        if LinkTarget.leaves(target, from: path) {
            warnings.add("\(root.describe(path[...])): the link to \(LinkTarget.describe(target)) leaves the directory")
        }
        return TreeEntry(kind: .link(target: target))
    }

    private func warnIfOutside(_ name: UnsafePointer<CChar>) {
        guard !warnings.silent else { return }
        let found = openat(directory, name, linux_path_flag() | O_CLOEXEC)
        // Gone in between: reading it will say so.
        guard found >= 0 else { return }
        defer { close(found) }
        if !root.contains(found) {
            warnings.add(
                "\(root.describe(path[...])): the link leads out of the directory, what it points to is stored"
            )
        }
    }

    // MARK: Directories

    private func enter(expecting identity: FileIdentity) throws(Failure) {
        closeDirectory()
        try openDirectory(identity)
        do {
            let listing = try SortedNames(descriptor: directory)
            levels.append(Level(listing, pathLength: path.count, identity: identity))
        } catch {
            throw Failure(.packingUnreadable, root.describe(path[...]), error)
        }
    }

    /// Opens the directory at the path as it is now, unless it is open.
    private func openDirectory(_ identity: FileIdentity) throws(Failure) {
        guard directory < 0 else { return }
        let found: FileIdentity
        do {
            directory = try root.open(path[...], O_RDONLY | O_DIRECTORY | O_CLOEXEC)
            found = FileIdentity(try FileIdentity.status(of: directory))
        } catch {
            throw Failure(.packingUnreadable, root.describe(path[...]), error)
        }
        guard found.isSameFile(as: identity) else { throw Failure(.packingReplaced, root.describe(path[...])) }
    }

    private func closeDirectory() {
        // Only read from: nothing can be lost.
        if directory >= 0 { close(directory) }
        directory = -1
    }

    private func status(_ name: UnsafePointer<CChar>, _ flags: Int32) throws(Failure) -> stat {
        do {
            return try Self.statAt(directory, name, flags)
        } catch {
            throw Failure(.packingUnreadable, root.describe(path[...]), error)
        }
    }

    private static func statAt(
        _ directory: Int32,
        _ name: UnsafePointer<CChar>,
        _ flags: Int32
    ) throws(Errno) -> stat {
        var status = stat()
        try SystemCall.value { fstatat(directory, name, &status, flags) }
        return status
    }
}
