import ArgumentParser
import ContainerRuntime
import SystemPackage

/// `train metrics LOG`: tries metric definitions on a log.
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

    func validate() throws {
        if log == nil { throw ValidationError("a log is expected, or - for standard input") }
        if metric.isEmpty, definitions == nil {
            throw ValidationError("no definitions: --metric 'loss=loss: ([0-9.]+)' or --definitions FILE")
        }
    }

    func run() throws {
        do throws(Failure) {
            try tryOut(try allDefinitions())
        } catch {
            Startup.shared.finish(error.tell())
        }
    }

    private func allDefinitions() throws(Failure) -> [MetricDefinition] {
        var all: [MetricDefinition] = []
        if let definitions { all += try MetricDefinition.read(file: FilePath(definitions)) }
        for text in metric { all.append(try MetricDefinition(text: text)) }
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
