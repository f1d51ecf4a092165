import CLinux
import Logging
import SystemPackage

#if canImport(Glibc)
import Glibc
#endif

/// Private directories for what a job needs while it runs.
enum TemporaryDirectory {
    /// Makes a directory that only this user can look into.
    ///
    /// The corresponding C function is `mkdtemp`.
    static func make(below parent: FilePath, name: String) throws(Errno) -> FilePath {
        var template = parent.appending("\(name)-XXXXXX").withPlatformString { path in
            Array(UnsafeBufferPointer(start: path, count: strlen(path) + 1))
        }
        let made = template.withUnsafeMutableBufferPointer { buffer in
            buffer.baseAddress.map { mkdtemp($0) != nil } ?? false
        }
        guard made else { throw Errno(rawValue: errno) }
        return FilePath(platformString: template)
    }

    /// Removes a directory of ours with all that is in it; links are removed, never followed.
    static func remove(_ directory: FilePath) {
        let error = directory.withPlatformString { linux_remove_tree($0) }
        if error != 0 { log.debug("\(directory): cannot be removed: \(Errno(rawValue: error))") }
    }
}
