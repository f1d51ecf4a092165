/// What can be wrong with what a program is to see.
extension Failure.Code {
    /// A hyperparameter's name or value holds a NUL, which ends an argument.
    public static let containsNUL = Self("containsNUL", .configuration) {
        "hyperparameter \"\($0)\": its name or value holds a NUL, which no argument can hold; remove it"
    }

    /// One argument is longer than the kernel takes, in bytes.
    public static func argumentTooLong(bytes: Int, limit: Int) -> Self {
        Self("argumentTooLong", .configuration) { subject in
            "hyperparameter \"\(subject)\": an argument of \(bytes) bytes is too long, the kernel takes \(limit); "
                + "pass a file through a channel instead"
        }
    }

    /// All arguments and variables together are more than the kernel takes, in bytes.
    public static func argumentsTooLarge(bytes: Int, limit: Int) -> Self {
        Self("argumentsTooLarge", .configuration) { subject in
            "\(subject): \(bytes) bytes together are too much, the kernel takes \(limit); "
                + "pass a file through a channel instead"
        }
    }

    /// A variable that is too long could not be written to a file.
    public static let variableFileUnwritable = Self("variableFileUnwritable", .runtime) {
        "\($0): a variable that is too long cannot be written to this file"
    }

    /// The job has no channel of that name; the ones it has.
    public static func channelUnknown(has: [String]) -> Self {
        Self("channelUnknown", .executeUserScript) { subject in
            "there is no channel \"\(subject)\"; "
                + (has.isEmpty ? "the job has none" : "the channels of this job: \(has.listing)")
        }
    }
}
