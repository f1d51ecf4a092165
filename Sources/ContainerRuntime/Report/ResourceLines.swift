/// The samples of `resources.jsonl`, as charts.
struct ResourceLines: LineSink {
    /// What a sample tells, in the names of the file.
    private enum Field: Int, CaseIterable {
        case cpu, memory, memoryLimit, read, written, received, sent, shared, free

        var name: StaticString {
            switch self {
            case .cpu: "cpu"
            case .memory: "memory_bytes"
            case .memoryLimit: "memory_limit_bytes"
            case .read: "read_bytes"
            case .written: "written_bytes"
            case .received: "network_received_bytes"
            case .sent: "network_sent_bytes"
            case .shared: "shm_bytes"
            case .free: "model_disk_free_bytes"
            }
        }
    }

    private static let mostGPUs = 16

    private var fields = Field.allCases.map { _ in Series() }
    private var use: [Series] = []
    private var memory: [Series] = []
    private var time = Double.nan
    private var taken: [(field: Int, value: Double)] = []
    private var takenOfGPUs: [(gpu: Int, isUse: Bool, value: Double)] = []
    /// All samples.
    private(set) var count = 0

    mutating func take(_ name: UnsafeRawBufferPointer, _ place: Int?, _ value: ScannedValue) {
        guard case .number(let number) = value else { return }
        if let place {
            guard place < Self.mostGPUs else { return }
            if name.isName("utilization") { takenOfGPUs.append((place, true, number)) }
            if name.isName("memory_bytes") { takenOfGPUs.append((place, false, number)) }
        } else if name.isName("time") {
            time = number
        } else if let field = Field.allCases.first(where: { name.isName($0.name) }) {
            taken.append((field.rawValue, number))
        }
    }

    mutating func endLine() {
        defer { dropLine() }
        guard time.isFinite, !taken.isEmpty || !takenOfGPUs.isEmpty else { return }
        count += 1
        for (field, value) in taken { fields[field].add(Series.Point(time: time, value: value)) }
        for (gpu, isUse, value) in takenOfGPUs {
            while use.count <= gpu {
                use.append(Series(label: "GPU \(use.count)"))
                memory.append(Series(label: "GPU \(memory.count)"))
            }
            if isUse { use[gpu].add(Series.Point(time: time, value: value)) }
            if !isUse { memory[gpu].add(Series.Point(time: time, value: value)) }
        }
    }

    mutating func dropLine() {
        time = .nan
        taken.removeAll(keepingCapacity: true)
        takenOfGPUs.removeAll(keepingCapacity: true)
    }

    private func series(_ field: Field, _ label: String = "") -> Series {
        Series(label: label, points: fields[field.rawValue].points)
    }

    /// The highest memory use in bytes, and what may be used.
    var memoryPeak: (bytes: Double, limit: Double?)? {
        series(.memory).points.map(\.value).max().map { ($0, limit) }
    }

    private var limit: Double? { fields[Field.memoryLimit.rawValue].points.last?.value }

    /// The processors that were used on average, in cores.
    var meanProcessors: Double? {
        let points = series(.cpu).points
        return points.isEmpty ? nil : points.reduce(0) { $0 + $1.value } / Double(points.count)
    }

    /// The charts of what was seen; of what never was anything there is none.
    var charts: [Chart] {
        let charts = [
            Chart(title: "CPU", unit: .cores, series: [series(.cpu)]),
            Chart(title: "Memory", unit: .bytes, series: [series(.memory)], limit: limit),
            Chart(title: "GPU use", unit: .percent, series: use),
            Chart(title: "GPU memory", unit: .bytes, series: memory),
            Chart(
                title: "Files",
                unit: .bytesPerSecond,
                series: [series(.read, "read").rate, series(.written, "written").rate]
            ),
            Chart(
                title: "Network",
                unit: .bytesPerSecond,
                series: [series(.received, "received").rate, series(.sent, "sent").rate]
            ),
            Chart(title: "/dev/shm", unit: .bytes, series: [series(.shared)]),
            Chart(title: "Free space for the model", unit: .bytes, series: [series(.free)]),
        ]
        return charts.compactMap { chart in
            var chart = chart
            chart.series.removeAll { $0.points.isEmpty }
            let isIdle = chart.series.allSatisfy { $0.points.allSatisfy { $0.value == 0 } }
            return isIdle && chart.title != "CPU" && !chart.title.hasPrefix("GPU") || chart.series.isEmpty ? nil : chart
        }
    }
}
