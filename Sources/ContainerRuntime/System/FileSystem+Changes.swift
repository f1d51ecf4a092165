import Glibc
package import SystemPackage

extension FileSystem {
    /// Gives what is under one name another one, in place of what had it.
    ///
    /// The corresponding C function is `rename`.
    package static func rename(_ old: FilePath, to new: FilePath) throws(Errno) {
        try SystemCall.value { old.withPlatformString { old in new.withPlatformString { Glibc.rename(old, $0) } } }
    }

    /// Sets permission bits, as they are; links are followed.
    ///
    /// The corresponding C function is `chmod`.
    package static func setPermissions(_ mode: CInterop.Mode, of path: FilePath) throws(Errno) {
        try SystemCall.value { path.withPlatformString { chmod($0, mode) } }
    }

    /// Writes a file, or the names in a directory, to the disk.
    package static func sync(_ path: FilePath) throws(Errno) {
        let descriptor = try OwnedDescriptor.open(path, options: .nonBlocking)
        try descriptor.syncNames()
        try descriptor.close()
    }

    // MARK: Removing

    /// Removes a name that is no directory's.
    ///
    /// The corresponding C function is `unlinkat`.
    package static func removeFile(
        _ path: some PlatformPath,
        in directory: FileDescriptor = .workingDirectory
    ) throws(Errno) {
        try SystemCall.value { path.withPlatformString { unlinkat(directory.rawValue, $0, 0) } }
    }

    /// Removes a directory that is empty.
    ///
    /// The corresponding C function is `unlinkat` with AT_REMOVEDIR.
    package static func removeDirectory(
        _ path: some PlatformPath,
        in directory: FileDescriptor = .workingDirectory
    ) throws(Errno) {
        try SystemCall.value { path.withPlatformString { unlinkat(directory.rawValue, $0, AT_REMOVEDIR) } }
    }

    /// Removes a file, or a directory with all that is in it, as far as that goes; links are removed, never followed.
    ///
    /// - Throws: The first error; what could be removed is gone all the same.
    package static func removeTree(
        _ path: some PlatformPath,
        in directory: FileDescriptor = .workingDirectory
    ) throws(Errno) {
        do { return try removeFile(path, in: directory) } catch .isDirectory {}
        var problem: Errno?
        do throws(Errno) {
            let options: FileDescriptor.OpenOptions = [.directory, .noFollow]
            var names = try DirectoryStream(OwnedDescriptor.open(path, options: options, in: directory))
            while let name = try names.next() {
                do { try removeTree(name, in: names.descriptor) } catch { problem = problem ?? error }
            }
        } catch {
            problem = problem ?? error
        }
        do { try removeDirectory(path, in: directory) } catch { throw problem ?? error }
    }
}
