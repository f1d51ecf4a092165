/// One line of a chart: values of one thing over time.
struct Series: Equatable {
    /// One value, and when it was.
    struct Point: Equatable {
        /// Seconds since 1970.
        var time: Double
        var value: Double
        /// The step of the training, where the log had one.
        var step: Int?
    }

    /// What it is called among the lines of its chart; empty for the only one.
    var label: String
    var points: [Point] = []
    /// Values that no chart can show: NaN and the infinities; the first of them.
    var notFinite = 0
    var firstNotFinite: Point?

    init(label: String = "", points: [Point] = []) { (self.label, self.points) = (label, points) }

    mutating func add(_ point: Point) {
        guard point.value.isFinite else {
            notFinite += 1
            if firstNotFinite == nil { firstNotFinite = point }
            return
        }
        points.append(point)
    }

    /// The rate of change a second of a counter that only grows; where it falls, it was set back.
    var rate: Series {
        var rate = Series(label: label)
        for (before, after) in zip(points, points.dropFirst()) {
            let seconds = after.time - before.time
            guard seconds > 0, after.value >= before.value else { continue }
            rate.points.append(Point(time: after.time, value: (after.value - before.value) / seconds, step: nil))
        }
        return rate
    }

    /// At most so many of the points, such that the eye sees the same line: of each stretch the lowest and the highest.
    ///
    /// Every point that is kept is one of the log, so that what is read off the chart was there.
    func reduced(to limit: Int) -> [Point] {
        guard points.count > max(4, limit), let first = points.first, let last = points.last else { return points }
        let stretches = (max(4, limit) - 2) / 2
        let inner = points.count - 2
        var kept = [first]
        for stretch in 0..<stretches {
            let range = (1 + stretch * inner / stretches)..<(1 + (stretch + 1) * inner / stretches)
            var (low, high) = (range.lowerBound, range.lowerBound)
            for index in range {
                if points[index].value < points[low].value { low = index }
                if points[index].value > points[high].value { high = index }
            }
            kept.append(points[min(low, high)])
            if low != high { kept.append(points[max(low, high)]) }
        }
        return kept + [last]
    }

    /// The means of stretches of the line, for the eye where there are more values than it can tell apart.
    func means(_ stretches: Int) -> [Point] {
        guard points.count > stretches * 2 else { return [] }
        return (0..<stretches).compactMap { stretch in
            let part = points[(stretch * points.count / stretches)..<((stretch + 1) * points.count / stretches)]
            guard let middle = part.dropFirst(part.count / 2).first else { return nil }
            let mean = part.reduce(0) { $0 + $1.value / Double(part.count) }
            return mean.isFinite ? Point(time: middle.time, value: mean, step: middle.step) : nil
        }
    }
}

/// One chart of the page: one or more lines in one unit.
struct Chart: Equatable {
    /// What the numbers are, which decides how they are written.
    enum Unit: String {
        case number = ""
        case bytes = "B"
        case bytesPerSecond = "B/s"
        case percent = "%"
        case cores = "cores"
    }

    var title: String
    var unit = Unit.number
    var series: [Series]
    /// A line across: what may be used at most.
    var limit: Double?
    /// Lines that are not drawn.
    var leftOut = 0

    /// All points of all lines.
    var count: Int { series.reduce(0) { $0 + $1.points.count } }
}
