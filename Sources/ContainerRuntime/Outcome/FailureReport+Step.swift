import SystemPackage

extension FailureReport {
    /// The report of a step that ended badly.
    ///
    /// - Parameters:
    ///   - report: How the step ended.
    ///   - failureClass: The class where no stop and no limit was the reason.
    ///   - role: What the step was to the job.
    ///   - cause: The root cause, where the end of stderr has one.
    ///   - command: The command for people.
    ///   - advice: The line of advice, where a pattern matched.
    /// - Returns: The report.
    static func of(
        _ report: StepReport,
        _ failureClass: FailureClass,
        role: StepRole,
        cause: RootCause?,
        command: String,
        advice: String?
    ) -> FailureReport {
        let context = cause?.context ?? []
        let (shownClass, words): (FailureClass, String)
        switch role.isTheStops(report) ? report.stop : nil {
        case .signal(let signal): (shownClass, words) = (.stopped, EndingWords.stopped(report, signal, role))
        case .runTime(let limit): (shownClass, words) = (.timeout, EndingWords.tooLong(limit))
        case .silence(let limit): (shownClass, words) = (.timeout, EndingWords.silent(limit))
        case .companion(let name): (shownClass, words) = (failureClass, EndingWords.lost(name))
        case nil:
            let said = cause?.line ?? ""
            (shownClass, words) = (failureClass, said.isEmpty ? EndingWords.alone(report.ending) : said)
        }
        let frame = shownClass == .timeout ? EndingWords.topFrame(context) : nil
        return FailureReport(
            shownClass,
            cause: frame.map { "\(words); it was at \($0)" } ?? words,
            ending: EndingWords.line(report.ending),
            command: command,
            advice: advice,
            context: context
        )
    }
}

/// The words for endings.
enum EndingWords {
    /// The second line of a failure file.
    static func line(_ ending: StepReport.Ending) -> String? {
        switch ending {
        case .exited(let code): "ExitCode \(code)"
        case .signaled(let signal, let dumped):
            "Signal \(signal) (\(signal.rawValue))\(dumped ? ", core dumped" : "")"
        case .unkillable: "Signal SIGKILL (9), without effect"
        case .notStarted, .stoppedBefore: nil
        }
    }

    /// The cause where a program said nothing.
    static func alone(_ ending: StepReport.Ending) -> String {
        switch ending {
        case .exited(let code): "the program ended with exit code \(code) and wrote nothing to stderr"
        case .signaled(let signal, _): "the program was ended by \(signal)"
        case .unkillable(let process): "the program could not be killed (process \(process))"
        case .notStarted(let error): "the program could not be started: \(error)"
        case .stoppedBefore: "stopped before it began"
        }
    }

    static func stopped(_ report: StepReport, _ signal: Signal, _ role: StepRole) -> String {
        guard case .program = role else { return "stopped by \(signal)\(role.stopWords)" }
        if case .stoppedBefore = report.ending { return "stopped by \(signal) before training started" }
        if case .unkillable(let process) = report.ending {
            return "stopped by \(signal); the program could not be killed (process \(process))"
        }
        return report.killed
            ? "stopped by \(signal); the program did not stop within \(report.grace.inSeconds) and was killed"
            : "stopped by \(signal)"
    }

    static func lost(_ companion: String) -> String { "\(companion) ended before the program" }

    static func tooLong(_ limit: Duration) -> String { "the run time of \(limit.inSeconds) is over" }

    static func silent(_ limit: Duration) -> String { "no output for \(limit.inSeconds)" }

    /// The innermost frame of the last stack that Python's faulthandler printed:
    /// `  File "train.py", line 7 in loop`, the first after its heading.
    static func topFrame(_ lines: [String]) -> String? {
        let current = lines.lastIndex { $0.hasPrefix("Current thread ") }
        guard let current = current ?? lines.lastIndex(where: { $0.hasPrefix("Thread 0x") }) else { return nil }
        guard current + 1 < lines.count, lines[current + 1].trimmed.hasPrefix("File ") else { return nil }
        return lines[current + 1].trimmed
    }
}
