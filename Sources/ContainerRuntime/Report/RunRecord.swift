import SystemPackage

/// What a job remembers of itself while it goes on, to be told in `report.json` at its end.
///
/// Only what the first process knows without a look at the user's files; the rest comes from `RunFacts`.
final class RunRecord {
    /// One step that was supervised.
    struct StepEntry {
        var name: String
        var started: WallTime
        var report: StepReport
    }

    /// An archive that was made.
    struct Archive {
        var path: FilePath
        var summary: FilePath
    }

    let started = WallTime.now
    var steps: [StepEntry] = []
    var environment: TrainingEnvironment?
    /// Where the code came from, and who said so.
    var codeSource: (location: String, reason: String)?
    var plan: LaunchPlan?
    /// The end of what the program, or the step that failed, wrote to stderr.
    var tail: [UInt8] = []
    var archives: [Archive] = []
    /// The file that the companion writes, and the companion.
    var facts: (file: FilePath, companion: Companion)?
    /// What was read of it.
    var found = JSONObject()

    /// Notes a step that has ended.
    func note(_ step: Step, _ report: StepReport, since started: WallTime) {
        steps.append(StepEntry(name: step.name, started: started, report: report))
        if !report.isSuccess, !report.tail.isEmpty { tail = report.tail }
    }
}

/// How a job ended, in the words of the failure file.
struct Verdict {
    let status: ExitStatus
    /// The failure file's text, masked; nil for a job that ended well.
    let text: String?
    let report: FailureReport?

    static let success = Verdict(status: .success, text: nil, report: nil)

    /// One word for it.
    var outcome: String {
        guard let report else { return "succeeded" }
        return report.failureClass == .stopped ? "stopped" : "failed"
    }
}
