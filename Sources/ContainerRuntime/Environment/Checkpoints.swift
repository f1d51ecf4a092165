public import SystemPackage

/// The checkpoints of a directory: saved whole or not at all, found again after a restart, never deleted while the platform
/// copies them.
///
/// - A checkpoint is a file or a directory, ordered by the last number in its name, since the time of a file that came back
///   from S3 is the time of the download; by time where a name has none.
/// - The platform copies the directory to S3 while the job runs. It leaves names that end with `.sagemaker-ignore` alone, and
///   lays `<file>.sagemaker-uploading` and `<file>.sagemaker-uploaded` beside a file.
/// - All hosts of a job share the prefix in S3: put the host into the name where each saves its own.
/// - The Python package's `Checkpoints` keeps the same rules.
public struct Checkpoints: Sendable {
    /// The directory, `SM_CHECKPOINT_DIR` of a job.
    public let directory: FilePath

    /// The ending of a name that the platform does not copy.
    static let ignored = ".sagemaker-ignore"
    /// The ending of the mark beside a file that is being copied.
    static let uploading = ".sagemaker-uploading"
    /// Lists the files of a checkpoint that is a directory, with their sizes: a restart may find only some of them in S3.
    static let manifest = ".complete.json"

    /// Makes it of a directory, which need not be there yet.
    public init(directory: FilePath) {
        self.directory = directory
    }

    /// Makes it of the directory of a job.
    public init(_ environment: TrainingEnvironment) {
        self.init(directory: environment.checkpointDirectory)
    }

    /// The paths of all complete checkpoints, the oldest first.
    public func all() -> [FilePath] {
        candidates().filter { Self.isComplete($0) }
    }

    /// The path of the newest complete checkpoint, or nil.
    public func newest() -> FilePath? {
        candidates().last { Self.isComplete($0) }
    }

    /// Saves a checkpoint: gives a path to write a file or a directory to, which gets its name once all of it is on the disk.
    ///
    /// What was there under the name before stays when writing fails.
    ///
    /// - Parameters:
    ///   - name: The name in the directory, such as `epoch-7.bin`.
    ///   - write: Writes to the path that it is given.
    /// - Returns: The path of the checkpoint.
    /// - Throws: What writing throws, or `Failure` with code `checkpointNameUnusable`, `checkpointMissing` or
    ///   `checkpointUnwritable`.
    @discardableResult
    public func save(_ name: String, _ write: (FilePath) throws -> Void) throws -> FilePath {
        guard Self.isUsable(name) else { throw Failure(.checkpointNameUnusable, name) }
        let final = directory.appending(name)
        // The ending comes last, which is what the platform looks at.
        let part = directory.appending(name + Self.ignored)
        try Failure.wrap(FileSystem.makeDirectories(directory), as: .checkpointUnwritable, directory)
        try Self.remove(part)
        do {
            try write(part)
            guard let status = try? FileStatus(link: part) else { throw Failure(.checkpointMissing, final.string) }
            if status.isDirectory { try CheckpointFiles.seal(part) }
            try put(part, final, isDirectory: status.isDirectory)
        } catch {
            try? Self.remove(part)
            throw error
        }
        return final
    }

    /// Deletes the oldest so that this many complete ones stay, and returns what it deleted.
    ///
    /// One that is on its way to S3 stays until the next time: deleting it would end the upload.
    ///
    /// - Parameter count: How many stay, at least 1.
    /// - Returns: The paths that are gone.
    /// - Throws: `Failure` with code `checkpointUnwritable`.
    @discardableResult
    public func keep(_ count: Int) throws(Failure) -> [FilePath] {
        var deleted: [FilePath] = []
        for path in all().dropLast(max(1, count)) where !Self.isUploading(path) {
            try Self.remove(path)
            deleted.append(path)
        }
        return deleted
    }

    private func put(_ part: FilePath, _ final: FilePath, isDirectory: Bool) throws(Failure) {
        do throws(Errno) {
            try FileSystem.sync(part)
            // A directory is replaced by none; the old one goes first, the new one is whole already.
            if let old = try? FileStatus(link: final), old.isDirectory { try FileSystem.removeTree(final) }
            try FileSystem.rename(part, to: final)
            try FileSystem.sync(directory)
        } catch {
            throw Failure(.checkpointUnwritable, final.string, error)
        }
    }

    private static func isUsable(_ name: String) -> Bool {
        !name.isEmpty && name != "." && name != ".." && !name.utf8.contains(0) && !name.utf8.contains(UInt8(ascii: "/"))
            && !name.contains(".sagemaker-")
    }

    private static func remove(_ path: FilePath) throws(Failure) {
        do throws(Errno) {
            try FileSystem.removeTree(path)
        } catch .noSuchFileOrDirectory, .notDirectory {
            return
        } catch {
            throw Failure(.checkpointUnwritable, path.string, error)
        }
    }
}
