import SystemPackage

/// The directory that is packed, held open, so that no name in it is looked up from anywhere else.
///
/// Paths are bytes relative to it and may be longer than the kernel takes at once.
final class TreeRoot: Sendable {
    /// The directory as it was named, for messages.
    let name: FilePath
    private let directory: OwnedDescriptor
    /// The directory's path without links.
    let realPath: [UInt8]
    let identity: FileIdentity

    init(_ path: FilePath) throws(Failure) {
        name = path
        do throws(Errno) {
            directory = try OwnedDescriptor.openDirectory(path)
            identity = FileIdentity(try directory.status())
        } catch {
            throw error == .notDirectory
                ? Failure(.notDirectory, path.string) : Failure(.packingUnreadable, path.string, error)
        }
        realPath = Self.realPath(of: directory.borrowed)
    }

    /// The directory, open.
    var descriptor: FileDescriptor { directory.borrowed }

    /// Opens what is at a path for reading; an empty path is the directory itself.
    ///
    /// A path that is too long for one call is walked in parts.
    func open(_ path: ArraySlice<UInt8>, _ options: FileDescriptor.OpenOptions) throws(Errno) -> OwnedDescriptor {
        guard path.count >= FileSystem.pathLimit else { return try Self.open(path, options, in: descriptor) }
        var rest = path
        var holder = try OwnedDescriptor(duplicating: descriptor)
        while rest.count >= FileSystem.pathLimit {
            guard let end = rest.prefix(FileSystem.pathLimit - 1).lastIndex(of: 0x2f) else { throw .fileNameTooLong }
            holder = try Self.open(rest[..<end], [.placeOnly, .directory], in: holder.borrowed)
            rest = rest[(end + 1)...]
        }
        return try Self.open(rest, options, in: holder.borrowed)
    }

    /// A path for messages; bytes that are not UTF-8 are shown as U+FFFD.
    func describe(_ path: ArraySlice<UInt8>) -> String {
        path.isEmpty ? name.string : "\(name.string)/\(String(decoding: path, as: UTF8.self))"
    }

    /// Whether what a descriptor stands for lies in this directory.
    func contains(_ place: FileDescriptor) -> Bool {
        let path = Self.realPath(of: place)
        return path == realPath || path.starts(with: realPath + (realPath.last == 0x2f ? [] : [0x2f]))
    }

    private static func open(
        _ path: ArraySlice<UInt8>,
        _ options: FileDescriptor.OpenOptions,
        in directory: FileDescriptor
    ) throws(Errno) -> OwnedDescriptor {
        try OwnedDescriptor.open(path.isEmpty ? [0x2e] : path, options: options, in: directory)
    }

    /// The path behind a descriptor, as proc(5) tells it under /proc/self/fd; empty where it does not.
    private static func realPath(of place: FileDescriptor) -> [UInt8] {
        (try? FileSystem.readLink(place.link)) ?? []
    }
}

/// What tells whether a file is still the one that was listed, unchanged.
struct FileIdentity: Hashable, Sendable {
    private let number: FileNumber
    let size: Int
    private let modified: FileTime

    init(_ status: FileStatus) {
        (number, size, modified) = (status.identity, status.size, status.modified)
    }

    func isSameFile(as other: FileIdentity) -> Bool { number == other.number }
}
