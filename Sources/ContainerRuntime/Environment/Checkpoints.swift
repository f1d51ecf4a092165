public import SystemPackage

/// The checkpoints of a directory: saved whole or not at all, found again after a restart, never deleted while the platform
/// copies them.
///
/// - A checkpoint is a file or a directory, ordered by the last number in its name, since the time of a file that came back
///   from S3 is the time of the download; by time where a name has none.
/// - The platform copies the directory to S3 while the job runs. It leaves names that end with `.sagemaker-ignore` alone, and
///   lays `<file>.sagemaker-uploading` and `<file>.sagemaker-uploaded` beside a file.
/// - All hosts of a job share the prefix in S3: put the host into the name where each saves its own.
/// - `save` leaves a record beside each checkpoint, `.train-save-NAME.json`, and `keep` deletes nothing without one. Each
///   host, and each rank of a distributed program, has records of its own.
/// - The Python package's `Checkpoints` keeps the same rules.
public struct Checkpoints: Sendable {
    /// The directory, `SM_CHECKPOINT_DIR` of a job.
    public let directory: FilePath
    /// What this host and rank saved there.
    let records: CheckpointRecords

    /// The ending of a name that the platform does not copy.
    static let ignored = ".sagemaker-ignore"
    /// The ending of the mark beside a file that is being copied.
    static let uploading = ".sagemaker-uploading"
    /// The ending of the mark beside a file that has been copied.
    static let uploaded = ".sagemaker-uploaded"
    /// Lists the files of a checkpoint that is a directory, with their sizes: a restart may find only some of them in S3.
    static let manifest = ".complete.json"

    /// Makes it of a directory, which need not be there yet.
    public init(directory: FilePath) {
        self.init(directory: directory, CheckpointRecords(directory))
    }

    /// Makes it of the directory of a job.
    public init(_ environment: TrainingEnvironment) {
        let directory = environment.checkpointDirectory
        self.init(directory: directory, CheckpointRecords(directory, host: environment.currentHost))
    }

    init(directory: FilePath, _ records: CheckpointRecords) {
        self.directory = directory
        self.records = records
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
            // What has the name from here on is not what is on record. Killed before the new record: it is just kept.
            try records.remove(name)
            try put(part, final)
            records.add(name, status)
        } catch {
            try? Self.remove(part)
            throw error
        }
        return final
    }

    private func put(_ part: FilePath, _ final: FilePath) throws(Failure) {
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

    static func isUsable(_ name: String) -> Bool {
        !name.isEmpty && name != "." && name != ".." && !name.utf8.contains(0) && !name.utf8.contains(UInt8(ascii: "/"))
            && !name.contains(".sagemaker-")
    }

    static func remove(_ path: FilePath) throws(Failure) {
        do throws(Errno) {
            try FileSystem.removeTree(path)
        } catch .noSuchFileOrDirectory, .notDirectory {
            return
        } catch {
            throw Failure(.checkpointUnwritable, path.string, error)
        }
    }
}
