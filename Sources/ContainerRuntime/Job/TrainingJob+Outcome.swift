import Logging
import SystemPackage

/// How the end of a job is told: a file, and the last lines of the log in the same words.
extension TrainingJob {
    /// Writes the file of the outcome, and tells the log.
    ///
    /// A success that cannot be written is none: the archive goes, and the job has failed.
    func conclude(_ verdict: Verdict, _ context: JobContext) -> ExitStatus {
        // The file before the log, whose reader may take nothing any more.
        let files = OutcomeFiles(paths: paths)
        let written = Result { () throws(Failure) in
            if let report = verdict.report { try files.writeFailure(report.text) } else { try files.writeSuccess() }
        }
        switch (verdict.report, written) {
        case (nil, .success):
            log.info("job ended with success")
        case (nil, .failure(let error)):
            withdrawModel()
            let failed = context.verdict(of: .fault(error))
            writeReport(failed, context)
            return conclude(failed, context)
        case (let report?, _):
            let shown = report.text.split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: false).first ?? ""
            log.error("job failed, exit status \(verdict.status.rawValue): \(shown)")
            if case .failure(let error) = written {
                // The failure that could not be written is then at least in the log, whole.
                log.error("\(error); it would have said:\n\(report.text)")
            }
        }
        context.removeTemporaryFiles()
        return verdict.status
    }
}
