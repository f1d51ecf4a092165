import Glibc
package import SystemPackage

/// Private directories for what a job needs while it runs.
package enum TemporaryDirectory {
    /// Makes a directory that only this user can look into.
    ///
    /// The corresponding C function is `mkdtemp`.
    package static func make(below parent: FilePath, name: String) throws(Errno) -> FilePath {
        var template = RawString(parent.appending("\(name)-XXXXXX")).bytes.map { CChar(bitPattern: $0) } + [0]
        guard mkdtemp(&template) != nil else { throw Errno(rawValue: errno) }
        return FilePath(platformString: template)
    }

    /// Removes a directory of ours with all that is in it; links are removed, never followed.
    package static func remove(_ directory: FilePath) throws(Errno) { try FileSystem.removeTree(directory) }
}
