extension RuntimeSetting {
    /// What is written of metrics and resources.
    public static let metrics = RuntimeSetting(
        variable: "TRAIN_METRICS",
        option: "--metrics",
        defaultText: "json",
        help:
            "What is written of metrics and resources: json for lines in output/metrics; emf for lines in the log too, "
            + "from which CloudWatch takes metrics; off for nothing.",
        expected: "json, emf or off",
        accepts: { MetricsPolicy(rawValue: $0) != nil }
    )

    /// Metrics that are looked for in the log.
    public static let metricDefinitions = RuntimeSetting(
        variable: "TRAIN_METRIC_DEFINITIONS",
        option: "--metric-definitions",
        defaultText: "none",
        help: "Metrics to look for in the log, as JSON; they come to those of metric-definition-regex.json.",
        expected: MetricDefinition.expected,
        accepts: { (try? MetricDefinition.read(text: $0, source: "")) != nil }
    )

    /// How often resources are looked at.
    public static let sampleInterval = RuntimeSetting(
        variable: "TRAIN_SAMPLE_INTERVAL",
        option: "--sample-interval",
        defaultText: "1s, and after an hour a 3600th of the time that has passed",
        help: "How often processors, memory, disks, network and GPUs are looked at; 0 for never.",
        expected: "\(DurationText.expected), 0 or 100 ms at least",
        accepts: { text in DurationText.parse(text).map { $0 == .zero || $0 >= .milliseconds(100) } ?? false }
    )

    /// What is said at the start.
    public static let banner = RuntimeSetting(
        variable: "TRAIN_BANNER",
        option: "--banner",
        defaultText: "short",
        help: "What the log says of host, machine, channels and hyperparameters at the start: off, short or full.",
        expected: "off, short or full",
        accepts: { BannerLength(rawValue: $0) != nil }
    )
}

/// What is written of metrics and resources.
public enum MetricsPolicy: String, Hashable, Sendable, CaseIterable {
    /// Lines of JSON in `output/metrics`.
    case json
    /// Those, and lines in the log from which CloudWatch takes metrics.
    case emf
    /// Nothing.
    case off
}

/// What is said at the start of a job.
public enum BannerLength: String, Hashable, Sendable, CaseIterable {
    /// Nothing.
    case off
    /// A few lines.
    case short
    /// All that is known.
    case full
}
