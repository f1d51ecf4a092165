import Glibc
package import SystemPackage

extension FileSystem {
    /// Makes a directory.
    ///
    /// The corresponding C function is `mkdirat`.
    package static func makeDirectory(
        _ path: some PlatformPath,
        permissions: CInterop.Mode = 0o777,
        in directory: FileDescriptor = .workingDirectory
    ) throws(Errno) {
        try SystemCall.value { path.withPlatformString { mkdirat(directory.rawValue, $0, permissions) } }
    }

    /// Makes a directory and those above it; one that is there is no error.
    package static func makeDirectories(_ path: FilePath, permissions: CInterop.Mode = 0o755) throws(Errno) {
        let parent = path.removingLastComponent()
        if path.isEmpty { return }
        do throws(Errno) {
            try makeDirectory(path, permissions: permissions)
        } catch .noSuchFileOrDirectory where parent != path && !parent.isEmpty {
            try makeDirectories(parent, permissions: permissions)
            do { try makeDirectory(path, permissions: permissions) } catch .fileExists where isDirectory(path) {}
        } catch {
            // Of what exists some kernels say on a read-only file system that it is one.
            guard isDirectory(path) else { throw error }
        }
    }

    /// Makes a symbolic link.
    ///
    /// The corresponding C function is `symlinkat`.
    package static func makeSymbolicLink(
        _ path: some PlatformPath,
        to target: some PlatformPath,
        in directory: FileDescriptor = .workingDirectory
    ) throws(Errno) {
        try SystemCall.value {
            target.withPlatformString { text in
                path.withPlatformString { symlinkat(text, directory.rawValue, $0) }
            }
        }
    }

    /// Gives a file a second name.
    ///
    /// The corresponding C function is `linkat`.
    package static func makeLink(
        _ path: some PlatformPath,
        in directory: FileDescriptor = .workingDirectory,
        to target: some PlatformPath,
        in targetDirectory: FileDescriptor = .workingDirectory,
        followsLinks: Bool = false
    ) throws(Errno) {
        let flags = followsLinks ? AT_SYMLINK_FOLLOW : 0
        try SystemCall.value {
            target.withPlatformString { target in
                path.withPlatformString { linkat(targetDirectory.rawValue, target, directory.rawValue, $0, flags) }
            }
        }
    }

    /// Makes a FIFO.
    ///
    /// The corresponding C function is `mkfifo`.
    package static func makePipe(_ path: FilePath, permissions: CInterop.Mode) throws(Errno) {
        try SystemCall.value { path.withPlatformString { mkfifo($0, permissions) } }
    }
}
