import SystemPackage

/// Which staging directory is somebody's, and which one nobody's any more: flock(2), which ends with the process.
extension StagingDirectory {
    /// A directory of a new name, open and locked.
    struct Place: ~Copyable {
        let path: FilePath
        let directory: OwnedDescriptor

        /// Makes the directory.
        init(in parent: FilePath) throws(Errno) {
            for _ in 0..<100 {
                let path = parent.appending("\(prefix)\(CurrentProcess.id)-\(UInt32.random(in: 0...(.max)))")
                try FileSystem.makeDirectory(path)
                do throws(Errno) {
                    guard let directory = try Self.lock(path) else { continue }
                    self.path = path
                    self.directory = directory
                    return
                } catch {
                    try? FileSystem.removeDirectory(path)
                    throw error
                }
            }
            throw .resourceBusy
        }

        /// Locks a directory that was just made; nothing where another fetch took it for a leftover in between.
        private static func lock(_ path: FilePath) throws(Errno) -> OwnedDescriptor? {
            let directory: OwnedDescriptor
            do { directory = try open(path) } catch .noSuchFileOrDirectory { return nil }
            // Some network file systems have no locks; leftovers stay there, and nothing else is lost.
            let isTaken = (try? directory.tryLock()) == false
            guard !isTaken, let named = try? FileStatus(link: path),
                let own = try? directory.status(), named.isSame(as: own)
            else { return nil }
            return directory
        }
    }

    private static func open(_ path: FilePath) throws(Errno) -> OwnedDescriptor {
        try OwnedDescriptor.open(path, options: [.directory, .noFollow])
    }

    /// Removes what earlier fetches of this user had to leave behind, and gives back the names that stay: all others, and
    /// the directory that a running fetch fills.
    static func removeLeftovers(in directory: FilePath, _ names: [FilePath.Component]) -> [FilePath.Component] {
        names.filter { name in
            let path = directory.appending(name)
            guard name.string.hasPrefix(prefix), let leftover = try? open(path),
                let status = try? leftover.status(), status.owner == CurrentProcess.user,
                (try? leftover.tryLock()) == true
            else { return true }
            try? FileSystem.removeTree(path)
            return FileSystem.isTaken(path)
        }
    }
}
