import Logging
import SystemPackage

/// The record of the run: gathered beside the job, written at its end, never its business.
extension TrainingJob {
    /// When the report is written: before the output data is packed, where it is to be packed with it, else at last.
    enum ReportMoment {
        case beforeOutputArchive
        case atLast
    }

    /// Starts what digests the code and counts the channels, beside everything that follows.
    func beginRecord(_ ending: inout JobEnding) {
        guard settings.report != .none else { return }
        do throws(Failure) {
            let file = try ending.privateDirectory().appending("facts.json")
            let step = helperStep("record of the run", .record(paths.base, moment: WallTime.ofFiles, file: file))
            record.facts = (file, try supervisor.startCompanion(step, isVital: false))
        } catch {
            log.warning("the report will not tell of the code: \(error)")
        }
    }

    /// Writes the report, and its page where one is asked for; whatever goes wrong is a warning.
    func writeReport(_ verdict: Verdict, _ ending: JobEnding, _ moment: ReportMoment) {
        let directory: FilePath
        switch (settings.report, moment) {
        case (.json, .atLast), (.output, .atLast): directory = paths.output
        case (.data, .beforeOutputArchive): directory = paths.outputData
        case (.none, _), (.json, _), (.output, _), (.data, _): return
        }
        readFacts()
        let file = place(in: directory)
        let object = record.object(verdict, ending.mask, warnings: RuntimeLog.shared.warnings)
        do throws(Errno) {
            // The file of the outcome, which comes last, is what has to outlive the machine.
            try SmallFile.write(JSONWriter.bytes(.object(object)) + [0x0a], to: file, isDurable: false)
        } catch {
            return log.warning("\(file): the report cannot be written: \(error)")
        }
        if settings.report != .json { makePage(file) }
    }

    /// The report's file; a program's own of that name is left alone.
    private func place(in directory: FilePath) -> FilePath {
        let file = directory.appending("report.json")
        let begin = record.started.milliseconds * 1_000_000
        guard let status = try? FileStatus(link: file), status.isWritten(after: begin) else { return file }
        let other = directory.appending("train-report.json")
        log.warning("\(file): the program wrote it, and it is kept; the report is \(other)")
        return other
    }

    private func makePage(_ file: FilePath) {
        let step = helperStep("report page", .report(file, seconds: 60))
        // A page is not worth the time that a stop leaves for the archive.
        let policy = SupervisionPolicy(grace: settings.gracePeriod, onStop: .end)
        do throws(JobFailure) {
            let report = try supervise(step, policy, .readErrors)
            if report.isSuccess { return }
            log.warning("the page of the report was not made: \(EndingWords.line(report.ending) ?? "it was not begun")")
        } catch {
            log.warning("the page of the report was not made: \(error)")
        }
    }

    /// Reads what the companion has found out; one that is still at it gets half a second more.
    private func readFacts() {
        guard let (file, companion) = record.facts else { return }
        record.facts = nil
        if !supervisor.wait(for: companion, atMost: supervisor.stopCause == nil ? .milliseconds(500) : .zero) {
            companion.identity.sendToGroup(.kill)
            _ = supervisor.wait(for: companion, atMost: .seconds(1))
        }
        guard let bytes = try? readFile(file, limit: 1 << 24), let object = try? JSONReader.read(bytes).object else {
            return
        }
        record.found = object
    }
}
