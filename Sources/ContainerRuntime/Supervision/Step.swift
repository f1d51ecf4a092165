import CLinux
public import SystemPackage

/// One supervised process of a job: what is started, with what, where.
public struct Step: Sendable {
    /// What the log and the failure call it, as in "pip install".
    public var name: String
    /// The file to execute; it is not searched for.
    public var executable: FilePath
    /// All arguments, the program's own name first.
    public var arguments: [RawString]
    /// All variables, as NAME=VALUE.
    public var environment: [RawString]
    /// The working directory, or nil for ours.
    public var workingDirectory: FilePath?
    /// What people see as its command, where the words themselves say little.
    public var shown: String?
    /// Signals that are blocked from its first instruction on, for a helper that takes them when it is ready.
    var blockedSignals: [Signal] = []
    /// The file in which a helper says why it failed.
    var note: FilePath?

    /// Makes a step.
    public init(
        name: String,
        executable: FilePath,
        arguments: [RawString],
        environment: [RawString],
        workingDirectory: FilePath? = nil
    ) {
        self.name = name
        self.executable = executable
        self.arguments = arguments
        self.environment = environment
        self.workingDirectory = workingDirectory
    }
}

extension ProcessSpawn {
    /// The process of a step, which always leads a session, and so a group, of its own.
    ///
    /// - Parameters:
    ///   - step: What is started.
    ///   - signals: The signals that it finds blocked and ignored beside those of the step.
    init(_ step: Step, signals: linux_signal_state = linux_signal_state()) {
        self.init(
            executable: step.executable,
            arguments: step.arguments,
            environment: step.environment,
            workingDirectory: step.workingDirectory
        )
        group = .session(terminal: nil)
        self.signals = signals
        for signal in step.blockedSignals { self.signals.blocked |= signal.bit }
    }
}
