import SystemPackage

#if canImport(Glibc)
import Glibc
#endif

/// Which staging directory is somebody's, and which one nobody's any more: flock(2), which ends with the process.
extension StagingDirectory {
    private static let flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC

    /// Makes a directory of a new name and locks it.
    static func make(in parent: FilePath) throws(Errno) -> (path: FilePath, descriptor: Int32) {
        for _ in 0..<100 {
            let path = parent.appending("\(prefix)\(getpid())-\(UInt32.random(in: 0...(.max)))")
            try SystemCall.value { path.withPlatformString { mkdir($0, 0o777) } }
            do throws(Errno) {
                if let descriptor = try lock(path) { return (path, descriptor) }
            } catch {
                _ = path.withPlatformString { rmdir($0) }
                throw error
            }
        }
        throw .resourceBusy
    }

    /// Locks a directory that was just made; nothing where another fetch took it for a leftover in between.
    private static func lock(_ path: FilePath) throws(Errno) -> Int32? {
        let descriptor: Int32
        do {
            descriptor = try SystemCall.value { path.withPlatformString { open($0, flags) } }
        } catch .noSuchFileOrDirectory { return nil }
        // Some network file systems have no locks; leftovers stay there, and nothing else is lost.
        let isTaken = flock(descriptor, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK
        if !isTaken, let named = try? FileStatus(link: path), let own = try? FileStatus(descriptor: descriptor),
            named.isSame(as: own)
        {
            return descriptor
        }
        _ = close(descriptor)
        return nil
    }

    /// Removes what earlier fetches of this user had to leave behind, and gives back the names that stay: all others, and
    /// the directory that a running fetch fills.
    static func removeLeftovers(in directory: FilePath, _ names: [FilePath.Component]) -> [FilePath.Component] {
        names.filter { name in
            guard name.string.hasPrefix(prefix) else { return true }
            let path = directory.appending(name)
            let descriptor = path.withPlatformString { open($0, flags) }
            guard descriptor >= 0 else { return true }
            defer { _ = close(descriptor) }
            guard let status = try? FileStatus(descriptor: descriptor), status.raw.st_uid == geteuid(),
                flock(descriptor, LOCK_EX | LOCK_NB) == 0
            else { return true }
            Tree.remove(path)
            return (try? FileStatus(link: path)) != nil
        }
    }
}
