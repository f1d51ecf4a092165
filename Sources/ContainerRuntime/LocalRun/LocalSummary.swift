import SystemPackage

/// The last lines of a local run: how the job ended, what the platform would say of it, where things are.
struct LocalSummary {
    /// The lines, each ended.
    let text: String
    /// The status of the job.
    let status: ExitStatus

    init(_ results: [LocalResult], _ round: LocalRound, _ place: LocalPlace, keeps: Bool) {
        let failed = results.filter { $0.status != .success }
        // Others end of the first failure, and one of them may be seen to end before the host that it happened on.
        let first = failed.first { !$0.followsAnother } ?? failed.first
        let lost = round.lost
        status = lost == nil ? first?.status ?? round.statusBeforeStart : .failure
        let time = Amount.seconds(round.duration / .seconds(1))
        var lines: [String] = []
        let isStopped = lost == nil && round.stop.map { $0.isPlatforms } ?? false
        let word = isStopped ? "Stopped" : first == nil && lost == nil ? "Completed" : "Failed"
        lines.append("train local: \(word) after \(time), exit code \(status.rawValue)")
        if let lost {
            if lost.wasFed { lines.append("  the feeder of channel \(lost.name) failed first") }
            let channel = "channel \(lost.name): \(lost.words)"
            lines.append("FailureReason: ClientError: Data download failed: \(channel)")
        } else if let first {
            if results.count > 1, !isStopped { lines.append("  \(first.host) failed first") }
            lines.append("FailureReason: \(isStopped ? "none, a stopped job has no reason" : first.failureReason)")
        }
        let log = "\(place.shown)/job.log"
        lines.append(Self.line("log", log, place.directory.appending("job.log")))
        for result in results {
            let prefix = results.count == 1 ? place.shown : "\(place.shown)/\(result.host)"
            for name in LocalResult.files where name != "report.json" {
                let file = result.directory.appending(name)
                guard FileSystem.exists(file) else { continue }
                let word = name.prefix { $0 != "." }
                lines.append(Self.line(String(word), "\(prefix)/\(name)", file))
            }
            if keeps { lines.append("  tree     \(prefix)/ml") }
        }
        text = lines.joined(separator: "\n") + "\n"
    }

    private static func line(_ word: String, _ shown: String, _ file: FilePath) -> String {
        let size = (try? FileStatus(file)).map { " (\(Amount.bytes($0.size)))" } ?? ""
        return "  \(word)\(String(repeating: " ", count: max(1, 9 - word.utf8.count)))\(shown.asOneLine)\(size)"
    }
}
