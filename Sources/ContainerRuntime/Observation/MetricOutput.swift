/// The lines that tell of found metrics: our own form, and the form of the platform's agent.
struct MetricOutput {
    private let names: [[UInt8]]

    init(_ definitions: [MetricDefinition]) {
        names = definitions.map { JSONWriter.bytes(.string($0.name)) }
    }

    /// A line of output/metrics/metrics.jsonl.
    func own(
        _ index: Int,
        _ value: MetricValue,
        _ facts: LineFacts,
        stream: StaticString?,
        time: String,
        to output: inout [UInt8]
    ) {
        output += "{\"time\":".utf8
        output += time.utf8
        output += ",\"name\":".utf8
        output += names[index]
        output.append(UInt8(ascii: ","))
        value.append(to: &output)
        if let step = facts.step {
            output += ",\"step\":".utf8
            output += String(step).utf8
        }
        if let stream {
            output += ",\"stream\":\"".utf8
            output += UnsafeBufferPointer(start: stream.utf8Start, count: stream.utf8CodeUnitCount)
            output.append(UInt8(ascii: "\""))
        }
        if let rank = facts.rank {
            output += ",\"rank\":".utf8
            output += String(rank).utf8
        }
        output += "}\n".utf8
    }

    /// A line of a file in `SAGEMAKER_METRICS_DIRECTORY`, as the package sagemaker-experiments writes it; nothing for what is
    /// no finite number.
    ///
    /// Source: https://github.com/aws/sagemaker-experiments, src/smexperiments/metrics.py, `_RawMetricData`.
    func agent(_ index: Int, _ value: MetricValue, _ facts: LineFacts, time: String, to output: inout [UInt8]) {
        let number = value.double
        guard number.isFinite else { return }
        output += "{\"MetricName\": ".utf8
        output += names[index]
        output += ", \"Value\": \(number), \"Timestamp\": \(time)".utf8
        if let step = facts.step { output += ", \"IterationNumber\": \(step)".utf8 }
        output += "}\n".utf8
    }
}
