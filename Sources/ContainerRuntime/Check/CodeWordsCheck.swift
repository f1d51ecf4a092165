import SystemPackage

/// Channels and hyperparameters that the code asks for by the names of their variables, and that the job does not have.
///
/// A text search and no understanding: what is found is a warning, since a program may well do without.
enum CodeWordsCheck {
    private static let mostFiles = 500
    private static let mostBytes = 1 << 20
    private static let deepest = 8

    static func findings(_ facts: TrainingEnvironment) -> [Finding] {
        let known = Set(facts.allVariables().variables.entries.compactMap { EnvironmentVariables.name(of: $0) })
        var told: Set<String> = []
        var findings: [Finding] = []
        for file in sources(in: facts.paths.code, depth: 0).prefix(mostFiles) {
            guard let bytes = try? readFile(file, limit: mostBytes) else { continue }
            for (line, text) in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
                .enumerated()
            {
                for name in names(in: text) where told.insert(name).inserted {
                    guard let raw = RawString(name), !known.contains(raw) else { continue }
                    findings.append(finding(name, "\(file):\(line + 1)", facts))
                }
            }
        }
        return findings
    }

    private static func finding(_ name: String, _ place: String, _ facts: TrainingEnvironment) -> Finding {
        let isChannel = name.hasPrefix("SM_CHANNEL_")
        let has = isChannel ? facts.configuration.inputData.channels : facts.hyperparameters.keys
        let kind = isChannel ? "channel" : "hyperparameter"
        let words = has.isEmpty ? "the job has none" : "it has \(has.listing)"
        return Finding(
            .warning,
            place,
            "asks for \(name), and the job has no such \(kind); \(words)",
            advice: isChannel
                ? "add the channel, or let the program do without" : "pass it, or let the program do without"
        )
    }

    /// Python and shell files below a directory, those of the directory itself first; hidden directories are left alone.
    private static func sources(in directory: FilePath, depth: Int) -> [FilePath] {
        let paths = DirectoryListing.names(directory).filter { !$0.hasPrefix(".") }.map { directory.appending($0) }
        let files = paths.filter { ["py", "sh"].contains($0.extension) && !FileSystem.isDirectory($0) }
        guard depth < deepest else { return files }
        // A link may lead back up.
        let folders = paths.filter { (try? FileStatus(link: $0))?.isDirectory ?? false }
        return files + folders.flatMap { sources(in: $0, depth: depth + 1) }
    }

    /// The names of variables of the two families in a line that is no comment.
    private static func names(in line: ArraySlice<UInt8>) -> [String] {
        let text = line.drop { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
        guard text.first != UInt8(ascii: "#") else { return [] }
        var names: [String] = []
        for start in ["SM_CHANNEL_", "SM_HP_"] {
            var rest = text
            while let range = rest.firstRange(of: Array(start.utf8)) {
                let isInside = range.lowerBound > rest.startIndex && isWord(rest[range.lowerBound - 1])
                let name = rest[range.lowerBound...].prefix(while: isWord)
                rest = rest[(range.lowerBound + name.count)...]
                if !isInside, name.count > start.utf8.count { names.append(String(decoding: name, as: UTF8.self)) }
            }
        }
        return names
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "_") || byte.isASCIIAlphanumeric
    }
}
