import CLinux
import Glibc
package import SystemPackage

/// What a path is: its kind, size, identity, mode and times.
package struct FileStatus: Sendable {
    private let raw: stat

    /// Follows links.
    ///
    /// The corresponding C function is `stat`.
    package init(_ path: FilePath) throws(Errno) { try self.init(path, in: .workingDirectory, followsLinks: true) }

    /// Looks at a link itself.
    ///
    /// The corresponding C function is `lstat`.
    package init(link path: FilePath) throws(Errno) { try self.init(path, in: .workingDirectory, followsLinks: false) }

    /// Looks at a name in a directory.
    ///
    /// The corresponding C function is `fstatat`.
    package init(
        _ path: some PlatformPath,
        in directory: FileDescriptor,
        followsLinks: Bool
    ) throws(Errno) {
        var status = stat()
        let flags = followsLinks ? 0 : AT_SYMLINK_NOFOLLOW
        try SystemCall.value { path.withPlatformString { fstatat(directory.rawValue, $0, &status, flags) } }
        raw = status
    }

    /// The corresponding C function is `fstat`.
    package init(descriptor: Int32) throws(Errno) {
        var status = stat()
        try SystemCall.value { linux_status(descriptor, &status) }
        raw = status
    }

    private var kind: mode_t { raw.st_mode & S_IFMT }
    package var isDirectory: Bool { kind == S_IFDIR }
    package var isFile: Bool { kind == S_IFREG }
    package var isLink: Bool { kind == S_IFLNK }
    package var isPipe: Bool { kind == S_IFIFO }
    package var isSocket: Bool { kind == S_IFSOCK }
    package var permissions: CInterop.Mode { raw.st_mode & 0o7777 }
    package var size: Int { Int(raw.st_size) }
    package var owner: UInt32 { raw.st_uid }
    package var group: UInt32 { raw.st_gid }
    /// How many names it has.
    package var links: Int { Int(raw.st_nlink) }
    /// When the content was written last.
    package var modified: FileTime { FileTime(raw.st_mtim) }
    /// When the content or anything known of the file was changed last.
    package var changed: FileTime { FileTime(raw.st_ctim) }
    /// What tells it from every other file.
    package var identity: FileNumber { FileNumber(device: UInt64(raw.st_dev), inode: UInt64(raw.st_ino)) }

    /// Whether both are the same file, pipe or terminal.
    package func isSame(as other: FileStatus) -> Bool { identity == other.identity }
}

/// The number of a file and of the file system that it lies on.
package struct FileNumber: Hashable, Sendable {
    package let device: UInt64
    package let inode: UInt64
}

/// A time that a file system keeps, since 1970.
package struct FileTime: Hashable, Sendable {
    package let seconds: Int
    package let nanoseconds: Int

    fileprivate init(_ time: timespec) { (seconds, nanoseconds) = (time.tv_sec, time.tv_nsec) }
}
