public import SystemPackage

/// Finds the file of a command as execvp(3) does: a name with a slash is a path, any other is looked for on PATH.
public enum ExecutableSearch {
    /// Where the search ended.
    public enum Result: Hashable, Sendable {
        /// An executable file.
        case found(FilePath)
        /// A file that is there and cannot be executed, and why.
        case unusable(FilePath, Errno)
        /// Nothing of that name.
        case missing
    }

    /// Looks for a command.
    ///
    /// - Parameters:
    ///   - name: The command as it was given.
    ///   - path: The value of PATH, or nil where it is not set; an empty entry is the working directory, as POSIX has it.
    /// - Returns: Where the search ended.
    public static func find(_ name: RawString, path: RawString?) -> Result {
        guard !name.bytes.isEmpty else { return .missing }
        if name.bytes.contains(UInt8(ascii: "/")) { return look(at: FilePath(name)) }
        var unusable: Result?
        for directory in (path ?? defaultPath).bytes.split(
            separator: UInt8(ascii: ":"),
            omittingEmptySubsequences: false
        ) {
            let place = FilePath(RawString(unchecked: directory.isEmpty ? [UInt8(ascii: ".")] : Array(directory)))
            let result = look(at: place.appending(FilePath(name).components))
            switch result {
            case .found: return result
            case .unusable: unusable = unusable ?? result
            case .missing: continue
            }
        }
        return unusable ?? .missing
    }

    /// What a container engine sets where an image says nothing.
    ///
    /// Source: https://docs.docker.com/engine/containers/run/#environment-variables
    private static let defaultPath: RawString = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

    /// The file of a command, or nil where there is none that can be executed.
    static func file(_ name: RawString, path: RawString?) -> FilePath? {
        guard case .found(let file) = find(name, path: path) else { return nil }
        return file
    }

    private static func look(at path: FilePath) -> Result {
        let status: FileStatus
        do throws(Errno) {
            status = try FileStatus(path)
        } catch .noSuchFileOrDirectory, .notDirectory {
            return .missing
        } catch {
            return .unusable(path, error)
        }
        if status.isDirectory { return .unusable(path, .isDirectory) }
        return FileSystem.isAccessible(path, .execute) ? .found(path) : .unusable(path, .permissionDenied)
    }
}
