import SystemPackage

#if canImport(Glibc)
import Glibc
#endif

/// Writes a small file whole or not at all.
///
/// A temporary file in the same directory is written, synced and renamed, and then the directory is synced: whoever looks
/// sees the old state or the new one, also after a power failure. An error of fsync is final; made again it would answer
/// success for pages that are gone: https://wiki.postgresql.org/wiki/Fsync_Errors.
enum SmallFile {
    /// What the temporary files' names begin with.
    static let prefix = ".train-tmp-"

    /// Writes the file; one that need not outlive a power failure costs no wait for the disk.
    static func write(
        _ bytes: [UInt8],
        to path: FilePath,
        mode: mode_t = 0o644,
        isDurable: Bool = true
    ) throws(Errno) {
        let directory = path.removingLastComponent()
        let name = "\(prefix)\(path.lastComponent?.string ?? "file")-\(getpid())"
        let temporary = directory.appending(name)
        // Not to wait where a FIFO has the name.
        let flags = O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC
        let file = OwnedDescriptor(
            try SystemCall.value {
                // Not O_EXCL alone: what an earlier run with our pid left must not keep us from writing.
                temporary.withPlatformString { open($0, flags, mode) }
            }
        )
        do throws(Errno) {
            var rest = bytes[...]
            while !rest.isEmpty {
                let count = try SystemCall.value {
                    rest.withUnsafeBytes { Glibc.write(file.rawValue, $0.baseAddress, $0.count) }
                }
                rest = rest.dropFirst(count)
            }
            if isDurable { try SystemCall.value { fsync(file.rawValue) } }
            try file.close()
            try SystemCall.value {
                temporary.withPlatformString { old in path.withPlatformString { new in rename(old, new) } }
            }
        } catch {
            _ = temporary.withPlatformString { unlink($0) }
            throw error
        }
        if isDurable { try sync(directory) }
    }

    /// Makes a file, or a directory's names, durable, where its file system can do that.
    static func sync(_ path: FilePath) throws(Errno) {
        let descriptor = OwnedDescriptor(
            try SystemCall.value { path.withPlatformString { open($0, O_RDONLY | O_CLOEXEC | O_NONBLOCK) } }
        )
        try sync(descriptor.rawValue)
        try descriptor.close()
    }

    /// Makes an open file, or the names of an open directory, durable, where its file system can do that.
    ///
    /// The corresponding C function is `fsync`.
    static func sync(_ descriptor: Int32) throws(Errno) {
        // Some cannot, directories above all: EINVAL by fsync(2), and ENOTSUP or ENOSYS of those that programs serve.
        guard fsync(descriptor) != 0, ![EINVAL, ENOTSUP, ENOSYS].contains(errno) else { return }
        throw Errno(rawValue: errno)
    }

    /// Removes a file; one that is not there is no error.
    static func remove(_ path: FilePath) throws(Errno) {
        guard path.withPlatformString({ unlink($0) }) != 0, errno != ENOENT, errno != ENOTDIR else { return }
        throw Errno(rawValue: errno)
    }
}
