import CLinux
import SystemPackage

#if canImport(Glibc)
import Glibc
#endif

/// The directory that is packed, held open, so that no name in it is looked up from anywhere else.
///
/// Paths are bytes relative to it and may be longer than the kernel takes at once.
final class TreeRoot: Sendable {
    /// The directory as it was named, for messages.
    let name: FilePath
    /// The descriptor of the directory.
    let descriptor: Int32
    /// The directory's path without links.
    let realPath: [UInt8]
    let identity: FileIdentity

    init(_ directory: FilePath) throws(Failure) {
        name = directory
        do {
            descriptor = try SystemCall.value {
                directory.withPlatformString { Glibc.open($0, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
            }
        } catch {
            throw error == .notDirectory
                ? Failure(.notDirectory, directory.string) : Failure(.packingUnreadable, directory.string, error)
        }
        do {
            identity = FileIdentity(try FileIdentity.status(of: descriptor))
        } catch {
            close(descriptor)
            throw Failure(.packingUnreadable, directory.string, error)
        }
        realPath = Self.realPath(of: descriptor)
    }

    deinit { close(descriptor) }

    /// Opens what is at a path; an empty path is the directory itself.
    ///
    /// The corresponding C function is `openat`. A path that is too long for one call is walked in parts.
    func open(_ path: ArraySlice<UInt8>, _ flags: Int32) throws(Errno) -> Int32 {
        guard path.count >= Int(PATH_MAX) else { return try Self.openAt(descriptor, path, flags) }
        var rest = path
        var holder = OwnedDescriptor(try SystemCall.value { fcntl(descriptor, F_DUPFD_CLOEXEC, 0) })
        while rest.count >= Int(PATH_MAX) {
            guard let end = rest.prefix(Int(PATH_MAX) - 1).lastIndex(of: 0x2f) else { throw .fileNameTooLong }
            let part = rest[..<end]
            holder = OwnedDescriptor(
                try Self.openAt(holder.rawValue, part, linux_path_flag() | O_DIRECTORY | O_CLOEXEC)
            )
            rest = rest[(end + 1)...]
        }
        return try Self.openAt(holder.rawValue, rest, flags)
    }

    /// A path for messages; bytes that are not UTF-8 are shown as U+FFFD.
    func describe(_ path: ArraySlice<UInt8>) -> String {
        path.isEmpty ? name.string : "\(name.string)/\(String(decoding: path, as: UTF8.self))"
    }

    /// Whether what a descriptor stands for lies in this directory.
    func contains(_ descriptor: Int32) -> Bool {
        let path = Self.realPath(of: descriptor)
        return path == realPath || path.starts(with: realPath + (realPath.last == 0x2f ? [] : [0x2f]))
    }

    private static func openAt(_ directory: Int32, _ path: ArraySlice<UInt8>, _ flags: Int32) throws(Errno) -> Int32 {
        let name = path.isEmpty ? [0x2e] : path
        return try SystemCall.value { name.withCString { linux_open_at(directory, $0, flags) } }
    }

    /// The path behind a descriptor, as proc(5) tells it under /proc/self/fd; empty where it does not.
    private static func realPath(of descriptor: Int32) -> [UInt8] {
        var path = [CChar](repeating: 0, count: 1 << 16)
        let count = readlink("/proc/self/fd/\(descriptor)", &path, path.count)
        return path.prefix(max(0, count)).map { UInt8(bitPattern: $0) }
    }
}

/// What tells whether a file is still the one that was listed, unchanged.
struct FileIdentity: Hashable, Sendable {
    let device: UInt64
    let inode: UInt64
    let size: Int
    let modified: Int
    let nanoseconds: Int

    init(_ status: stat) {
        device = UInt64(status.st_dev)
        inode = UInt64(status.st_ino)
        size = Int(status.st_size)
        modified = status.st_mtim.tv_sec
        nanoseconds = status.st_mtim.tv_nsec
    }

    func isSameFile(as other: FileIdentity) -> Bool { device == other.device && inode == other.inode }

    /// The corresponding C function is `fstat`.
    static func status(of descriptor: Int32) throws(Errno) -> stat {
        var status = stat()
        try SystemCall.value { linux_status(descriptor, &status) }
        return status
    }
}

extension ArraySlice<UInt8> {
    /// Calls the body with the bytes as C has them, a NUL after the last; for a name of usual length nothing is allocated.
    func withCString<Result>(_ body: (UnsafePointer<CChar>) -> Result) -> Result {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: count + 1) { text in
            UnsafeMutableRawBufferPointer(text).copyBytes(from: self)
            text[count] = 0
            guard let base = text.baseAddress else { return body("") }
            return body(base)
        }
    }
}

extension [UInt8] {
    /// Calls the body with the bytes as C has them, a NUL after the last.
    func withCString<Result>(_ body: (UnsafePointer<CChar>) -> Result) -> Result { self[...].withCString(body) }
}
