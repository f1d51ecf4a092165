import CLinux
import Glibc
package import SystemPackage

/// A descriptor that is closed when nobody owns it any more.
package struct OwnedDescriptor: ~Copyable, Descriptor, Sendable {
    package let rawValue: Int32

    /// Takes a descriptor over that nobody else closes.
    package init(_ rawValue: Int32) { self.rawValue = rawValue }

    /// Opens a file, or makes one with permissions of which the umask takes some; no program inherits the descriptor.
    ///
    /// The corresponding C function is `openat` with O_CLOEXEC.
    package static func open(
        _ path: some PlatformPath,
        _ mode: FileDescriptor.AccessMode = .readOnly,
        options: FileDescriptor.OpenOptions = [],
        permissions: CInterop.Mode = 0o644,
        in directory: FileDescriptor = .workingDirectory
    ) throws(Errno) -> OwnedDescriptor {
        let flags = mode.rawValue | options.rawValue | O_CLOEXEC
        return OwnedDescriptor(
            try SystemCall.value {
                path.withPlatformString { linux_open_at(directory.rawValue, $0, flags, permissions) }
            }
        )
    }

    /// Opens a directory, to read its names or to look up names in it.
    package static func openDirectory(_ path: FilePath) throws(Errno) -> OwnedDescriptor {
        try open(path, options: .directory)
    }

    /// Opens a file without a name in a directory, for writing.
    ///
    /// The corresponding C function is `openat` with O_TMPFILE.
    package static func openUnnamed(
        in directory: FileDescriptor,
        permissions: CInterop.Mode
    ) throws(Errno) -> OwnedDescriptor {
        OwnedDescriptor(try SystemCall.value { linux_open_nameless(directory.rawValue, permissions) })
    }

    /// Opens a new file that disappears with its descriptor, to write and to read it.
    ///
    /// The corresponding C functions are `openat` with O_TMPFILE, and `mkstemp` and `unlink` where a file system has no such
    /// files.
    package static func openTemporary(in directory: FilePath) throws(Errno) -> OwnedDescriptor {
        let flags = O_RDWR | __O_TMPFILE | O_DIRECTORY | O_CLOEXEC
        let unnamed = directory.withPlatformString { Glibc.open($0, flags, 0o600) }
        if unnamed >= 0 { return OwnedDescriptor(unnamed) }
        var name = RawString(directory.appending(".train-fetch-XXXXXX")).bytes.map { CChar(bitPattern: $0) } + [0]
        let file = OwnedDescriptor(try SystemCall.value { mkstemp(&name) })
        _ = fcntl(file.rawValue, F_SETFD, FD_CLOEXEC)
        unlink(name)
        return file
    }

    /// Opens what gives no byte and takes all: null(4).
    package static func openNull() throws(Errno) -> OwnedDescriptor { try open(FilePath("/dev/null")) }

    /// Makes a second descriptor of what one stands for.
    ///
    /// The corresponding C function is `fcntl` with F_DUPFD_CLOEXEC.
    package init(duplicating descriptor: FileDescriptor) throws(Errno) {
        rawValue = try SystemCall.value { fcntl(descriptor.rawValue, F_DUPFD_CLOEXEC, 0) }
    }

    /// Closes it now and reports what close said: data may only then turn out to be lost (NFS, quota).
    ///
    /// The corresponding C function is `close`.
    package consuming func close() throws(Errno) {
        // Not made again after EINTR: on Linux the descriptor is gone then, and may already be somebody else's.
        guard Glibc.close(giveAway()) == 0 || errno == EINTR else { throw Errno(rawValue: errno) }
    }

    /// The number, which whoever takes it has to close.
    package consuming func giveAway() -> Int32 {
        let descriptor = rawValue
        discard self
        return descriptor
    }

    deinit {
        linux_close(rawValue)
    }
}

extension FileDescriptor {
    /// As many bytes as are put into a pipe together, or not at all: PIPE_BUF.
    package static var atomicWrite: Int { Int(PIPE_BUF) }

    /// Stands for the directory in which relative paths begin: AT_FDCWD.
    package static var workingDirectory: FileDescriptor { FileDescriptor(rawValue: AT_FDCWD) }
}

extension FileDescriptor.OpenOptions {
    /// Only stands for a place, so that nothing is opened and no permission to read is needed: O_PATH.
    package static var placeOnly: Self { Self(rawValue: linux_path_flag()) }

    /// A terminal does not become this process's own: O_NOCTTY.
    package static var noControllingTerminal: Self { Self(rawValue: O_NOCTTY) }
}
