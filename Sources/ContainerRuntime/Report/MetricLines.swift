/// The metrics of `metrics.jsonl`: one chart a name, one line a rank.
struct MetricLines: LineSink {
    /// More names make no page that anybody reads.
    private static let mostCharts = 100
    private static let mostLines = 8

    private struct Key: Equatable {
        var name: [UInt8] = []
        var rank: Int?
    }

    private var keys: [Key] = []
    private var series: [Series] = []
    private var last = 0
    private var key = Key()
    private var point = Series.Point(time: .nan, value: .nan)
    private var hasValue = false
    /// Values whose name is one too many.
    private(set) var leftOut = 0
    /// All values.
    private(set) var count = 0

    mutating func take(_ name: UnsafeRawBufferPointer, _ place: Int?, _ value: ScannedValue) {
        guard place == nil else { return }
        switch value {
        case .number(let number):
            if name.isName("time") {
                point.time = number
            } else if name.isName("value") {
                (point.value, hasValue) = (number, true)
            } else if name.isName("step") {
                point.step = Int(exactly: number.rounded())
            } else if name.isName("rank") {
                key.rank = Int(exactly: number.rounded())
            }
        case .text(let text):
            if name.isName("name") {
                key.name.removeAll(keepingCapacity: true)
                key.name += text
            } else if name.isName("value"), let number = Double(String(decoding: text, as: UTF8.self)) {
                // JSON has no NaN; some write it as a text.
                (point.value, hasValue) = (number, true)
            }
        }
    }

    mutating func endLine() {
        defer { dropLine() }
        guard hasValue, !key.name.isEmpty, point.time.isFinite else { return }
        count += 1
        guard let index = index() else {
            leftOut += 1
            return
        }
        series[index].add(point)
    }

    mutating func dropLine() {
        (point, hasValue) = (Series.Point(time: .nan, value: .nan), false)
        key.name.removeAll(keepingCapacity: true)
        key.rank = nil
    }

    /// The place of the line's series; names come in turns, so that the next one is looked at first.
    private mutating func index() -> Int? {
        for offset in 0..<keys.count {
            let index = (last + offset + 1) % keys.count
            guard keys[index] == key else { continue }
            last = index
            return index
        }
        guard keys.count < Self.mostCharts * Self.mostLines else { return nil }
        keys.append(key)
        series.append(Series())
        last = keys.count - 1
        return last
    }

    /// The charts, in the order in which the names came.
    var charts: [Chart] {
        var charts: [(name: [UInt8], ranks: [(rank: Int?, series: Series)])] = []
        for (key, line) in zip(keys, series) {
            if let index = charts.firstIndex(where: { $0.name == key.name }) {
                charts[index].ranks.append((key.rank, line))
            } else {
                charts.append((key.name, [(key.rank, line)]))
            }
        }
        return charts.prefix(Self.mostCharts).map { name, ranks in
            let sorted = ranks.sorted { ($0.rank ?? -1) < ($1.rank ?? -1) }
            let lines = sorted.prefix(Self.mostLines).map { rank, series in
                var line = series
                if ranks.count > 1 { line.label = rank.map { "rank \($0)" } ?? "no rank" }
                return line
            }
            return Chart(
                title: String(decoding: name, as: UTF8.self),
                series: lines,
                leftOut: ranks.count - lines.count
            )
        }
    }
}
