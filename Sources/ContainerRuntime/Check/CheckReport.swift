extension JobCheck {
    /// The findings for people: two lines each, and how many there are.
    public var text: String {
        let lines = findings.map { finding in
            let name = finding.severity.rawValue
            let blanks = String(repeating: " ", count: max(1, 9 - name.utf8.count))
            // A failure's words name their subject already.
            let isNamed = finding.problem.contains(finding.place) || finding.place.isEmpty
            let problem = isNamed ? finding.problem : "\(finding.place): \(finding.problem)"
            return "\(name)\(blanks)\(problem.asOneLine)\n         \(finding.advice.asOneLine)\n"
        }
        return lines.joined() + summary
    }

    /// One object with `errors`, `findings` and `warnings`, on one line.
    public var json: String {
        let list = findings.map { finding in
            JSONValue.object(
                JSONObject([
                    ("advice", .string(finding.advice)), ("place", .string(finding.place)),
                    ("problem", .string(finding.problem)), ("severity", .string(finding.severity.rawValue)),
                ])
            )
        }
        let object = JSONObject([
            ("errors", .integer(count(.error))), ("findings", .array(list)), ("warnings", .integer(count(.warning))),
        ])
        return JSONWriter.text(.object(object)) + "\n"
    }

    private var summary: String {
        guard !findings.isEmpty else { return "nothing to complain about\n" }
        let parts = Finding.Severity.allCases.map { severity in
            Amount.count(count(severity), severity.rawValue)
        }
        return parts.joined(separator: ", ") + (hasErrors ? ": the job would fail\n" : "\n")
    }

    private func count(_ severity: Finding.Severity) -> Int { findings.filter { $0.severity == severity }.count }
}
