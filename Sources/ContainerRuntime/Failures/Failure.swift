public import SystemPackage

/// Something that keeps the runtime from going on: what happened, to what, and what the system said.
public struct Failure: Error, Hashable, Sendable {
    /// What happened.
    public let code: Code

    /// What it happened to: a path, a key, a name.
    public let subject: String

    /// What the system call said, where one was the cause.
    public let underlying: Errno?

    /// Makes a failure of a code, its subject and the system's answer.
    public init(_ code: Code, _ subject: String, _ underlying: Errno? = nil) {
        self.code = code
        self.subject = subject
        self.underlying = underlying
    }

    /// Whose fault this failure is.
    public var failureClass: FailureClass { code.failureClass }

    /// The status that a job ends with for this failure.
    public var exitStatus: ExitStatus { code.exitStatus }
}

extension Failure: CustomStringConvertible {
    /// The message in one line: subject, what is wrong, what the system said.
    public var description: String {
        // A name of others may hold line ends, and must not pass for a line of ours.
        let words = code.message(subject.asOneLine)
        guard let underlying else { return words }
        return "\(words): \(underlying.description)"
    }
}
