import Logging
import SystemPackage

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
        let task = HelperTask.newest(in: directory, file: file, seconds: Self.checkpointPatience)
        let report = try context.supervise(helperStep("search for the newest checkpoint", task))
        guard report.isSuccess, let bytes = try? readFile(file, limit: 1 << 16) else {
            if report.stop == nil {
                let reason = EndingWords.line(report.ending) ?? "it told none"
                log.warning("\(directory): SM_LATEST_CHECKPOINT is not set, the search for it failed: \(reason)")
            }
            return environment
        }
        if let path = RawString(bytes: bytes), !bytes.isEmpty { environment.latestCheckpoint = FilePath(path) }
        return environment
    }
}

extension Checkpoints {
    /// Writes the path of the newest whole checkpoint to a file; nothing where there is none.
    func writeNewest(to file: FilePath) throws(Failure) {
        do throws(Errno) {
            try SmallFile.write(newest().map { RawString($0).bytes } ?? [], to: file, mode: 0o600)
        } catch {
            throw Failure(.outcomeUnwritable, file.string, error)
        }
    }
}
