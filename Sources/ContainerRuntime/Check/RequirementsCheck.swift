import SystemPackage

/// requirements.txt: what pip would find missing here, before it asks any index.
enum RequirementsCheck {
    static func findings(_ program: Program?, _ facts: TrainingEnvironment, _ planner: JobPlanner) -> [Finding] {
        let code = facts.paths.code
        var findings: [Finding] = []
        if !FileSystem.exists(code.appending("requirements.txt")) {
            let names = DirectoryListing.names(code)
            if let other = names.first(where: {
                ["requirement.txt", "requirements.text", "Requirements.txt"].contains($0)
            }) {
                let place = code.appending(other).string
                findings.append(
                    Finding(.warning, place, "is not installed: its name is not requirements.txt", advice: "rename it")
                )
            }
        }
        guard let program, Installation(program, in: code) != nil else { return findings }
        // A command needs Python too where something is to be installed.
        if case .entryPoint(let entryPoint) = program, entryPoint.kind == .command,
            let finding = ProgramCheck.python(planner)
        {
            findings.append(finding)
        }
        return findings + lines(of: code.appending("requirements.txt"), below: code, facts.incoming)
    }

    private static func lines(
        of file: FilePath,
        below code: FilePath,
        _ incoming: EnvironmentVariables
    ) -> [Finding] {
        guard let bytes = try? readFile(file, limit: 1 << 20) else { return [] }
        if bytes.starts(with: [0xff, 0xfe]) || bytes.starts(with: [0xfe, 0xff]) {
            return [Finding(.warning, file.string, "is UTF-16, as PowerShell writes it", advice: "save it as UTF-8")]
        }
        let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        return lines.enumerated().compactMap { index, line in
            let text = String(decoding: line.filter { $0 != UInt8(ascii: "\r") }, as: UTF8.self).trimmed
            guard !text.isEmpty, !text.hasPrefix("#") else { return nil }
            return finding(text, "\(file):\(index + 1)", below: code, incoming)
        }
    }

    private static func finding(
        _ text: String,
        _ place: String,
        below code: FilePath,
        _ incoming: EnvironmentVariables
    ) -> Finding? {
        if let named = path(in: text) {
            // pip runs in the code directory, and so relative paths are relative to it.
            let target = named.hasPrefix("/") ? FilePath(named) : code.appending(FilePath(named).components)
            guard !FileSystem.exists(target) else { return nil }
            return Finding(
                .error,
                place,
                "names \(named), which is not there",
                advice: "put it into \(code), or take the line out"
            )
        }
        guard text.contains("git+"), case .missing = ExecutableSearch.find("git", path: incoming["PATH"]) else {
            return nil
        }
        return Finding(.error, place, "needs git, which is not on the PATH", advice: "install git in the image")
    }

    /// The local file or directory that a line is about: after `-r`, `-c` and `-e`, or a path by its look.
    private static func path(in text: String) -> String? {
        let words = text.split(whereSeparator: { $0 == " " || $0 == "\t" || $0 == "=" }).map(String.init)
        guard var first = words.first else { return nil }
        var isNamed = false
        if ["-r", "-c", "-e", "--requirement", "--constraint", "--editable"].contains(first), words.count > 1 {
            first = words[1]
            isNamed = true
        }
        guard !first.contains("://"), !first.hasPrefix("git+") else { return nil }
        if isNamed || first.hasPrefix("./") || first.hasPrefix("../") || first.hasPrefix("/") || first.hasSuffix(".whl")
        {
            // Extras of a local project: ./library[gpu]
            return String(first.prefix { $0 != "[" && $0 != ";" })
        }
        return nil
    }
}
