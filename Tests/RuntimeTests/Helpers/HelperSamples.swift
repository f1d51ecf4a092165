import SystemPackage
import Testing

@testable import ContainerRuntime

/// Tasks of every kind, with values that an encoding could trip over.
enum HelperSamples {
    static let texts = [
        "", "-", "--", "--note=x", "a=b", "=", "internal", "two\nlines\r\n", "\u{1b}[31m", "e\u{301}", "é", "a b",
        "'\"$(x)",
        "MetricDefinitions",
    ]

    /// The same, and what is no UTF-8.
    static let words =
        texts.map { RawString(stringLiteral: $0) }
        + [[0xff, 0xfe], [0x2d, 0xc3], [0x3d, 0x80], [0x0a]].map { RawString(unchecked: $0) }

    static let paths = words.map { FilePath($0) }

    /// All tasks, each field with each of the values.
    static let tasks: [HelperTask] = paths.flatMap(tasks(of:)) + texts.flatMap(tasks(of:)) + ordinary

    private static func tasks(of path: FilePath) -> [HelperTask] {
        [
            .fetch("s3://b/k", to: path, isPrefix: false), .newest(in: path, file: "/f", seconds: 1),
            .newest(in: "/d", file: path, seconds: 0), .resolve([], directory: path, seconds: -1), .channel(path),
            .rendezvous(path, seconds: .max), .session(path), .gpus(path, tool: "/bin/t"), .gpus("/f", tool: path),
            .record(path, moment: .min, file: "/f"), .record("/opt/ml", moment: 0, file: path),
            .sync(path, to: "s3://b"),
            .feed(PipeFeeder(.files(path), channel: "/c/x")), .report(path, seconds: 60),
            .pack(path, to: "/a", summary: nil), .pack("/d", to: path, summary: path),
            .metrics([], MetricFollower.Plan(file: path, agentDirectory: path, isShared: true)),
        ]
    }

    private static func tasks(of text: String) -> [HelperTask] {
        let host = LogPlace(host: text, rank: -3)
        let definitions = text.isEmpty ? [] : [try? MetricDefinition(name: text, regex: text)].compactMap { $0 }
        let feed = LocalFeed(wrapsRecords: true, attributes: [text, text])
        return [
            .fetch(text, to: "/d", isPrefix: true), .resolve([text, "", text], directory: "/d", seconds: 1),
            .sync("/d", to: text), .index(text, command: words),
            .lines(words, LineFormat(ranks: RankTagger(perHost: 2, hosts: [text, "h"]), isJSON: true, place: host)),
            .metrics(definitions + definitions, MetricFollower.Plan(file: "/f", embeddedHost: text, job: text)),
            .feed(feed.feeder(of: "/m", to: "/c/x")),
        ]
    }

    private static let ordinary: [HelperTask] = [
        .lines(["/bin/true"], LineFormat(passesSignals: false)), .lines(["--"], LineFormat(ranks: nil, isJSON: true)),
        .metrics([], MetricFollower.Plan(file: "/f", isShared: true)), .index("arn", command: ["--", "internal"]),
    ]

    /// The number of a kind of task: the compiler asks for every kind, and the tests for every number.
    static func kind(_ task: HelperTask) -> Int {
        switch task {
        case .fetch: 0
        case .index: 1
        case .newest: 2
        case .resolve: 3
        case .channel: 4
        case .rendezvous: 5
        case .session: 6
        case .lines: 7
        case .metrics: 8
        case .gpus: 9
        case .record: 10
        case .sync: 11
        case .feed: 12
        case .pack: 13
        case .report: 14
        }
    }

    static let kinds = 0..<15
}
