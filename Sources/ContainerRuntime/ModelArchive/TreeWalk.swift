import SystemPackage

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
    private var directory: OwnedDescriptor?

    init(_ root: TreeRoot, links: PackingOptions.Links, warnings: PackingWarnings) throws(Failure) {
        self.root = root
        self.links = links
        self.warnings = warnings
        try enter(expecting: root.identity)
    }

    /// The next entry, or nil at the end.
    func next() throws(Failure) -> TreeEntry? {
        while let level = levels.last {
            path.removeLast(path.count - level.pathLength)
            guard level.next < level.listing.count else {
                directory = nil
                levels.removeLast()
                continue
            }
            let index = level.next
            level.next += 1
            try openDirectory(level.identity)
            if !path.isEmpty { path.append(0x2f) }
            path += level.listing[index]
            if let entry = try look(at: level.listing[index]) { return entry }
        }
        return nil
    }

    private func look(at name: ArraySlice<UInt8>) throws(Failure) -> TreeEntry? {
        let status = try reading(FileStatus(name, in: descriptor, followsLinks: false))
        guard status.isLink else { return try take(status, throughLink: false) }
        if links == .keep { return try keep(name) }
        let target: FileStatus
        do {
            target = try FileStatus(name, in: descriptor, followsLinks: true)
        } catch .noSuchFileOrDirectory, .tooManySymbolicLinkLevels, .notDirectory {
            warn("the link points to nothing, it is left out")
            return nil
        } catch {
            throw Failure(.packingUnreadable, root.describe(path[...]), error)
        }
        let identity = FileIdentity(target)
        if levels.contains(where: { $0.identity.isSameFile(as: identity) }) {
            warn("the link points to a directory that it lies in, it is left out")
            return nil
        }
        warnIfOutside(name)
        return try take(target, throughLink: true)
    }

    private func take(_ status: FileStatus, throughLink: Bool) throws(Failure) -> TreeEntry? {
        if status.isFile {
            return TreeEntry(
                kind: .file(FileIdentity(status)),
                executable: status.permissions & 0o100 != 0,
                throughLink: throughLink
            )
        }
        if status.isDirectory {
            try enter(expecting: FileIdentity(status))
            return TreeEntry(kind: .directory, executable: true)
        }
        let kind = status.isPipe ? "a FIFO" : status.isSocket ? "a socket" : "a device"
        warn("\(kind) cannot be packed, it is left out")
        return nil
    }

    // MARK: Links

    private func keep(_ name: ArraySlice<UInt8>) throws(Failure) -> TreeEntry {
        let target = try reading(FileSystem.readLink(name, in: descriptor))
        if LinkTarget.leaves(target, from: path) {
            warn("the link to \(LinkTarget.describe(target)) leaves the directory")
        }
        return TreeEntry(kind: .link(target: target))
    }

    private func warnIfOutside(_ name: ArraySlice<UInt8>) {
        // Gone in between: reading it will say so.
        guard !warnings.silent, let found = try? OwnedDescriptor.open(name, options: .placeOnly, in: descriptor) else {
            return
        }
        if !root.contains(found.borrowed) {
            warn("the link leads out of the directory, what it points to is stored")
        }
    }

    // MARK: Directories

    private func enter(expecting identity: FileIdentity) throws(Failure) {
        directory = nil
        try openDirectory(identity)
        let listing = try reading(SortedNames(descriptor))
        levels.append(Level(listing, pathLength: path.count, identity: identity))
    }

    /// Opens the directory at the path as it is now, unless it is open.
    private func openDirectory(_ identity: FileIdentity) throws(Failure) {
        guard directory == nil else { return }
        directory = try reading(root.open(path[...], .directory))
        let found = FileIdentity(try reading(descriptor.status()))
        guard found.isSameFile(as: identity) else { throw Failure(.packingReplaced, root.describe(path[...])) }
    }

    private var descriptor: FileDescriptor { directory?.borrowed ?? FileDescriptor(rawValue: -1) }

    private func reading<Answer: ~Copyable>(_ call: @autoclosure () throws(Errno) -> Answer) throws(Failure) -> Answer {
        try Failure.wrap(call(), as: .packingUnreadable, root.describe(path[...]))
    }

    private func warn(_ words: String) { warnings.add("\(root.describe(path[...])): \(words)") }
}
