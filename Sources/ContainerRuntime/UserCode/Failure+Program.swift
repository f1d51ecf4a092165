/// What can be wrong with the program and its packages.
extension Failure.Code {
    /// No entry point is named, and none has a name that is looked for.
    public static func entryPointMissing(holds: [String]) -> Self {
        Self("entryPointMissing", .configuration) { subject in
            "no entry point: neither sagemaker_program nor SAGEMAKER_PROGRAM names one, and \(subject) has no train.py, "
                + "train.sh or train; \(holds.directoryListing)"
        }
    }

    /// The entry point is not in the code directory.
    public static func entryPointNotFound(directory: String, holds: [String]) -> Self {
        Self("entryPointNotFound", .executeUserScript, .notFound) {
            "entry point \"\($0)\" is not in \(directory); \(holds.directoryListing)"
        }
    }

    /// The entry point's name or its target leaves the code directory.
    public static func entryPointNotAllowed(reason: String) -> Self {
        Self("entryPointNotAllowed", .configuration) { "entry point \"\($0)\" is not allowed: \(reason)" }
    }

    /// The entry point cannot be executed.
    public static let entryPointNotExecutable = Self("entryPointNotExecutable", .executeUserScript, .cannotExecute) {
        "entry point \"\($0)\" cannot be executed"
    }

    /// The installer that was asked for is not on the path.
    public static func installerMissing(path: String) -> Self {
        Self("installerMissing", .configuration) { subject in
            "\"\(subject)\" is not in the image, and TRAIN_INSTALLER asks for it; install it, or leave the choice to auto, "
                + "PATH is \(path)"
        }
    }
}
