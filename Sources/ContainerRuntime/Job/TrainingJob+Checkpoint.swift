import Logging
public import SystemPackage

#if canImport(Glibc)
import Glibc
#endif

extension TrainingJob {
    /// How long the newest checkpoint is looked for, in seconds.
    private static let checkpointPatience = 60

    /// Looks for the newest whole checkpoint, once, in a process of its own: the tree may be of any size and on any mount, and
    /// the lists in it are anybody's.
    ///
    /// - Returns: The facts with it, or with the word that there is none.
    func findCheckpoint(
        _ environment: TrainingEnvironment,
        _ context: JobContext
    ) throws(JobFailure) -> TrainingEnvironment {
        var environment = environment
        environment.latestCheckpoint = .some(nil)
        let directory = environment.checkpointDirectory
        let isFar = MountTable.current().mayHang(directory)
        guard isFar || DirectoryListing.count(directory, atMost: 1) > 0 else { return environment }
        let file = try asFault(context.privateDirectory).appending("newest-checkpoint")
        let words = ["train", "newest", directory.string, file.string, "--seconds", String(Self.checkpointPatience)]
        let step = Step(
            name: "search for the newest checkpoint",
            executable: helper,
            arguments: words.compactMap { RawString($0) },
            environment: helperEnvironment
        )
        let report = try context.supervise(step)
        guard report.isSuccess, let bytes = try? readFile(file, limit: 1 << 16) else {
            if report.stop == nil {
                let reason = EndingWords.line(report.ending) ?? "it told none"
                log.warning("\(directory): SM_LATEST_CHECKPOINT is not set, the search for it failed: \(reason)")
            }
            return environment
        }
        let path = String(decoding: bytes, as: UTF8.self)
        if !path.isEmpty { environment.latestCheckpoint = FilePath(path) }
        return environment
    }
}

/// The step that looks for the newest checkpoint.
public enum CheckpointSearch {
    /// Writes the path of the newest whole checkpoint of a directory to a file; nothing where there is none.
    ///
    /// - Parameters:
    ///   - directory: The directory of the checkpoints.
    ///   - file: What is written.
    ///   - seconds: After how long the process ends by SIGALRM: alarm(2).
    /// - Returns: 0, or 1 where the file cannot be written.
    public static func run(directory: FilePath, file: FilePath, seconds: Int) -> ExitStatus {
        alarm(UInt32(clamping: seconds))
        let newest = Checkpoints(directory: directory).newest()?.string ?? ""
        do throws(Errno) {
            try SmallFile.write(Array(newest.utf8), to: file, mode: 0o600)
        } catch {
            log.error("\(file): cannot be written: \(error)")
            return .failure
        }
        return .success
    }
}
