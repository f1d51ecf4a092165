public import SystemPackage

#if canImport(Glibc)
import Glibc
#endif

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
    ///   - path: The value of PATH; an empty entry is the working directory, as POSIX has it.
    /// - Returns: Where the search ended.
    public static func find(_ name: RawString, path: RawString?) -> Result {
        guard !name.bytes.isEmpty else { return .missing }
        if name.bytes.contains(UInt8(ascii: "/")) { return look(at: FilePath(name)) }
        var unusable: Result?
        // The default of execvp(3), which is that of confstr(3)'s _CS_PATH.
        let places = path ?? "/bin:/usr/bin"
        for directory in places.bytes.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false) {
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
        return isAccessible(path, X_OK) ? .found(path) : .unusable(path, .permissionDenied)
    }
}
