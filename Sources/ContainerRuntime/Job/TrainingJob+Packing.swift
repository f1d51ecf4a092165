import Logging
import SystemPackage

/// The steps of the archives: the model and the output data are packed by processes of their own.
extension TrainingJob {
    // MARK: 7. Model archive

    /// Packs the model directory, where that is ours to do.
    func packModel(_ context: JobContext) throws(JobFailure) {
        guard settings.packs else { return }
        try context.require(packStep(paths.model, paths.modelArchive, context), packPolicy, as: .packing)
    }

    /// Removes the archive of a job that failed after it was made.
    func withdrawModel() {
        guard settings.packs else { return }
        do throws(Errno) {
            try SmallFile.remove(paths.modelArchive)
        } catch {
            log.error("\(paths.modelArchive): cannot be removed, it is of a job that failed: \(error)")
        }
    }

    /// Packs the output data, also of a failed job; a fault here changes nothing but a line in the log.
    func packOutputData(_ context: JobContext) {
        guard settings.packs, DirectoryListing.holdsSomething(paths.outputData) else { return }
        let step = packStep(paths.outputData, paths.outputArchive, context)
        do throws(JobFailure) {
            let report = try context.supervise(step, packPolicy)
            guard !report.isSuccess else { return }
            log.error("\(paths.outputArchive): not made: \(EndingWords.line(report.ending) ?? "it was not begun")")
        } catch {
            log.error("\(paths.outputArchive): not made: \(error)")
        }
    }

    private var packPolicy: SupervisionPolicy { SupervisionPolicy(grace: settings.gracePeriod, onStop: .finish) }

    private func packStep(_ directory: FilePath, _ archive: FilePath, _ context: JobContext) -> Step {
        let name = archive.lastComponent?.string ?? ""
        let summary = settings.report == .none ? nil : context.privateFile("\(name).json")
        if let summary { context.record.archives.append(RunRecord.Archive(path: archive, summary: summary)) }
        let task = HelperTask.pack(directory, to: archive, summary: summary)
        var step = helperStep("pack \(name)", task, note: context.privateFile("\(name)-failure.json"))
        step.shown = "train pack \(directory) \(archive)\(summary.map { " --summary \($0)" } ?? "")"
        return step
    }
}
