import SystemPackage

/// What a job remembers of itself while it goes on, to be told in `report.json` at its end.
///
/// Only what the first process knows without a look at the user's files; the rest comes from `RunFacts`.
struct RunRecord {
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
    /// What the program will see, as far as the steps know.
    var environment: TrainingEnvironment?
    /// How the program was started, once it was.
    var plan: LaunchPlan?
    /// Where the code came from, and who said so.
    var codeSource: (location: String, reason: String)?
    /// The end of what the program, or the step that failed, wrote to stderr.
    var tail: [UInt8] = []
    var archives: [Archive] = []
    /// The file that the companion writes, and the companion.
    var facts: (file: FilePath, companion: Companion)?
    /// What was read of it.
    var found = JSONObject()
    /// Where it was written, once it was.
    var file: FilePath?

    /// Notes a step that has ended.
    mutating func note(_ step: Step, _ report: StepReport, since started: WallTime) {
        steps.append(StepEntry(name: step.name, started: started, report: report))
        if !report.isSuccess, !report.tail.isEmpty { tail = report.tail }
    }
}
