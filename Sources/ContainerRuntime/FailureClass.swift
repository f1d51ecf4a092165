/// The first word of a failure file: whose fault it is, in the names that the Python toolkit made known.
public enum FailureClass: String, Hashable, Sendable, CaseIterable {
    /// The user's program ended otherwise than with 0, or could not be started.
    case executeUserScript = "ExecuteUserScriptError"
    /// A framework's function raised.
    case framework = "FrameworkError"
    /// A file of the configuration, or what it says, cannot be used.
    case configuration = "ConfigurationError"
    /// The user's code cannot be brought in.
    case client = "ClientError"
    /// The requirements could not be installed.
    case installRequirements = "InstallRequirementsError"
    /// The user's package could not be installed.
    case installModule = "InstallModuleError"
    /// The user's module could not be imported.
    case importModule = "ImportModuleError"
    /// A limit on run time or on silence fired.
    case timeout = "TimeoutError"
    /// The job was stopped before its program ended with 0.
    case stopped = "StoppedError"
    /// An archive could not be made.
    case packing = "PackingError"
    /// Another host failed or vanished.
    case peer = "PeerError"
    /// The runtime itself could not go on: a system call that has to work did not.
    case runtime = "RuntimeError"
}

extension Failure {
    /// Whose fault this failure is.
    public var failureClass: FailureClass {
        switch code {
        case .directoryUnavailable, .notDirectory: .configuration
        case .configurationUnreadable, .malformedJSON, .unexpectedValue, .channelNameUnusable,
            .settingUnusable:
            .configuration
        case .containsNUL, .argumentTooLong, .argumentsTooLarge: .configuration
        case .entryPointMissing, .entryPointNotAllowed: .configuration
        case .entryPointNotFound, .entryPointNotExecutable, .pythonMissing, .spawnFailed: .executeUserScript
        case .sourceNotUnderstood, .sourceUnreadable, .codeDirectoryNotEmpty, .codeUnwritable: .client
        case .archiveFormatUnsupported, .archiveUnreadable, .archiveTruncated, .archiveEmpty, .archiveExpands: .client
        case .memberRefused, .tooManyEntries, .tooManyBytes: .client
        case .objectNotFound, .objectChanged, .storeRefused, .storeUnreachable, .networkMissing: .client
        case .credentialsMissing, .credentialsUnusable, .certificateAuthoritiesUnreadable, .checksumWrong: .client
        case .syncIncomplete: .client
        case .interrupted: .stopped
        case .commandNotFound, .commandNotExecutable, .interpreterMissing, .wrongFormat: .executeUserScript
        case .variableFileUnwritable, .loopUnavailable, .outcomeUnwritable: .runtime
        case .packingUnreadable, .packingChanged, .packingReplaced, .packingFailed, .packingInside: .packing
        }
    }
}
