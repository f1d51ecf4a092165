import SystemPackage

/// How the program of a job is started: decided before anything runs, and printed by `train run --dry-run`.
public struct LaunchPlan: Sendable {
    /// What is started.
    public var step: Step
    /// What a failure and the log show as the command, before secrets are masked.
    public var command: [String] { step.arguments.map(\.description) }

    /// Makes a plan.
    public init(step: Step) {
        self.step = step
    }
}
