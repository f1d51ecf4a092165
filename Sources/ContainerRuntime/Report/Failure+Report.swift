/// What can be wrong with the record of a run.
extension Failure.Code {
    /// There is no record of a run where one is looked for.
    public static let reportMissing = Self("reportMissing", .configuration) {
        "\($0): no report of a run is here; a job leaves report.json in output, unless TRAIN_REPORT is none"
    }

    /// A record of a run cannot be understood.
    public static func reportUnusable(reason: String) -> Self {
        Self("reportUnusable", .configuration) { "\($0): no report of a run: \(reason)" }
    }
}
