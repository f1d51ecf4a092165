import Logging
import SystemPackage

/// What a tree needs to be `/opt/ml` in a container.
///
/// The image's user is another one than ours: the tree is everybody's, in a directory that only we can enter. Data is mounted and
/// not linked, since a link leads nowhere in a container.
extension LocalTree {
    /// Makes the places of the mounts, and opens the tree for every user.
    func prepareMounts() throws(Failure) {
        for channel in request.channels where channel.feed == nil {
            let place = paths.channel(channel.name)
            try directory(place, 0o755)
            if !channel.isDirectory { try emptyFile(place.appending(channel.nameOfFile)) }
        }
        if let checkpoints {
            try directory(paths.checkpoints, 0o755)
            if !FileSystem.exists(checkpoints) {
                try Failure.wrap(FileSystem.makeDirectories(checkpoints), as: .directoryUnavailable, checkpoints)
                Self.change(checkpoints, 0o777)
            }
        }
        Self.open(paths.base)
    }

    /// What a container leaves belongs to the users in it.
    func takeBack() {
        guard let container, CurrentProcess.user != 0, hasStrangers else { return }
        // A rootless engine has other numbers inside than we see.
        if !container.giveBack(self, to: "\(CurrentProcess.user):\(CurrentProcess.group)") || hasStrangers {
            log.warning(
                "\(paths.base): what other users wrote there could not be given to you; only root can remove it"
            )
        }
    }

    private var hasStrangers: Bool {
        Self.hasStrangers(paths.base) || (makesCheckpoints && checkpoints.map(Self.hasStrangers) == true)
    }

    /// Moves a tree that is kept to its place.
    func settle() {
        guard container != nil else { return }
        let (old, new) = (paths.base, results.appending(Self.name))
        Self.change(old, 0o700)
        do { try FileSystem.rename(old, to: new) } catch {
            return log.warning("\(old): cannot be moved to \(new): \(error)")
        }
        try? FileSystem.removeDirectory(old.removingLastComponent())
    }

    private func emptyFile(_ path: FilePath) throws(Failure) {
        try Failure.wrap(SmallFile.write([], to: path, isDurable: false), as: .outcomeUnwritable, path)
    }

    /// Changes modes as `chmod a+rwX` does, downwards; links stay as they are.
    ///
    /// Nobody else can have put something there yet.
    private static func open(_ path: FilePath) {
        guard let status = try? FileStatus(link: path), !status.isLink else { return }
        let runs = status.isDirectory || status.permissions & 0o111 != 0
        change(path, status.permissions | (runs ? 0o777 : 0o666))
        guard status.isDirectory else { return }
        for name in entries(path) { open(path.appending(name)) }
    }

    /// Whether something below is another user's.
    private static func hasStrangers(_ path: FilePath) -> Bool {
        guard let status = try? FileStatus(link: path) else { return false }
        if status.owner != CurrentProcess.user { return true }
        return status.isDirectory && entries(path).contains { hasStrangers(path.appending($0)) }
    }

    /// What is in a directory, or nothing where it cannot be read.
    private static func entries(_ path: FilePath) -> [FilePath.Component] {
        (try? DirectoryListing.components(path)) ?? []
    }

    private static func change(_ path: FilePath, _ mode: CInterop.Mode) {
        do { try FileSystem.setPermissions(mode, of: path) } catch {
            log.warning("\(path): its mode cannot be changed: \(error)")
        }
    }
}
