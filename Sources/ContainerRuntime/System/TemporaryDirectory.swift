import CLinux
import Glibc
import SystemPackage

/// Private directories for what a job needs while it runs.
enum TemporaryDirectory {
    /// Makes a directory that only this user can look into.
    ///
    /// The corresponding C function is `mkdtemp`.
    static func make(below parent: FilePath, name: String) throws(Errno) -> FilePath {
        var template = parent.appending("\(name)-XXXXXX").withPlatformString { path in
            Array(UnsafeBufferPointer(start: path, count: strlen(path) + 1))
        }
        guard mkdtemp(&template) != nil else { throw Errno(rawValue: errno) }
        return FilePath(platformString: template)
    }

    /// Removes a directory of ours with all that is in it; links are removed, never followed.
    static func remove(_ directory: FilePath) throws(Errno) {
        try SystemCall.check(directory.withPlatformString { linux_remove_tree($0) })
    }
}
