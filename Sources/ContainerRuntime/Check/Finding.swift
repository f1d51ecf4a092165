/// One thing that `train check` found: how bad it is, where, what it is, and what to do.
public struct Finding: Hashable, Sendable {
    /// How bad it is.
    public enum Severity: String, Hashable, Sendable, CaseIterable {
        /// The job would fail.
        case error
        /// The job would run, and perhaps not as it was meant.
        case warning
    }

    /// How bad it is.
    public let severity: Severity
    /// A file, a hyperparameter, a variable, a directory.
    public let place: String
    /// What is wrong with it.
    public let problem: String
    /// What to do.
    public let advice: String

    /// Makes a finding.
    public init(_ severity: Severity, _ place: String, _ problem: String, advice: String) {
        self.severity = severity
        self.place = place
        self.problem = problem
        self.advice = advice
    }

    /// What would end the job, in the words of its failure file.
    init(_ failure: Failure, advice: String) {
        self.init(.error, failure.subject, failure.description, advice: advice)
    }

    /// What a job would say as a warning.
    init(_ warning: JobWarning, place: String, advice: String) {
        self.init(.warning, place, warning.description, advice: advice)
    }
}
