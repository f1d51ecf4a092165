/// The one table from the way in which a program ended to the status that `train` ends with.
///
/// | ending | status |
/// |---|---|
/// | exit n | n |
/// | signal s | 128 + s |
/// | a limit fired | the program's, 124 if that is 0 |
/// | stopped before it began | 128 + the signal, 124 for a limit |
public enum EndingTable {
    /// The status for a program's ending.
    public static func status(of report: StepReport) -> ExitStatus {
        switch report.stop {
        case .runTime, .silence: report.status == .success ? .timeout : report.status
        case .signal, .companion, nil: report.status
        }
    }
}
