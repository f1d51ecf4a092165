/// How a job ended, in the words of the failure file.
struct Verdict {
    let status: ExitStatus
    /// Why it failed, secrets covered; nil for a job that ended well.
    let report: FailureReport?

    static let success = Verdict(status: .success, report: nil)

    var isSuccess: Bool { report == nil }

    /// One word for it.
    var outcome: String {
        guard let report else { return "succeeded" }
        return report.failureClass == .stopped ? "stopped" : "failed"
    }
}
