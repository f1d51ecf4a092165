import Glibc
package import SystemPackage

extension OwnedDescriptor {
    /// Opens a file; no program that is started inherits the descriptor.
    ///
    /// The corresponding C function is `open` with O_CLOEXEC.
    package static func open(
        _ path: FilePath,
        _ mode: FileDescriptor.AccessMode = .readOnly,
        options: FileDescriptor.OpenOptions = []
    ) throws(Errno) -> OwnedDescriptor {
        let flags = mode.rawValue | options.rawValue | O_CLOEXEC
        return OwnedDescriptor(try SystemCall.value { path.withPlatformString { Glibc.open($0, flags) } })
    }

    /// Opens a new file without a name in a directory, to write and to read it: it disappears with the descriptor.
    ///
    /// The corresponding C functions are `open` with O_TMPFILE, and `mkstemp` and `unlink` where a file system has no such
    /// files.
    package static func openTemporary(in directory: FilePath) throws(Errno) -> OwnedDescriptor {
        let flags = O_RDWR | __O_TMPFILE | O_DIRECTORY | O_CLOEXEC
        let nameless = directory.withPlatformString { Glibc.open($0, flags, 0o600) }
        if nameless >= 0 { return OwnedDescriptor(nameless) }
        var name = directory.appending(".train-fetch-XXXXXX").withPlatformString {
            Array(UnsafeBufferPointer(start: $0, count: strlen($0) + 1))
        }
        let file = OwnedDescriptor(try SystemCall.value { mkstemp(&name) })
        _ = fcntl(file.rawValue, F_SETFD, FD_CLOEXEC)
        unlink(name)
        return file
    }

    /// The same descriptor, for as long as it stays open.
    package var borrowed: FileDescriptor { FileDescriptor(rawValue: rawValue) }

    /// Reads to the end, or up to a limit in bytes; nothing past it is read.
    ///
    /// The corresponding C function is `read`.
    package func readToEnd(limit: Int = .max) throws(Errno) -> [UInt8] {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while bytes.count < limit {
            let wanted = min(buffer.count, limit - bytes.count)
            let count = try SystemCall.value { read(rawValue, &buffer, wanted) }
            if count == 0 { break }
            bytes += buffer[..<count]
        }
        return bytes
    }
}

extension FileDescriptor {
    /// Reads at a place of a file; the place of the next byte to be read stays.
    ///
    /// The corresponding C function is `pread`.
    ///
    /// - Returns: How many bytes were read.
    package func readSome(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws(Errno) -> Int {
        try SystemCall.value { Glibc.pread(rawValue, buffer.baseAddress, buffer.count, offset) }
    }

    /// Writes all bytes at a place of a file.
    ///
    /// The corresponding C function is `pwrite`.
    package func writeAll(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(Errno) {
        var done = 0
        while done < bytes.count {
            let rest = UnsafeRawBufferPointer(rebasing: bytes[done...])
            let count = try SystemCall.value { Glibc.pwrite(rawValue, rest.baseAddress, rest.count, offset + done) }
            guard count > 0 else { throw .ioError }
            done += count
        }
    }

    /// Makes the file so long: what is missing is a hole.
    ///
    /// The corresponding C function is `ftruncate`.
    package func truncate(to size: Int) throws(Errno) {
        try SystemCall.value { ftruncate(rawValue, size) }
    }
}

extension FileStatus {
    /// When the content was written last: seconds since 1970, and nanoseconds.
    package var modified: (seconds: Int, nanoseconds: Int) { (raw.st_mtim.tv_sec, raw.st_mtim.tv_nsec) }

    /// The number of the file on its file system.
    package var inode: UInt64 { UInt64(raw.st_ino) }
}
