extension ReportPage {
    var timeline: String {
        let steps = (record["steps"]?.array ?? []).compactMap(\.object)
        let length = max(duration ?? 0, 0.001)
        let start = start
        let rows = steps.map { step in
            let begin = (step["started"]?.double ?? start) - start
            let time = max(0, (step["ended"]?.double ?? 0) - (step["started"]?.double ?? 0))
            let isWrong = step["exit_code"]?.integer != 0
            // A step of a millisecond in a run of a day is to be seen all the same.
            let width = max(3, 1_000 * time / length)
            let x = min(1_000 - width, max(0, 1_000 * begin / length))
            let ending = step["ending"]?.string ?? ""
            return """
                <tr><td class="name">\(HTMLText.escaped(step["name"]?.string ?? ""))</td><td class="track">\
                <svg viewBox="0 0 1000 14" preserveAspectRatio="none" role="img" \
                aria-label="after \(Amount.seconds(begin)), for \(Amount.seconds(time))">\
                <rect class="ground" width="1000" height="14"/>\
                <rect\(isWrong ? " class=\"wrong\"" : "") x="\(Self.rounded(x))" width="\(Self.rounded(width))" height="14"/>\
                </svg></td><td class="number">\(Amount.seconds(time))</td>\
                <td class="\(isWrong ? "wrong-text" : "soft")">\(isWrong ? HTMLText.escaped(ending) : "ok")</td></tr>
                """
        }
        guard !rows.isEmpty else {
            return "<section id=\"time\"><h2>Timeline</h2><p class=\"soft\">Nothing was started.</p></section>"
        }
        return """
            <section id="time"><h2>Timeline</h2>
            <div class="scroll"><table class="timeline"><thead><tr><th>Step</th><th>0 to \(Amount.seconds(length))</th>\
            <th class="number">Time</th><th>End</th></tr></thead>
            <tbody>\(rows.joined(separator: "\n"))</tbody></table></div></section>
            """
    }

    private static func rounded(_ value: Double) -> String { "\((value * 10).rounded() / 10)" }

    private static let help = """
        Pointer: values; drag to zoom, double click to see all. Keys on a chart: ← → values (with Shift ten at a time), \
        + − zoom, Esc all. Where there are many values, the strong line is their mean.
        """

    var metricSection: String {
        guard !report.metrics.isEmpty else { return "" }
        let hasSteps = report.metrics.contains { $0.series.contains { $0.points.contains { $0.step != nil } } }
        let steps = "<button type=\"button\" id=\"by-step\" aria-pressed=\"false\">By step</button>"
        let filter =
            report.metrics.count > 8
            ? "<input type=\"search\" id=\"filter\" placeholder=\"Filter\" aria-label=\"Show only metrics with\">" : ""
        let boxes = report.metrics.enumerated().map { box($1, $0, kind: "metric") }
        return """
            <section id="metrics"><h2>Metrics</h2>
            <div class="tools" hidden>\(hasSteps ? steps : "")\
            <button type="button" id="log-scale" aria-pressed="false">Logarithmic</button>\
            <button type="button" class="reset">See all</button>\(filter)<span class="soft">\(Self.help)</span></div>
            <div class="charts">\(boxes.joined(separator: "\n"))</div>
            <noscript><p class="soft">The lines need the page's own script.</p></noscript></section>
            """
    }

    var resourceSection: String {
        guard !report.resources.isEmpty else { return "" }
        let boxes = report.resources.enumerated().map { box($1, report.metrics.count + $0, kind: "resource") }
        let help = report.metrics.isEmpty ? "<span class=\"soft\">\(Self.help)</span>" : ""
        return """
            <section id="resources"><h2>Resources</h2>
            <div class="tools" hidden><button type="button" class="reset">See all</button>\(help)</div>
            <div class="charts">\(boxes.joined(separator: "\n"))</div></section>
            """
    }

    /// A chart's numbers stand there without the script, too; the line is drawn by it.
    private func box(_ chart: Chart, _ place: Int, kind: String) -> String {
        let title = HTMLText.escaped(chart.title)
        let points = chart.series.flatMap(\.points)
        let last = chart.series.count == 1 ? points.last.map { Self.text($0.value, chart.unit) } ?? "" : ""
        var range = ""
        if let low = points.min(by: { $0.value < $1.value }), let high = points.max(by: { $0.value < $1.value }) {
            range = "min \(at(low, chart.unit)), max \(at(high, chart.unit))"
        }
        var warning = ""
        let broken = chart.series.reduce(0) { $0 + $1.notFinite }
        if broken > 0, let first = chart.series.compactMap(\.firstNotFinite).min(by: { $0.time < $1.time }) {
            let when = first.step.map { "step \($0)" } ?? Amount.seconds(first.time - start)
            warning = "<p class=\"warn\">\(broken) values are NaN or infinite, the first at \(when)</p>"
        }
        if chart.leftOut > 0 { warning += "<p class=\"range\">and \(chart.leftOut) more ranks</p>" }
        let keys = chart.series.enumerated().filter { !$1.label.isEmpty }.map { index, series in
            "<li><svg viewBox=\"0 0 14 10\" aria-hidden=\"true\"><rect class=\"f\(index % 8)\" y=\"3\" width=\"14\" "
                + "height=\"4\" rx=\"2\"/></svg>\(HTMLText.escaped(series.label))</li>"
        }
        return """
            <div class="chart" id="chart\(place)" data-kind="\(kind)"><div class="head"><h3>\(title)</h3>\
            <span class="last">\(last)</span></div><p class="range">\(range)</p>\(warning)\
            <svg class="plot" tabindex="0" role="img" aria-label="\(title): \(range), \(points.count) values"></svg>\
            <ul class="keys">\(keys.joined())</ul><p class="readout" role="status"></p></div>
            """
    }

    private func at(_ point: Series.Point, _ unit: Chart.Unit) -> String {
        let text = Self.text(point.value, unit)
        return point.step.map { "\(text) (step \($0))" } ?? text
    }

    private static func text(_ value: Double, _ unit: Chart.Unit) -> String {
        switch unit {
        case .number: Amount.number(value)
        case .bytes: Amount.bytes(Int(clamping: value))
        case .bytesPerSecond: "\(Amount.bytes(Int(clamping: value)))/s"
        case .percent: "\(Amount.number(value))%"
        case .cores: Amount.number((value * 100).rounded() / 100)
        }
    }
}
