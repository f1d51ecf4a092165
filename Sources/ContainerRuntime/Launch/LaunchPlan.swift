import SystemPackage

/// How the program of a job is started: decided before anything runs, and printed by `train run --dry-run`.
public struct LaunchPlan: Sendable {
    /// What is started.
    public var step: Step
    /// What stands for the command where the words themselves say little.
    private let shown: String?

    /// What a failure and the log show as the command, before secrets are masked.
    public var command: String { shown ?? step.arguments.map(\.description).joined(separator: " ") }

    /// Makes a plan.
    public init(step: Step, shown: String? = nil) {
        self.step = step
        self.shown = shown
    }
}
