/// The first word of a failure file: whose fault it is, in the names that the Python toolkit made known.
///
/// A framework may have classes of its own; each is a name such as `MyFrameworkError`.
public struct FailureClass: RawRepresentable, Hashable, Sendable {
    /// The name.
    public let rawValue: String

    /// Makes a class of a name.
    public init(rawValue: String) {
        self.rawValue = rawValue
    }

    /// The user's program ended otherwise than with 0, or could not be started.
    public static let executeUserScript = FailureClass(rawValue: "ExecuteUserScriptError")
    /// A framework's function raised.
    public static let framework = FailureClass(rawValue: "FrameworkError")
    /// A file of the configuration, or what it says, cannot be used.
    public static let configuration = FailureClass(rawValue: "ConfigurationError")
    /// The user's code cannot be brought in.
    public static let client = FailureClass(rawValue: "ClientError")
    /// The requirements could not be installed.
    public static let installRequirements = FailureClass(rawValue: "InstallRequirementsError")
    /// The user's package could not be installed.
    public static let installModule = FailureClass(rawValue: "InstallModuleError")
    /// The user's module could not be imported.
    public static let importModule = FailureClass(rawValue: "ImportModuleError")
    /// A limit on run time or on silence fired.
    public static let timeout = FailureClass(rawValue: "TimeoutError")
    /// The job was stopped before its program ended with 0.
    public static let stopped = FailureClass(rawValue: "StoppedError")
    /// An archive could not be made.
    public static let packing = FailureClass(rawValue: "PackingError")
    /// Another host failed or vanished.
    public static let peer = FailureClass(rawValue: "PeerError")
    /// The runtime itself could not go on: a system call that has to work did not.
    public static let runtime = FailureClass(rawValue: "RuntimeError")

    /// All classes of the runtime itself.
    public static let all: [FailureClass] = [
        .executeUserScript, .framework, .configuration, .client, .installRequirements, .installModule, .importModule,
        .timeout, .stopped, .packing, .peer, .runtime,
    ]
}
