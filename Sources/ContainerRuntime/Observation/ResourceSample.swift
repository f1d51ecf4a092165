/// One sample of what a container uses: a line of output/metrics/resources.jsonl.
struct ResourceSample: Equatable {
    /// Milliseconds since 1970.
    var time = 0
    /// Processors in use since the sample before.
    var processors: Double?
    /// Memory in bytes, and its limit.
    var memory: Int?
    var memoryLimit: Int?
    /// Bytes since the job began.
    var read: Int?
    var written: Int?
    var received: Int?
    var sent: Int?
    /// Bytes in /dev/shm.
    var sharedMemory: Int?
    /// Bytes that can still be written.
    var modelDiskFree: Int?
    var outputDiskFree: Int?
    /// The GPUs, in the driver's order.
    var gpus: [GPUUse] = []

    /// The line with its end; what is not known is left out.
    var line: [UInt8] {
        var output = Array("{\"time\":\(WallTime(milliseconds: time).text)".utf8)
        if let processors { output += ",\"cpu\":\(Self.hundredths(processors))".utf8 }
        let numbers: [(StaticString, Int?)] = [
            ("memory_bytes", memory), ("memory_limit_bytes", memoryLimit), ("read_bytes", read),
            ("written_bytes", written), ("network_received_bytes", received), ("network_sent_bytes", sent),
            ("shm_bytes", sharedMemory), ("model_disk_free_bytes", modelDiskFree),
            ("output_disk_free_bytes", outputDiskFree),
        ]
        for (name, number) in numbers {
            guard let number else { continue }
            output += ",\"\(name)\":\(number)".utf8
        }
        if !gpus.isEmpty { output += Array(",\"gpus\":".utf8) + JSONWriter.bytes(GPUUse.json(gpus)) }
        return output + Array("}\n".utf8)
    }

    /// The metrics of a line for CloudWatch.
    var embedded: [EmbeddedMetrics.Metric] {
        var metrics: [EmbeddedMetrics.Metric] = []
        func add(_ name: String, _ unit: String, _ value: Double?) {
            if let value { metrics.append(EmbeddedMetrics.Metric(name: name, unit: unit, values: [value])) }
        }
        add("cpu", "None", processors.map { Double(Int($0 * 100)) / 100 })
        add("memory_bytes", "Bytes", memory.map(Double.init))
        add("read_bytes", "Bytes", read.map(Double.init))
        add("written_bytes", "Bytes", written.map(Double.init))
        add("network_received_bytes", "Bytes", received.map(Double.init))
        add("network_sent_bytes", "Bytes", sent.map(Double.init))
        add("shm_bytes", "Bytes", sharedMemory.map(Double.init))
        add("model_disk_free_bytes", "Bytes", modelDiskFree.map(Double.init))
        for (name, unit, values) in [
            ("gpu_utilization", "Percent", gpus.compactMap(\.utilization)),
            ("gpu_memory_bytes", "Bytes", gpus.compactMap(\.memory)),
        ] where !values.isEmpty {
            metrics.append(EmbeddedMetrics.Metric(name: name, unit: unit, values: values.map(Double.init)))
        }
        return metrics
    }

    static func hundredths(_ value: Double) -> String {
        let hundredths = Int((max(0, min(value, 1e9)) * 100).rounded())
        return "\(hundredths / 100).\(hundredths % 100 / 10)\(hundredths % 10)"
    }
}
