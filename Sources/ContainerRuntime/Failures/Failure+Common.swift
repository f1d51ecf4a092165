/// What can happen in any area.
extension Failure.Code {
    /// A directory of the job can neither be found nor made.
    public static let directoryUnavailable = Self("directoryUnavailable", .configuration) {
        "\($0): the directory cannot be made"
    }

    /// A path that has to be a directory is something else.
    public static let notDirectory = Self("notDirectory", .configuration) { "\($0): a directory is expected here" }

    /// A value of the configuration has another type than the one it must have.
    public static func unexpectedValue(key: String, expected: String, found: String) -> Self {
        Self("unexpectedValue", .configuration) { subject in
            key.isEmpty
                ? "\(subject): \(expected) is expected, found \(found)"
                : "\(subject): \"\(key)\" must be \(expected), found \(found)"
        }
    }

    /// A file of the outcome could not be written.
    public static let outcomeUnwritable = Self("outcomeUnwritable", .runtime) { "\($0): cannot be written" }

    /// The work was ended by a signal.
    public static func interrupted(signal: Int32) -> Self {
        Self("interrupted", .stopped) { "\($0): ended by signal \(signal)" }
    }
}
