extension ReportPage {
    /// Rows of two cells; what is in them is escaped here.
    private static func table(_ rows: [(String, String)], heads: (String, String)) -> String {
        let body = rows.map { name, value in
            "<tr><td class=\"name mono\">\(HTMLText.escaped(name))</td><td class=\"wide mono\">\(HTMLText.escaped(value))</td></tr>"
        }
        return """
            <div class="scroll"><table><thead><tr><th>\(heads.0)</th><th>\(heads.1)</th></tr></thead>
            <tbody>\(body.joined(separator: "\n"))</tbody></table></div>
            """
    }

    var inputSection: String {
        var rows: [(String, String)] = []
        let code = record["code"]?.object ?? JSONObject()
        if let source = code["source"]?.string {
            let reason = code["named_by"]?.string.map { " (\($0))" } ?? ""
            rows.append(("code", source + reason))
        }
        if let command = record["command"]?.string { rows.append(("command", command)) }
        if let digest = code["sha256"]?.string {
            rows.append(("tree SHA-256", "\(digest), \(Self.amount(code))"))
        } else if let problem = code["problem"]?.string {
            rows.append(("tree SHA-256", problem))
        }
        if let changed = code["changed_files"]?.integer {
            rows.append(("left out", "\(Amount.count(changed, "file")) written after the program started"))
        }
        if let commit = code["git"]?.object?["commit"]?.string {
            let branch = code["git"]?.object?["branch"]?.string.map { " (\($0))" } ?? ""
            rows.append(("git commit", commit + branch))
        }
        if let board = record["tensorboard"]?.object, let directory = board["directory"]?.string {
            rows.append(("TensorBoard", directory + (board["destination"]?.string.map { " → \($0)" } ?? "")))
        }
        for archive in archives {
            let digest = archive["sha256"]?.string.map { ", SHA-256 \($0)" } ?? ""
            let size = Amount.bytes(archive["bytes"]?.integer ?? 0)
            let content =
                "\(Amount.count(archive["files"]?.integer ?? 0, "file")), \(Amount.bytes(archive["content_bytes"]?.integer ?? 0))"
            rows.append((FilePathName.last(archive["path"]?.string ?? ""), "\(size) of \(content)\(digest)"))
        }
        let table = Self.table(rows, heads: ("Thing", "Value"))
        return "<section id=\"inputs\"><h2>Code and data</h2>\n\(table)\n\(channels)</section>"
    }

    private static func amount(_ object: JSONObject) -> String {
        guard let files = object["files"]?.integer, let bytes = object["bytes"]?.integer else { return "not counted" }
        return "\(Amount.count(files, "file")), \(Amount.bytes(bytes))"
    }

    private var channels: String {
        let channels = record["channels"]?.object ?? JSONObject()
        guard !channels.isEmpty else { return "<p class=\"soft\">There were no channels.</p>" }
        let rows = channels.map { name, value in
            let channel = value.object ?? JSONObject()
            let least = channel["whole"] == .bool(false) ? "at least " : ""
            return """
                <tr><td class="name mono">\(HTMLText.escaped(name))</td>\
                <td>\(HTMLText.escaped(channel["mode"]?.string ?? ""))</td>\
                <td class="number">\(channel["files"]?.integer.map { "\(least)\($0)" } ?? "not counted")</td>\
                <td class="number">\(channel["bytes"]?.integer.map { least + Amount.bytes($0) } ?? "")</td></tr>
                """
        }
        return """
            <div class="scroll"><table><thead><tr><th>Channel</th><th>Mode</th><th class="number">Files</th>\
            <th class="number">Size</th></tr></thead>
            <tbody>\(rows.joined(separator: "\n"))</tbody></table></div>
            """
    }

    var hyperparameterSection: String {
        let all = (record["hyperparameters"]?.object ?? JSONObject()).map { ($0.key, $0.value.string ?? "") }
        let more = record["hyperparameters_left_out"]?.integer.map { "<p class=\"soft\">and \($0) more</p>" } ?? ""
        let body =
            all.isEmpty
            ? "<p class=\"soft\">There were none.</p>" : Self.table(all, heads: ("Hyperparameter", "Value")) + more
        return "<section id=\"hyperparameters\"><h2>Hyperparameters</h2>\n\(body)</section>"
    }

    var versionSection: String {
        let versions = (record["versions"]?.object ?? JSONObject()).map { ($0.key, $0.value.string ?? "") }
        return versions.isEmpty
            ? ""
            : "<section id=\"versions\"><h2>Versions</h2>\n\(Self.table(versions, heads: ("Program", "Version")))</section>"
    }
}
