import SystemPackage
import TestSupport

@testable import ContainerRuntime

/// A run that never was, with numbers that are known.
struct SampleRun {
    let tree: JobTree
    static let start = 1_750_000_000.0

    /// Makes the record of a run of 1,000 seconds; more members may replace its own.
    init(_ members: [(String, JSONValue)] = []) throws {
        tree = try JobTree()
        var record = JSONObject([
            ("format", .integer(1)), ("outcome", "succeeded"), ("exit_code", .integer(0)), ("failure", .null),
            ("started", Self.number(Self.start)), ("ended", Self.number(Self.start + 1_000)),
            (
                "job",
                .object(JSONObject([("entry_point", "train.py"), ("host", "algo-1"), ("processors", .integer(4))]))
            ),
            ("steps", .array([Self.step("pip install", 0, 40), Self.step("train.py", 40, 990)])),
            ("hyperparameters", .object(JSONObject([("lr", "0.1"), ("api_key", "******")]))),
            ("channels", .object(JSONObject([("train", .object(JSONObject([("files", .integer(3))])))]))),
            ("warnings", .strings(["the model directory is not empty"])), ("log", .strings(["epoch 1", "done"])),
            ("versions", .object(JSONObject([("train", "0.1.0")]))),
        ])
        for (name, value) in members { record[name] = value }
        try tree.write("output/report.json", JSONWriter.bytes(.object(record)))
    }

    /// Metrics whose values tell their steps: `loss` is 1 / (step + 1), `accuracy` is step / 100, one in ten seconds.
    func addMetrics(ranks: Int = 1) throws {
        var lines = ""
        for step in 0...100 {
            let time = Self.start + Double(step * 10)
            for rank in 0..<ranks {
                let of = ranks > 1 ? ", \"rank\": \(rank)" : ""
                let value = 1 / Double(step + 1 + rank)
                lines += "{\"time\": \(time), \"name\": \"loss\", \"value\": \(value), \"step\": \(step)\(of)}\n"
            }
            lines += "{\"time\":\(time),\"name\":\"accuracy\",\"value\":\(Double(step) / 100),\"step\":\(step)}\n"
        }
        try tree.write("output/metrics/metrics.jsonl", lines)
    }

    /// Resources: two cores, memory that grows from 1 to 2 GB of 8, and two GPUs.
    func addResources() throws {
        var lines = ""
        for second in stride(from: 0, through: 1_000, by: 10) {
            lines += """
                {"time": \(Self.start + Double(second)), "cpu": 2.0, "memory_bytes": \(1_000_000_000 + second * 1_000_000), \
                "memory_limit_bytes": 8000000000, "read_bytes": \(second * 1_000_000), "written_bytes": 0, \
                "gpus": [{"utilization": 90, "memory_bytes": 5000000000}, {"utilization": 40, "memory_bytes": 4000000000}]}

                """
        }
        try tree.write("output/metrics/resources.jsonl", lines)
    }

    /// Makes the page with `train report`.
    @discardableResult
    func makePage(_ arguments: [String] = []) throws -> Command.Result {
        try tree.train(["report", tree.base.string] + arguments).run()
    }

    var page: String { tree.base.appending("output/report.html").string }

    static func number(_ value: Double) -> JSONValue { .number(JSONNumber(text: "\(value)", isInteger: false)) }

    private static func step(_ name: String, _ begin: Double, _ end: Double) -> JSONValue {
        .object(
            JSONObject([
                ("name", .string(name)), ("started", number(start + begin)), ("ended", number(start + end)),
                ("exit_code", .integer(0)), ("ending", "ExitCode 0"),
            ])
        )
    }
}
