package import SystemPackage

/// Writes a small file whole or not at all.
///
/// A temporary file in the same directory is written, synced and renamed, and then the directory is synced: whoever looks
/// sees the old state or the new one, also after a power failure. An error of fsync is final; made again it would answer
/// success for pages that are gone: https://wiki.postgresql.org/wiki/Fsync_Errors.
package enum SmallFile {
    /// What the temporary files' names begin with.
    static let prefix = ".train-tmp-"

    /// Writes the file; one that need not outlive a power failure costs no wait for the disk.
    package static func write(
        _ bytes: [UInt8],
        to path: FilePath,
        mode: CInterop.Mode = 0o644,
        isDurable: Bool = true
    ) throws(Errno) {
        let directory = path.removingLastComponent()
        let name = "\(prefix)\(path.lastComponent?.string ?? "file")-\(CurrentProcess.id)"
        let temporary = directory.appending(name)
        let file = try OwnedDescriptor.open(
            temporary,
            .writeOnly,
            // Not O_EXCL alone: what an earlier run with our pid left must not keep us from writing. Not to wait where a FIFO
            // has the name.
            options: [.create, .truncate, .noFollow, .nonBlocking, .noControllingTerminal],
            permissions: mode
        )
        do throws(Errno) {
            try file.writeAll(bytes)
            if isDurable { try file.sync() }
            try file.close()
            try FileSystem.rename(temporary, to: path)
        } catch {
            try? FileSystem.removeFile(temporary)
            throw error
        }
        if isDurable { try FileSystem.sync(directory) }
    }

    /// Removes a file; one that is not there is no error.
    package static func remove(_ path: FilePath) throws(Errno) {
        do { try FileSystem.removeFile(path) } catch .noSuchFileOrDirectory, .notDirectory {}
    }
}
