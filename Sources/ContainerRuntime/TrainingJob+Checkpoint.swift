import Logging
public import SystemPackage

extension TrainingJob {
    /// How long the newest checkpoint is looked for, in seconds.
    private static let checkpointPatience = 60

    /// Looks for the newest whole checkpoint, once, in a process of its own: the tree may be of any size and on any mount, and
    /// the lists in it are anybody's.
    func findCheckpoint(_ environment: inout TrainingEnvironment, _ ending: inout JobEnding) throws(JobFailure) {
        let directory = environment.checkpointDirectory
        environment.latestCheckpoint = .some(nil)
        let isFar = MountTable.current().mayHang(directory)
        guard isFar || DirectoryListing.count(directory, atMost: 1) > 0 else { return }
        let file: FilePath
        do throws(Failure) {
            file = try ending.privateDirectory().appending("newest-checkpoint")
        } catch {
            throw .fault(error)
        }
        let words = ["train", "newest", directory.string, file.string, "--seconds", String(Self.checkpointPatience)]
        let step = Step(
            name: "search for the newest checkpoint",
            executable: helper,
            arguments: words.compactMap { RawString($0) },
            environment: helperEnvironment
        )
        let report = try supervise(step, SupervisionPolicy(grace: settings.gracePeriod), .readErrors)
        guard report.isSuccess, let bytes = try? readFile(file, limit: 1 << 16) else {
            if report.stop == nil {
                let reason = EndingWords.line(report.ending) ?? "it told none"
                log.warning("\(directory): SM_LATEST_CHECKPOINT is not set, the search for it failed: \(reason)")
            }
            return
        }
        let path = String(decoding: bytes, as: UTF8.self)
        if !path.isEmpty { environment.latestCheckpoint = FilePath(path) }
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
        CurrentProcess.setAlarm(seconds: seconds)
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
