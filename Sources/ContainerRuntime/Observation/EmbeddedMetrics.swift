/// Lines of a log from which CloudWatch takes metrics.
///
/// Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
public struct EmbeddedMetrics: Sendable {
    /// One metric of a line; at most 100 values.
    struct Metric {
        let name: String
        /// A unit of CloudWatch, as in `Bytes`.
        let unit: String
        let values: [Double]
    }

    /// The namespace of all metrics; names that begin with `AWS/` are not ours to use.
    static let namespace = "TrainingJobs"
    /// Names that a line needs for itself.
    private static let taken: Set<String> = ["_aws", "Host", "TrainingJobName"]
    private static let mostValues = 100

    /// The job's name; empty where it has none.
    let job: String
    /// This host.
    let host: String

    init(job: String, host: String) {
        (self.job, self.host) = (job, host)
    }

    /// One line with its end.
    func line(_ metrics: [Metric], milliseconds: Int) -> [UInt8] {
        let metrics = metrics.filter { !$0.values.isEmpty && !Self.taken.contains($0.name) }
        let described = metrics.map { metric in
            JSONValue.object(JSONObject([("Name", .string(metric.name)), ("Unit", .string(metric.unit))]))
        }
        let dimensions = (job.isEmpty ? [] : ["TrainingJobName"]) + ["Host"]
        let directive = JSONObject([
            ("Namespace", .string(Self.namespace)),
            ("Dimensions", .array([.strings(dimensions)])),
            ("Metrics", .array(described)),
        ])
        let head = JSONObject([
            ("Timestamp", .integer(milliseconds)), ("CloudWatchMetrics", .array([.object(directive)])),
        ])
        var object = JSONObject([("_aws", .object(head)), ("Host", .string(host))])
        if !job.isEmpty { object["TrainingJobName"] = .string(job) }
        for metric in metrics {
            let values = metric.values.prefix(Self.mostValues).map(Self.number)
            object[metric.name] = values.count == 1 ? values[0] : .array(values)
        }
        return JSONWriter.bytes(.object(object)) + [UInt8(ascii: "\n")]
    }

    private static func number(_ value: Double) -> JSONValue {
        .number(JSONNumber(text: "\(value)", isInteger: false))
    }
}
