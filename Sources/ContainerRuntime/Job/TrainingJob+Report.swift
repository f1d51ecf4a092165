import Logging
import SystemPackage

/// The record of the run: gathered beside the job, written at its end, never its business.
extension TrainingJob {
    /// Starts what digests the code and counts the channels, beside everything that follows.
    func beginRecord(_ context: JobContext) {
        guard settings.report != .none else { return }
        do throws(Failure) {
            let file = try context.privateDirectory().appending("facts.json")
            let step = helperStep("record of the run", .record(paths.base, moment: WallTime.ofFiles, file: file))
            context.record.facts = (file, try context.supervisor.startCompanion(step, isVital: false))
        } catch {
            log.warning("the report will not tell of the code: \(error)")
        }
    }

    /// Writes the report, and its page where one is asked for; whatever goes wrong is a warning.
    func writeReport(_ verdict: Verdict, _ context: JobContext) {
        guard settings.report != .none else { return }
        readFacts(context)
        let file = place(in: settings.report == .data ? paths.outputData : paths.output, context)
        let object = context.record.object(verdict, context.mask, warnings: RuntimeLog.shared.warnings)
        do throws(Errno) {
            // The file of the outcome, which comes last, is what has to outlive the machine.
            try SmallFile.write(JSONWriter.bytes(.object(object)) + [0x0a], to: file, isDurable: false)
        } catch {
            return log.warning("\(file): the report cannot be written: \(error)")
        }
        context.record.file = file
        if settings.report != .json { makePage(file, context) }
    }

    /// The report's file; a program's own of that name is left alone.
    private func place(in directory: FilePath, _ context: JobContext) -> FilePath {
        if let file = context.record.file { return file }
        let file = directory.appending("report.json")
        let begin = context.record.started.milliseconds * 1_000_000
        guard let status = try? FileStatus(link: file), status.isWritten(after: begin) else { return file }
        let other = directory.appending("train-report.json")
        log.warning("\(file): the program wrote it, and it is kept; the report is \(other)")
        return other
    }

    private func makePage(_ file: FilePath, _ context: JobContext) {
        let step = helperStep("report page", .report(file, seconds: 60))
        // A page is not worth the time that a stop leaves for the archive.
        let policy = SupervisionPolicy(grace: settings.gracePeriod, onStop: .end)
        do throws(JobFailure) {
            let report = try context.supervise(step, policy)
            if report.isSuccess { return }
            log.warning("the page of the report was not made: \(EndingWords.line(report.ending) ?? "it was not begun")")
        } catch {
            log.warning("the page of the report was not made: \(error)")
        }
    }

    /// Reads what the companion has found out; one that is still at it gets half a second more.
    private func readFacts(_ context: JobContext) {
        guard let (file, companion) = context.record.facts else { return }
        let supervisor = context.supervisor
        context.record.facts = nil
        if !supervisor.wait(for: companion, atMost: supervisor.stopCause == nil ? .milliseconds(500) : .zero) {
            companion.identity.sendToGroup(.kill)
            _ = supervisor.wait(for: companion, atMost: .seconds(1))
        }
        guard let bytes = try? readFile(file, limit: 1 << 24), let object = try? JSONReader.read(bytes).object else {
            return
        }
        context.record.found = object
    }
}
