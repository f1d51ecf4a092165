/// One setting of the runtime: the option, the variable that does the same, and what holds without both.
public struct RuntimeSetting: Hashable, Sendable {
    /// The variable, as in `TRAIN_GRACE_PERIOD`.
    public let variable: String
    /// The option, as in `--grace-period`; nil for what only a variable can say.
    public let option: String?
    /// What holds without both, for people.
    public let defaultText: String
    /// What it does, in one line.
    public let help: String
    /// What a value must be, for messages.
    public let expected: String

    /// Whether a text can be used as a value.
    let accepts: @Sendable (String) -> Bool

    /// Settings are told apart by their variables.
    public static func == (left: RuntimeSetting, right: RuntimeSetting) -> Bool { left.variable == right.variable }

    /// Hashes the variable.
    public func hash(into hasher: inout Hasher) { hasher.combine(variable) }

    /// What is wrong with a text as a value of this setting, or nil; a command can refuse an option with it.
    public func problem(with text: String) -> String? {
        accepts(text) ? nil : "\(option ?? variable) must be \(expected), found \"\(text)\""
    }
}

extension RuntimeSetting {
    /// The directory that everything of a job is below.
    public static let baseDirectory = RuntimeSetting(
        variable: "SAGEMAKER_BASE_DIR",
        option: "--base-dir",
        defaultText: "/opt/ml",
        help: "The directory that everything of a job is below.",
        expected: "an absolute path",
        accepts: { $0.hasPrefix("/") }
    )

    /// How long a program may take to end after SIGTERM.
    public static let gracePeriod = RuntimeSetting(
        variable: "TRAIN_GRACE_PERIOD",
        option: "--grace-period",
        defaultText: "100s",
        help: "How long the program may take to end after SIGTERM, packing included; then SIGKILL.",
        expected: DurationText.expected,
        accepts: { DurationText.parse($0) != nil }
    )

    /// How long a job may run.
    public static let maximumRunTime = RuntimeSetting(
        variable: "TRAIN_MAX_RUNTIME",
        option: "--max-runtime",
        defaultText: "no limit",
        help: "How long the job may run before it is stopped.",
        expected: DurationText.expected,
        accepts: { DurationText.parse($0) != nil }
    )

    /// How long a program may print nothing.
    public static let idleTimeout = RuntimeSetting(
        variable: "TRAIN_IDLE_TIMEOUT",
        option: "--idle-timeout",
        defaultText: "no limit",
        help: "How long the program may print nothing before it is stopped.",
        expected: DurationText.expected,
        accepts: { DurationText.parse($0) != nil }
    )

    /// Whether archives are made.
    public static let pack = RuntimeSetting(
        variable: "TRAIN_PACK",
        option: "--pack",
        defaultText: "auto",
        help:
            "Whether model.tar.gz and output.tar.gz are made: auto leaves it to a platform where one started the job.",
        expected: "auto, always or never",
        accepts: { PackingPolicy(rawValue: $0) != nil }
    )

    /// The Python interpreter.
    public static let python = RuntimeSetting(
        variable: "TRAIN_PYTHON",
        option: "--python",
        defaultText: "python3, else python, on the PATH",
        help: "The Python interpreter for the program and for pip.",
        expected: "a name or a path",
        accepts: { !$0.isEmpty }
    )

    /// The level of the runtime's own lines.
    public static let logLevel = RuntimeSetting(
        variable: "SM_LOG_LEVEL",
        option: "--log-level",
        defaultText: "20",
        help: "The level of the runtime's own lines in Python's numbers; sagemaker_container_log_level beats it.",
        expected: "a number such as 10, 20, 30, 40 or 50",
        accepts: { Int($0).map { $0 >= 0 } ?? false }
    )

    /// All settings, in the order of the manual.
    public static let all: [RuntimeSetting] = [
        baseDirectory, gracePeriod, maximumRunTime, idleTimeout, pack, python, installer, syncTimeout, logLevel,
        hostTimeout, hostOrder, peerPort, peerTimeout, launchCommand, booleanStyle, report, logFormat, metrics,
        metricDefinitions, sampleInterval, banner,
    ]
}

/// Whether the model directory is packed at the end.
public enum PackingPolicy: String, Hashable, Sendable, CaseIterable {
    /// Unless a platform that packs by itself started the job.
    case auto
    /// In every case.
    case always
    /// In no case.
    case never
}
