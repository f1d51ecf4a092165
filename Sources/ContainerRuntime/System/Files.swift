package import SystemPackage

#if canImport(Glibc)
import Glibc
#endif

/// The names in a directory, without `.` and `..`, or nothing if it cannot be read.
///
/// The corresponding C functions are `opendir` and `readdir`.
func directoryEntries(_ path: FilePath) -> [String]? {
    guard let directory = path.withPlatformString({ opendir($0) }) else { return nil }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
        let name = withUnsafePointer(to: &entry.pointee.d_name) { field in
            field.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        }
        if name != ".", name != ".." { names.append(name) }
    }
    return names
}

/// What a path is: its kind, size, identity and mode.
package struct FileStatus {
    let raw: stat

    /// Follows links.
    ///
    /// The corresponding C function is `stat`.
    package init(_ path: FilePath) throws(Errno) {
        var status = stat()
        try SystemCall.value { path.withPlatformString { stat($0, &status) } }
        raw = status
    }

    /// The corresponding C function is `lstat`.
    package init(link path: FilePath) throws(Errno) {
        var status = stat()
        try SystemCall.value { path.withPlatformString { lstat($0, &status) } }
        raw = status
    }

    /// The corresponding C function is `fstat`.
    package init(descriptor: Int32) throws(Errno) {
        var status = stat()
        try SystemCall.value { fstat(descriptor, &status) }
        raw = status
    }

    private var kind: mode_t { raw.st_mode & S_IFMT }
    package var isDirectory: Bool { kind == S_IFDIR }
    package var isFile: Bool { kind == S_IFREG }
    var isLink: Bool { kind == S_IFLNK }
    var isPipe: Bool { kind == S_IFIFO }
    var isSocket: Bool { kind == S_IFSOCK }
    var permissions: mode_t { raw.st_mode & 0o7777 }
    package var size: Int { Int(raw.st_size) }

    /// Whether both are the same file, pipe or terminal.
    func isSame(as other: FileStatus) -> Bool {
        raw.st_dev == other.raw.st_dev && raw.st_ino == other.raw.st_ino
    }
}

/// Whether a path can be used as the bits R_OK, W_OK and X_OK ask.
///
/// The corresponding C function is `faccessat` with AT_EACCESS.
func isAccessible(_ path: FilePath, _ bits: Int32) -> Bool {
    path.withPlatformString { faccessat(AT_FDCWD, $0, bits, AT_EACCESS) } == 0
}

/// Makes a directory and those above it; one that is there is no error.
///
/// The corresponding C function is `mkdir`.
func makeDirectories(_ path: FilePath) throws(Errno) {
    var made = path.root.map { FilePath(root: $0) } ?? ""
    for component in path.components {
        made.append(component)
        if made.withPlatformString({ mkdir($0, 0o755) }) == 0 || errno == EEXIST { continue }
        let error = Errno(rawValue: errno)
        // On a read-only file system, what exists answers EROFS in some kernels.
        guard let status = try? FileStatus(made), status.isDirectory else { throw error }
    }
}

/// Reads a whole file, up to a limit in bytes; nothing past it is read.
///
/// A FIFO that somebody put in its place is read as far as it is filled, and never waited for.
func readFile(_ path: FilePath, limit: Int = .max) throws(Errno) -> [UInt8] {
    let descriptor = OwnedDescriptor(
        try SystemCall.value { path.withPlatformString { open($0, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC) } }
    )
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while bytes.count < limit {
        let wanted = min(buffer.count, limit - bytes.count)
        let count = try SystemCall.value { read(descriptor.rawValue, &buffer, wanted) }
        if count == 0 { break }
        bytes += buffer[..<count]
    }
    return bytes
}

/// The user that files are checked for.
///
/// The corresponding C function is `geteuid`.
func currentUser() -> UInt32 { geteuid() }
