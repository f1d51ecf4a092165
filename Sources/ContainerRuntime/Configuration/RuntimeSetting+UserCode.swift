extension RuntimeSetting {
    /// What installs requirements and packages.
    public static let installer = RuntimeSetting(
        variable: "TRAIN_INSTALLER",
        option: "--installer",
        defaultText: "auto",
        help: "What installs requirements and packages: auto takes uv where the image has it and pip's settings allow.",
        expected: "auto, pip or uv",
        accepts: { InstallerChoice(rawValue: $0) != nil }
    )

    /// How long the intermediate output may take to arrive.
    public static let syncTimeout = RuntimeSetting(
        variable: "TRAIN_SYNC_TIMEOUT",
        option: "--sync-timeout",
        defaultText: "600s",
        help: "How long the intermediate output may take to arrive in S3 after the program has ended.",
        expected: DurationText.expected,
        accepts: { DurationText.parse($0) != nil }
    )
}

/// What installs requirements and packages.
public enum InstallerChoice: String, Hashable, Sendable, CaseIterable {
    /// uv where it is on the PATH and nothing is configured that only pip understands, else pip.
    case auto
    /// pip, by the interpreter that runs the program.
    case pip
    /// uv.
    case uv
}
