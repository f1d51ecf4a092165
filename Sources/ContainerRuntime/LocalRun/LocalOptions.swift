/// What `train local` was asked for, as texts of its command line.
public struct LocalOptions: Sendable {
    /// The script, a path.
    public var script = ""
    /// Channels, each `NAME=PATH`.
    public var channels: [String] = []
    /// Hyperparameters, each `NAME=VALUE`.
    public var hyperparameters: [String] = []
    /// A JSON file of hyperparameters.
    public var hyperparameterFile: String?
    /// The directory of the code.
    public var source: String?
    /// The file of requirements.
    public var requirements: String?
    /// Directories for PYTHONPATH.
    public var dependencies: [String] = []
    /// Where the results go.
    public var output: String?
    /// How many hosts.
    public var hosts = 1
    /// How many GPUs the job sees.
    public var gpus: Int?
    /// Variables, each `NAME=VALUE`.
    public var variables: [String] = []
    /// The directory of the checkpoints.
    public var checkpoints: String?
    /// A directory or an archive for the channel `model`, or `s3://BUCKET/PREFIX`.
    public var model: String?
    /// Metrics, each `NAME=REGEX`.
    public var metrics: [String] = []
    /// How long the job may run.
    public var maximumRunTime: String?
    /// When it is stopped.
    public var stopAfter: String?
    /// Whether it is started again after the stop.
    public var restarts = false
    /// The image to run it in.
    public var image: String?
    /// Whether the tree stays.
    public var keeps = false
    /// What goes to the script as it is.
    public var arguments: [RawString] = []

    /// Makes options without a script.
    public init() {}
}

extension Failure {
    /// An option that cannot be used: its name, what was expected, what was found.
    static func option(_ name: String, expected: String, found: String) -> Failure {
        Failure(.settingUnusable(expected: expected, found: found.asOneLine.cut(toUTF8: 300)), name.asOneLine)
    }
}

/// `NAME=VALUE`, split at the first `=`.
struct NamedValue {
    let name: String
    let value: String

    /// Splits a text; nothing where there is no `=`, or no name before it.
    init?(_ text: String) {
        guard let end = text.utf8.firstIndex(of: UInt8(ascii: "=")), end > text.startIndex else { return nil }
        name = String(text[..<end])
        value = String(text[text.utf8.index(after: end)...])
    }

    /// Whether all bytes are letters, digits or one of the others.
    static func isMade(_ text: String, of others: String) -> Bool {
        text.utf8.allSatisfy { $0.isASCIIAlphanumeric || others.utf8.contains($0) }
    }
}
