import SystemPackage

/// A directory under a temporary name that takes the place of the one it stands for, or disappears.
///
/// - Beside the destination, to be put in its place by one rename(2).
/// - Inside of it, under a dot name that counts for nothing, where that cannot be: a mount point, a destination that
///   holds dot files, a parent that is not ours. Its entries are then renamed one by one.
/// - Locked for as long as it is filled: one without a lock was left behind by SIGKILL, and the next fetch removes it.
struct StagingDirectory: ~Copyable {
    /// What its own name begins with.
    static let prefix = ".train-fetch-"

    private let destination: FilePath
    private let place: Place
    private let isInside: Bool
    private var isDone = false

    /// Whether a listing holds more than dot files.
    static func holdsMoreThanDotFiles(_ listing: [String]) -> Bool { listing.contains { !$0.hasPrefix(".") } }

    /// Makes the directory for a destination that is missing or holds nothing but dot files.
    ///
    /// Throws `codeDirectoryNotEmpty`, `notDirectory` and `codeUnwritable`.
    init(for destination: FilePath) throws(Failure) {
        var destination = destination.lexicallyNormalized()
        if destination.isRelative { destination = FilePath("./").appending(destination.components) }
        let names = try Self.names(in: destination)
        let listing = (names ?? []).map(\.string)
        guard !Self.holdsMoreThanDotFiles(listing) else {
            throw Failure(.codeDirectoryNotEmpty(holds: listing.sorted()), destination.string)
        }
        let others = Self.removeLeftovers(in: destination, names ?? [])
        let parent = destination.removingLastComponent()
        if others.isEmpty, Self.canReplace(destination, exists: names != nil) {
            if names == nil { try Self.makeParents(parent) }
            _ = (try? DirectoryListing.components(parent)).map { Self.removeLeftovers(in: parent, $0) }
            if let place = try? Place(in: parent) {
                self.init(destination, place, isInside: false)
                try? keepAppearance()
                return
            }
        }
        if names == nil { try Self.makeParents(destination) }
        let place = try Failure.wrap(Place(in: destination), as: .codeUnwritable, destination)
        self.init(destination, place, isInside: true)
    }

    private init(_ destination: FilePath, _ place: consuming Place, isInside: Bool) {
        (self.destination, self.isInside) = (destination, isInside)
        self.place = place
    }

    /// The directory, to make files in it.
    var descriptor: FileDescriptor { place.directory.borrowed }

    private var path: FilePath { place.path }

    /// Puts the directory in its place.
    ///
    /// Throws `codeUnwritable`, and then nothing has changed.
    mutating func commit() throws(Failure) {
        if isInside { return try moveEntries() }
        try Failure.wrap(FileSystem.rename(path, to: destination), as: .codeUnwritable, destination)
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
                    do { try FileSystem.makeDirectory(aside, permissions: 0o700) } catch .fileExists {}
                    try FileSystem.rename(place, to: aside.appending(name))
                    moved.append((place, aside.appending(name)))
                }
                try FileSystem.rename(path.appending(name), to: place)
                moved.append((path.appending(name), place))
            } catch {
                for (from, to) in moved.reversed() { try? FileSystem.rename(to, to: from) }
                throw Failure(.codeUnwritable, place.string, error)
            }
        }
    }

    deinit {
        if !isDone { try? FileSystem.removeTree(place.path) }
    }

    /// The mode and owner of the directory that is replaced; what cannot be kept is not worth a failure.
    private func keepAppearance() throws(Errno) {
        let status = try FileStatus(link: destination)
        try descriptor.setPermissions(status.permissions)
        try descriptor.setOwner(status.owner, status.group)
    }

    /// A link would be replaced instead of followed, and a mount point cannot be replaced at all.
    private static func canReplace(_ destination: FilePath, exists: Bool) -> Bool {
        guard exists else { return true }
        guard let own = try? FileStatus(link: destination), own.isDirectory,
            let above = try? FileStatus(link: destination.removingLastComponent()),
            own.identity.device == above.identity.device
        else { return false }
        // A bind mount of the same file system has the same device; renaming would say EBUSY.
        return !FileSystem.isMountPoint(destination)
    }

    private static func makeParents(_ path: FilePath) throws(Failure) {
        try Failure.wrap(FileSystem.makeDirectories(path, permissions: 0o777), as: .directoryUnavailable, path)
    }

    private static func names(in path: FilePath) throws(Failure) -> [FilePath.Component]? {
        do { return try DirectoryListing.components(path) } catch .noSuchFileOrDirectory {
            return nil
        } catch .notDirectory {
            throw Failure(.notDirectory, path.string)
        } catch { throw Failure(.codeUnwritable, path.string, error) }
    }
}
