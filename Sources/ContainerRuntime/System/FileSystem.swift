import CLinux
import Glibc
package import SystemPackage

/// Names in directories: looked at, made, moved, removed.
///
/// A relative path begins in a directory that is open, or in the working directory.
package enum FileSystem {
    /// What a file is to be used for.
    package struct Access: OptionSet {
        package let rawValue: Int32
        package init(rawValue: Int32) { self.rawValue = rawValue }
        package static let read = Access(rawValue: R_OK)
        package static let write = Access(rawValue: W_OK)
        /// To be executed, or of a directory: names in it to be looked up.
        package static let execute = Access(rawValue: X_OK)
    }

    /// As many bytes as a path may have for one call, with the NUL at its end: PATH_MAX.
    package static let pathLimit = Int(PATH_MAX)

    /// Whether this user may use a path so.
    package static func isAccessible(_ path: FilePath, _ access: Access) -> Bool {
        (try? checkAccess(path, access)) != nil
    }

    /// Whether this user may use a path so, and why not.
    ///
    /// The corresponding C function is `faccessat` with AT_EACCESS.
    package static func checkAccess(_ path: FilePath, _ access: Access) throws(Errno) {
        try SystemCall.value { path.withPlatformString { faccessat(AT_FDCWD, $0, access.rawValue, AT_EACCESS) } }
    }

    /// Whether a path leads to something, links followed.
    package static func exists(_ path: FilePath) -> Bool { (try? FileStatus(path)) != nil }

    /// Whether a path leads to a directory, links followed.
    package static func isDirectory(_ path: FilePath) -> Bool { (try? FileStatus(path))?.isDirectory == true }

    /// Whether there is something under a name, be it a link that leads nowhere.
    package static func isTaken(_ path: FilePath) -> Bool { (try? FileStatus(link: path)) != nil }

    /// Whether a path is the root of a mount, a bind mount too.
    ///
    /// An error, and a kernel that cannot tell, count as one; links are not followed.
    /// The corresponding C function is `statx`.
    package static func isMountPoint(_ path: FilePath) -> Bool {
        path.withPlatformString { linux_is_mount_point($0) } != 0
    }

    /// The path without links, or nothing if it leads nowhere.
    ///
    /// The corresponding C function is `realpath`.
    package static func realPath(_ path: FilePath) -> FilePath? {
        guard let resolved = path.withPlatformString({ Glibc.realpath($0, nil) }) else { return nil }
        defer { free(resolved) }
        return FilePath(platformString: resolved)
    }

    /// What a link says, as bytes.
    ///
    /// The corresponding C function is `readlinkat`.
    package static func readLink(
        _ path: some PlatformPath,
        in directory: FileDescriptor = .workingDirectory
    ) throws(Errno) -> [UInt8] {
        // /proc may tell of paths that are longer than any that it takes.
        var text = [CChar](repeating: 0, count: 1 << 16)
        let count = try SystemCall.value {
            path.withPlatformString { readlinkat(directory.rawValue, $0, &text, text.count) }
        }
        return text.prefix(count).map { UInt8(bitPattern: $0) }
    }
}
