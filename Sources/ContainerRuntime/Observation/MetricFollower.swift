import CLinux
import Glibc
import Logging
import SystemPackage

/// The companion that finds metrics in a copy of the program's output.
///
/// - Reads stdout's copy from descriptor 0 and stderr's from descriptor 1 until both end; descriptor 2 is the log.
/// - What it is too slow for never reaches it: the relay drops that, and leaves a mark.
final class MetricFollower {
    /// What it writes, and to where.
    struct Plan: Hashable, Sendable {
        /// The file of our own form.
        var file: FilePath
        /// The directory that the platform's agent reads, or nil.
        var agentDirectory: FilePath?
        /// The host that lines for CloudWatch name, or nil for no such lines.
        var embeddedHost: String?
        /// The name of the job, for those lines.
        var job = ""
        /// Whether one pipe serves both streams.
        var isShared = false
    }

    private let scanner: MetricScanner
    private let lines: MetricOutput
    private let plan: Plan
    private let streams = [LogStream(), LogStream()]
    private var file: LineFile
    private var agentFile: LineFile?
    private var own: [UInt8] = []
    private var agent: [UInt8] = []
    private var embedded: [[Double]]
    private var embeddedAt = 0
    private var told: Set<String> = []

    /// Compiles the definitions and makes the files.
    init(_ definitions: [MetricDefinition], _ plan: Plan) {
        scanner = MetricScanner(definitions)
        lines = MetricOutput(definitions)
        self.plan = plan
        file = LineFile(plan.file)
        agentFile = plan.agentDirectory.map { LineFile($0.appending("\(CurrentProcess.id).json")) }
        embedded = definitions.map { _ in [] }
        for problem in scanner.problems { log.warning("\(problem)") }
    }

    /// Follows both streams to their ends.
    ///
    /// A loop of its own, since this is a process of its own, which waits in two ways: it looks whether there is more, and only
    /// if there is not, it writes what was found and waits.
    func run() {
        // It works for those who watch: the program comes first where processors are few.
        CurrentProcess.lowerPriority()
        var open = [Int32(0), 1]
        var poller = Poller()
        do throws(Errno) {
            while !open.isEmpty {
                poller.reset()
                let sources = open.map { ($0, poller.add($0, .readable)) }
                // What was found is written before anything is waited for; under load, when there is much of it.
                poller.deadline = .now
                if try !poller.wait() {
                    flush()
                    poller.deadline = hasEmbedded ? .now + .seconds(1) : nil
                    try poller.wait()
                }
                for (descriptor, source) in sources where poller.isReady(source) && !take(descriptor) {
                    open.removeAll { $0 == descriptor }
                }
                if hasEmbedded { writeEmbedded(atEnd: false) }
            }
        } catch {
            log.warning("metrics: the end of the log cannot be waited for: \(error)")
        }
        flush()
        writeEmbedded(atEnd: true)
        summarize()
    }

    /// Reads a piece of a stream; false at its end.
    private func take(_ descriptor: Int32) -> Bool {
        let stream = streams[Int(descriptor)]
        let count: Int
        do throws(Errno) {
            count = try stream.read(FileDescriptor(rawValue: descriptor))
        } catch {
            if error == .wouldBlock { return true }
            // As at the end of it.
            count = 0
        }
        let time = WallTime.now.text
        let name: StaticString? = plan.isShared ? nil : descriptor == 0 ? "stdout" : "stderr"
        stream.drain(atEnd: count == 0) { text in
            scanner.scan(text) { index, value, facts in
                lines.own(index, value, facts, stream: name, time: time, to: &own)
                if agentFile != nil { lines.agent(index, value, facts, time: time, to: &agent) }
                if plan.embeddedHost != nil, embedded[index].count < 100, value.double.isFinite {
                    embedded[index].append(value.double)
                }
            }
        } cut: {
            scanner.noteCutLine()
        }
        file.add(own)
        agentFile?.add(agent)
        own.removeAll(keepingCapacity: true)
        agent.removeAll(keepingCapacity: true)
        tellOnce()
        return count > 0
    }

    private func flush() {
        file.flush()
        agentFile?.flush()
        if let problem = file.takeProblem() { log.warning("\(problem)") }
        if let problem = agentFile?.takeProblem() { log.warning("\(problem)") }
    }

    /// Says what is left out, once for each reason.
    private func tellOnce() {
        if scanner.cutLines > 0 {
            tell("metrics: of a line of more than \(MetricScanner.longestLine) bytes, only so many are looked at")
        }
        if streams.contains(where: { $0.dropped > 0 }) {
            tell("metrics: the program prints faster than metrics are looked for; what is too much is left out")
        }
        for (definition, count) in zip(scanner.definitions, scanner.counts) where count.isSpent || count.givenUp > 0 {
            if count.isSpent {
                tell("metric \"\(definition.name)\": its regex took too much time; it is not looked for any more")
            } else {
                tell("metric \"\(definition.name)\": its regex needs too many steps for some lines; they are left out")
            }
        }
    }

    private func tell(_ words: String) {
        if told.insert(words).inserted { log.warning("\(words)") }
    }

    private func summarize() {
        let dropped = streams.reduce(0) { $0 + $1.dropped }
        log.info("\(MetricWords.summary(scanner.definitions, scanner.counts, dropped: dropped))")
    }
}

extension MetricFollower {
    private var hasEmbedded: Bool { embedded.contains { !$0.isEmpty } }

    /// Writes a line for CloudWatch, at most one a second.
    private func writeEmbedded(atEnd: Bool) {
        let now = WallTime.now.milliseconds
        guard let host = plan.embeddedHost, hasEmbedded, atEnd || now - embeddedAt >= 1_000 else { return }
        embeddedAt = now
        let metrics = zip(scanner.definitions, embedded).map { definition, values in
            EmbeddedMetrics.Metric(name: definition.name, unit: "None", values: values)
        }
        RuntimeLog.shared.writeNow(EmbeddedMetrics(job: plan.job, host: host).line(metrics, milliseconds: now))
        embedded = embedded.map { _ in [] }
    }
}

/// The words about what was found.
enum MetricWords {
    static func summary(_ definitions: [MetricDefinition], _ counts: [MetricScanner.Count], dropped: Int) -> String {
        let pairs = zip(definitions, counts)
        let found = pairs.filter { $1.found > 0 }.map { "\($0.name) \($1.found)" }
        let never = pairs.filter { $1.found == 0 }.map(\.0.name)
        var parts = [found.isEmpty ? "none found" : found.joined(separator: ", ")]
        if !never.isEmpty { parts.append("never found: \(never.joined(separator: ", "))") }
        if dropped > 0 { parts.append("\(dropped) bytes of the log were not looked at") }
        return "metrics: \(parts.joined(separator: "; "))"
    }
}
