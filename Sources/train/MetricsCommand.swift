import ArgumentParser
import ContainerRuntime
import SystemPackage

/// `train metrics LOG`: tries metric definitions on a log; in its hidden form, the companion of a job.
struct MetricsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "metrics",
        abstract: "Tries metric definitions on a log: what matched, how often, and what never did.",
        usage: "train metrics LOG [--metric NAME=REGEX …] [--definitions FILE] [--json]",
        discussion: """
            Definitions are SageMaker's: a name and a regular expression whose first group is the number. LOG may be -, \
            standard input. Ends with 1 where a definition never matched.
            """
    )

    @Argument(help: "The log; - is standard input.", completion: .file())
    var log: String?

    @Option(help: ArgumentHelp("A definition; may be repeated.", valueName: "name=regex"))
    var metric: [String] = []

    @Option(help: "A JSON file of definitions, such as metric-definition-regex.json.", completion: .file())
    var definitions: String?

    @Flag(help: "Print every metric that was found, as a line of JSON, instead of the summary.")
    var json = false

    @Option(help: .hidden)
    var follow: String?

    @Option(help: .hidden)
    var define: [String] = []

    @Option(name: .customLong("watch-gpus"), help: .hidden)
    var watchGPUs: String?

    @Option(help: .hidden)
    var tool = ""

    @Option(help: .hidden)
    var agent: String?

    @Option(help: .hidden)
    var embeddedHost: String?

    @Option(help: .hidden)
    var job = ""

    @Flag(help: .hidden)
    var shared = false

    func validate() throws {
        guard follow == nil, watchGPUs == nil else { return }
        if log == nil { throw ValidationError("a log is expected, or - for standard input") }
        if metric.isEmpty, definitions == nil {
            throw ValidationError("no definitions: --metric 'loss=loss: ([0-9.]+)' or --definitions FILE")
        }
    }

    func run() throws {
        if let watchGPUs { return GPUWatch.run(file: FilePath(watchGPUs), tool: FilePath(tool)) }
        do throws(Failure) {
            let all = try allDefinitions()
            if let follow {
                var plan = MetricFollower.Plan(file: FilePath(follow))
                plan.agentDirectory = agent.map { FilePath($0) }
                plan.embeddedHost = embeddedHost
                plan.job = job
                plan.isShared = shared
                MetricFollower(all, plan).run()
                return
            }
            try tryOut(all)
        } catch {
            RuntimeLog.shared.write("error: \(error)")
            Startup.shared.finish(error.exitStatus)
        }
    }

    private func allDefinitions() throws(Failure) -> [MetricDefinition] {
        var all: [MetricDefinition] = []
        if let definitions { all += try MetricDefinition.read(file: FilePath(definitions)) }
        for text in metric { all.append(try MetricDefinition(text: text)) }
        for text in define { all += try MetricDefinition.read(text: text, source: "--define") }
        return try MetricDefinition.merge(all, source: "metrics")
    }

    private func tryOut(_ definitions: [MetricDefinition]) throws(Failure) {
        let trial = MetricTrial(definitions)
        if json {
            try trial.read(FilePath(log ?? "-")) { line in print(String(decoding: line, as: UTF8.self), terminator: "")
            }
        } else {
            try trial.read(FilePath(log ?? "-"))
            print(trial.report, terminator: "")
        }
        if !trial.allMatched { Startup.shared.finish(.failure) }
    }
}
