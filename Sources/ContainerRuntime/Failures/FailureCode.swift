extension Failure {
    /// What happened, with all that follows from it: whose fault it is, the status of a job that ends with it, its words.
    ///
    /// Each area has its codes in a file of its own, `Failure+Area.swift`, as members of an extension; a code that carries
    /// data is a function.
    public struct Code: Sendable {
        /// The name of the member that makes it, whatever data it carries.
        public let name: String

        /// Whose fault it is; it decides the first word of the failure file.
        public let failureClass: FailureClass

        /// The status that a job ends with.
        public let exitStatus: ExitStatus

        /// The words for a subject.
        let message: @Sendable (_ subject: String) -> String

        /// Makes a code.
        ///
        /// - Parameters:
        ///   - name: The name of the member that makes it, which is unique.
        ///   - failureClass: Whose fault it is.
        ///   - exitStatus: The status that a job ends with.
        ///   - message: Names the subject, says what is wrong and then what would be right, in one line and without a
        ///     full stop.
        package init(
            _ name: String,
            _ failureClass: FailureClass,
            _ exitStatus: ExitStatus = .failure,
            message: @escaping @Sendable (_ subject: String) -> String
        ) {
            self.name = name
            self.failureClass = failureClass
            self.exitStatus = exitStatus
            self.message = message
        }
    }
}

extension Failure.Code: Hashable {
    /// Whether both say the same of any subject: the data of a code is in its words.
    public static func == (one: Self, other: Self) -> Bool {
        one.name == other.name && one.message("") == other.message("")
    }

    /// Hashes the name.
    public func hash(into hasher: inout Hasher) { hasher.combine(name) }
}
