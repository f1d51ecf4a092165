extension RuntimeSetting {
    /// Whether the run is told of in a file, and where.
    public static let report = RuntimeSetting(
        variable: "TRAIN_REPORT",
        option: "--report",
        defaultText: "none",
        help: "What is left of the run to read: json writes output/report.json; output adds the page report.html; "
            + "data puts both into output/data; none writes nothing.",
        expected: "none, json, output or data",
        accepts: { ReportPlace(rawValue: $0) != nil }
    )

    /// How lines of the log look.
    public static let logFormat = RuntimeSetting(
        variable: "TRAIN_LOG_FORMAT",
        option: "--log-format",
        defaultText: "text",
        help: "How lines of the log look: text; json makes the runtime's own lines JSON; json-all the program's too.",
        expected: "text, json or json-all",
        accepts: { LogFormat(rawValue: $0) != nil }
    )
}

/// What is left of a run to read.
public enum ReportPlace: String, Hashable, Sendable, CaseIterable {
    /// Nothing.
    case none
    /// `output/report.json`.
    case json
    /// `output/report.json` and the page `output/report.html`.
    case output
    /// Both in `output/data`, which the platform uploads.
    case data
}
