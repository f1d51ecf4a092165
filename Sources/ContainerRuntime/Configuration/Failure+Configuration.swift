/// What can be wrong with what a job is asked.
extension Failure.Code {
    /// A file of the configuration is there and cannot be read.
    public static let configurationUnreadable = Self("configurationUnreadable", .configuration) {
        "\($0): the file cannot be read"
    }

    /// A file is not JSON.
    public static func malformedJSON(line: Int, column: Int, expected: String) -> Self {
        Self("malformedJSON", .configuration) { "\($0): line \(line), column \(column): \(expected)" }
    }

    /// A channel's name would lead out of input/data.
    public static func channelNameUnusable(name: String) -> Self {
        Self("channelNameUnusable", .configuration) { subject in
            "\(subject): channel name \"\(name)\" may not be empty, \".\", \"..\" or hold a slash or a NUL; "
                + "it is the name of a directory in input/data"
        }
    }

    /// A setting's value cannot be used.
    public static func settingUnusable(expected: String, found: String) -> Self {
        Self("settingUnusable", .configuration) { "\($0) must be \(expected), found \"\(found)\"" }
    }

    /// Hyperparameters are not what the schema in the code directory asks for.
    public static func hyperparametersRefused(_ problems: [HyperparameterProblem]) -> Self {
        Self("hyperparametersRefused", .configuration) { subject in
            problems.prefix(5).map(\.description).joined(separator: "; ")
                + (problems.count > 5 ? "; and \(problems.count - 5) more" : "") + " (by \(subject))"
        }
    }
}
