import Logging
public import SystemPackage

/// The page of a run: one file, which needs no network and no other file, and shows nothing that was not escaped.
///
/// - Says outcome and cause first, then what a person asks next: warnings, time, metrics, resources, inputs, the log.
/// - Below 2 MB whatever the length of the run; every point that is drawn is one of the log.
public struct ReportPage {
    let report: RunReport
    var record: JSONObject { report.record }

    /// All points of all charts together, some 25 bytes each.
    private static let mostPoints = 36_000
    private static let mostPointsOfLine = 2_000
    private static let stretches = 150

    /// Makes a page of a report.
    public init(_ report: RunReport) { self.report = report }

    /// The page, in UTF-8.
    public var bytes: [UInt8] {
        let title = HTMLText.escaped(self.title)
        let policy = [
            "default-src 'none'", "style-src \(HTMLText.policyHash(Self.style))",
            "script-src \(HTMLText.policyHash(Self.script))", "base-uri 'none'", "form-action 'none'",
        ].joined(separator: "; ")
        let head = """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta http-equiv="Content-Security-Policy" content="\(policy)">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <meta name="generator" content="train \(RuntimeVersion.number)">
            <title>\(title)</title>
            <style>\(Self.style)</style>
            </head>
            <body>
            <div class="sheet">
            """
        let parts = [
            header, "<main>", failureSection, warningSection, timeline, metricSection, resourceSection, inputSection,
            hyperparameterSection, versionSection, logSection(isFirst: false), "</main>\n</div>",
        ]
        var page = Array((head + "\n" + parts.filter { !$0.isEmpty }.joined(separator: "\n")).utf8)
        page += Array("\n<script type=\"application/json\" id=\"data\">".utf8)
        page += HTMLText.script(data)
        page += Array("</script>\n<script>\(Self.script)</script>\n</body>\n</html>\n".utf8)
        return page
    }

    /// Makes the page of a record, and says where it is.
    ///
    /// - Throws: `Failure` where the record is none, or the page cannot be written.
    package static func make(of record: FilePath, at file: FilePath? = nil) throws(Failure) {
        let file = file ?? place(beside: record)
        try ReportPage(try RunReport(record)).write(to: file)
        log.info("\(file): the page of the run")
    }

    /// Where the page of a record goes: beside it, under its name.
    public static func place(beside record: FilePath) -> FilePath {
        record.removingLastComponent().appending("\(record.stem ?? "report").html")
    }

    /// Writes the page, whole or not at all.
    ///
    /// - Throws: `Failure` with code `outcomeUnwritable`.
    public func write(to file: FilePath) throws(Failure) {
        do throws(Errno) {
            // A bare name is one of the working directory.
            let isBare = file.removingLastComponent().isEmpty
            try SmallFile.write(bytes, to: isBare ? FilePath("./\(file)") : file, isDurable: false)
        } catch {
            throw Failure(.outcomeUnwritable, file.string, error)
        }
    }

    /// When the run began, in seconds since 1970; where the record does not say, the first value that was measured.
    var start: Double {
        let firsts = charts.flatMap(\.series).compactMap { $0.points.first?.time }
        return record["started"]?.double ?? firsts.min() ?? 0
    }

    /// How long the run was, in seconds.
    var duration: Double? { record["ended"]?.double.map { max(0, $0 - start) } }

    var charts: [Chart] { report.metrics + report.resources }

    /// The data of the charts for the script: times in milliseconds since the start, each as what it is past the one before.
    private var data: [UInt8] {
        let lines = max(1, charts.reduce(0) { $0 + $1.series.count })
        let limit = min(Self.mostPointsOfLine, max(8, Self.mostPoints / lines))
        var json = "{\"end\":\(duration ?? 0),\"charts\":["
        for (place, chart) in charts.enumerated() {
            json += place > 0 ? ",{" : "{"
            json += "\"unit\":\"\(chart.unit.rawValue)\","
            if let highest = chart.limit, highest.isFinite { json += "\"limit\":\(highest)," }
            json += "\"series\":["
            json += chart.series.map { line($0, limit) }.joined(separator: ",")
            json += "]}"
        }
        return Array((json + "]}").utf8)
    }

    private func line(_ series: Series, _ limit: Int) -> String {
        let values = values(series.reduced(to: limit))
        let means = self.values(series.means(Self.stretches))
        return "{\"label\":\(JSONWriter.text(.string(series.label))),\(values),\"mean\":{\(means)}}"
    }

    private func values(_ points: [Series.Point]) -> String {
        let start = start
        let times = points.map { point in
            let milliseconds = ((point.time - start) * 1_000).rounded()
            return abs(milliseconds) < 1e15 ? Int(milliseconds) : 0
        }
        let values = points.map { Self.written($0.value) }.joined(separator: ",")
        var json = "\"t\":\(Self.deltas(times)),\"v\":[\(values)]"
        let steps = points.compactMap(\.step)
        if !steps.isEmpty, steps.count == points.count { json += ",\"s\":\(Self.deltas(steps))" }
        return json
    }

    private static func deltas(_ numbers: [Int]) -> String {
        let before = [0] + numbers.dropLast()
        return "[\(zip(numbers, before).map { String($0 &- $1) }.joined(separator: ","))]"
    }

    /// A double so that the script reads the same one; whole numbers without a point.
    private static func written(_ value: Double) -> String {
        value == value.rounded() && abs(value) < 1e15 ? String(Int(value)) : "\(value)"
    }
}
