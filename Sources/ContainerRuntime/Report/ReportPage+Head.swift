extension ReportPage {
    /// How it ended: `succeeded`, `failed`, `stopped`.
    var outcome: String {
        let word = record["outcome"]?.string ?? ""
        return ["succeeded", "failed", "stopped"].contains(word) ? word : "failed"
    }

    private var job: JSONObject { record["job"]?.object ?? JSONObject() }
    private var failure: JSONObject { record["failure"]?.object ?? JSONObject() }

    /// The first line, which is the tab's name too.
    var title: String {
        let name = job["name"]?.string ?? job["entry_point"]?.string ?? "training"
        return "\(name) \(outcome)"
    }

    var header: String {
        let word = ["succeeded": "✓ Succeeded", "failed": "✗ Failed", "stopped": "■ Stopped"][outcome] ?? ""
        let time = duration.map { "\(outcome == "succeeded" ? " in" : " after") \(Amount.seconds($0))" } ?? ""
        let name = job["name"]?.string ?? job["entry_point"]?.string ?? job["framework_module"]?.string
        var text = "<header class=\"outcome \(outcome)\">\n"
        if let name { text += "<p class=\"soft mono\">\(HTMLText.escaped(name))</p>\n" }
        text += "<h1><span class=\"badge\">\(word)</span>\(time)</h1>\n"
        if let cause = failure["cause"]?.string {
            let failureClass = failure["class"]?.string ?? ""
            text += "<p class=\"cause\"><span class=\"soft\">\(HTMLText.escaped(failureClass)):</span> "
            text += "\(HTMLText.escaped(cause))</p>\n"
        }
        if let advice = failure["advice"]?.string { text += "<p class=\"advice\">\(HTMLText.escaped(advice))</p>\n" }
        text += Self.facts(facts)
        text += "</header>\n<nav aria-label=\"Sections\">\(links)</nav>"
        return text
    }

    private var facts: [(String, String)] {
        var facts: [(String, String)] = []
        if let started = record["started"]?.double { facts.append(("Started", Self.date(started))) }
        if let code = record["exit_code"]?.integer {
            let ending = failure["ending"]?.string.map { " (\($0))" } ?? ""
            facts.append(("Exit code", "\(code)\(ending.hasPrefix(" (ExitCode") ? "" : ending)"))
        }
        if let host = job["host"]?.string {
            let hosts = job["hosts"]?.integer ?? 1
            let rank = (job["rank"]?.integer ?? 0) + 1
            let type = job["instance_type"]?.string.flatMap { $0 == "local" || $0.isEmpty ? nil : ", \($0)" } ?? ""
            facts.append(("Host", hosts > 1 ? "\(host), \(rank) of \(hosts)\(type)" : "\(host)\(type)"))
        }
        if let peak = report.memoryPeak {
            let limit = peak.limit.map { " of \(Amount.bytes(Int(clamping: $0)))" } ?? ""
            facts.append(("Memory at most", "\(Amount.bytes(Int(clamping: peak.bytes)))\(limit)"))
        }
        if let mean = report.meanProcessors {
            let all = job["processors"]?.integer.map { " of \($0)" } ?? ""
            facts.append(("Cores on average", "\(Amount.number((mean * 100).rounded() / 100))\(all)"))
        }
        if let gpus = job["gpus"]?.integer, gpus > 0 { facts.append(("GPUs", String(gpus))) }
        if let archive = archives.first, let bytes = archive["bytes"]?.integer {
            facts.append((FilePathName.last(archive["path"]?.string ?? "Archive"), Amount.bytes(bytes)))
        }
        return facts
    }

    var archives: [JSONObject] { (record["archives"]?.array ?? []).compactMap(\.object) }

    private static func facts(_ facts: [(String, String)]) -> String {
        let rows = facts.map {
            "<div><dt>\(HTMLText.escaped($0.0))</dt><dd>\(HTMLText.escaped($0.1))</dd></div>"
        }
        return "<dl class=\"facts\">\n\(rows.joined(separator: "\n"))\n</dl>\n"
    }

    private var links: String {
        var names = [("time", "Timeline")]
        if !report.metrics.isEmpty { names.append(("metrics", "Metrics")) }
        if !report.resources.isEmpty { names.append(("resources", "Resources")) }
        names += [("inputs", "Code and data"), ("hyperparameters", "Hyperparameters"), ("log", "Log")]
        return names.map { "<a href=\"#\($0.0)\">\($0.1)</a>" }.joined()
    }

    /// A moment in UTC, as people write it.
    static func date(_ seconds: Double) -> String {
        guard let time = CalendarTime(secondsSince1970: Int(clamping: seconds.rounded(.down))) else { return "" }
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let day = "\(time.year)-\(two(time.month))-\(two(time.day))"
        return "\(day) \(two(time.hour)):\(two(time.minute)):\(two(time.second)) UTC"
    }

    /// What a failed run is asked first: the end of what it said.
    var failureSection: String { outcome == "succeeded" ? "" : logSection(isFirst: true) }

    /// What is doubtful, near the top, where it is read.
    var warningSection: String {
        let warnings = (record["warnings"]?.array ?? []).compactMap(\.string) + report.notes
        guard !warnings.isEmpty else { return "" }
        let items = warnings.map { "<li>\(HTMLText.escaped($0))</li>" }.joined(separator: "\n")
        return "<section id=\"warnings\"><h2>Warnings</h2>\n<ul class=\"notes\">\(items)</ul></section>"
    }

    /// The end of the log: above all else for a run that failed, last for one that did not.
    func logSection(isFirst: Bool) -> String {
        guard isFirst == (outcome != "succeeded") else { return "" }
        let lines = (record["log"]?.array ?? []).compactMap(\.string)
        let cause = failure["cause"]?.string ?? ""
        let marked = cause.isEmpty ? nil : lines.lastIndex { $0.hasSameBytes(as: cause) }
        let shown = lines.enumerated().map { index, line in
            index == marked ? "<mark>\(HTMLText.escaped(line))</mark>" : HTMLText.escaped(line)
        }
        let text = shown.joined(separator: "\n")
        let body =
            lines.isEmpty
            ? "<p class=\"soft\">The program wrote nothing to stderr.</p>"
            : "<pre class=\"log\" tabindex=\"0\" role=\"region\" aria-label=\"End of the log\">\(text)</pre>"
        return "<section id=\"log\"><h2>End of the log</h2>\n\(body)</section>"
    }
}

extension Int {
    /// The nearest whole number that there is.
    init(clamping value: Double) {
        self = value.isNaN ? 0 : Int(Swift.min(Swift.max(value, -9e18), 9e18))
    }
}

/// Names at the end of paths.
enum FilePathName {
    static func last(_ path: String) -> String {
        path.split(separator: "/").last.map(String.init) ?? path
    }
}
