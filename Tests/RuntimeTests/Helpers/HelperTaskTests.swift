import SystemPackage
import TestSupport
import Testing

@testable import ContainerRuntime

#if canImport(Glibc)
import Glibc
#endif

/// Every task is carried out, by `train` and by a program of its own on the library.
@Suite(.timeLimit(.minutes(60))) struct HelperTaskTests {
    /// What serves a task of a kind.
    enum Server { case library, store }

    private static func server(_ task: HelperTask) -> Server {
        switch task {
        case .newest, .resolve, .channel, .rendezvous, .session, .lines, .metrics, .gpus, .record, .feed, .pack,
            .report:
            .library
        case .fetch, .index, .sync: .store
        }
    }

    /// A task that can be carried out in a tree, the status that it ends with, and what can be seen then.
    private struct Sample {
        let task: HelperTask
        var status: Int32 = 0
        var says = ""
        var makes: String?
    }

    private static func samples(_ tree: JobTree) throws -> [Sample] {
        let hidden = tree.base.appending("private")
        try tree.write("code/train.py", "pass")
        try tree.write("checkpoints/epoch-1", "x")
        try tree.write("private/peer-ready", "")
        try tree.write("private/ssh_environment", "ANSWER=of the session\0")
        try tree.write("output/report.json", #"{"format": 1, "outcome": "succeeded"}"#)
        try tree.makeDirectory("data")
        let file = { (name: String) in tree.base.appending(name) }
        return [
            Sample(task: .fetch("\(file("code"))", to: file("copy"), isPrefix: false), makes: "copy/train.py"),
            Sample(task: .index("arn", command: ["/bin/true"]), status: 1, says: "error: CA_REPOSITORY_ARN must be"),
            Sample(task: .newest(in: file("checkpoints"), file: file("newest"), seconds: 60), makes: "newest"),
            Sample(task: .resolve(["localhost"], directory: hidden, seconds: 60), makes: "private/peer-addresses.json"),
            Sample(task: .channel(hidden), status: 1, says: "peer.json: not the settings of a peer channel"),
            Sample(task: .rendezvous(hidden, seconds: 60)),
            Sample(task: .session(hidden), says: "of the session"),
            Sample(task: .lines(["/bin/echo", "a line"], LineFormat(isJSON: true)), says: #""message":"a line"}"#),
            Sample(
                task: .metrics([try MetricDefinition(name: "loss", regex: "loss: (.)")], .init(file: file("m"))),
                makes: "m"
            ),
            Sample(task: .record(tree.base, moment: .max, file: file("facts")), makes: "facts"),
            Sample(task: .sync(file("data"), to: "nowhere"), status: 1, says: "s3://BUCKET/PREFIX is expected"),
            Sample(
                task: .feed(PipeFeeder(.files(file("data")), channel: file("input/data/x"))),
                status: 1,
                says: "data: there is no file in it"
            ),
            Sample(task: .pack(file("code"), to: file("a.tar.gz"), summary: file("a.json")), makes: "a.json"),
            Sample(task: .report(file("output/report.json"), seconds: 60), makes: "output/report.html"),
        ]
    }

    @Test(arguments: HelperPrograms.all)
    func everyTaskIsCarriedOut(_ program: String) throws {
        let tree = try JobTree()
        defer { tree.remove() }
        let samples = try Self.samples(tree)
        // The watch of the GPUs has no end, and a test of its own.
        #expect(Set(samples.map { HelperSamples.kind($0.task) }).union([9]) == Set(HelperSamples.kinds))
        for sample in samples {
            let words = HelperRequest(sample.task).arguments.map(\.description)
            // The copies of a program's output are its descriptors 0 and 1, to be read.
            let start = "if [ $2 = metrics ]; then exec \"$0\" \"$@\" 1</dev/null; else exec \"$0\" \"$@\"; fi"
            var command = Command("/bin/sh", ["-c", start, program] + words, input: Array("loss: 5\n".utf8))
            command.environment["SSH_ORIGINAL_COMMAND"] = "echo $ANSWER"
            let result = try command.run()
            let told = "\(words) \(result.errorText)"
            if program == HelperPrograms.library, Self.server(sample.task) == .store {
                #expect(
                    result.status == 1 && result.errorText.contains("must be done by train, which has S3 and HTTP"),
                    "\(told)"
                )
                continue
            }
            #expect(result.status == sample.status, "\(told)")
            if !sample.says.isEmpty { #expect((result.outputText + result.errorText).contains(sample.says), "\(told)") }
            if let file = sample.makes { #expect(tree.exists(file), "\(told)") }
        }
    }

    @Test(arguments: HelperPrograms.all)
    func theGPUsAreWatched(_ program: String) throws {
        let tree = try JobTree()
        defer { tree.remove() }
        try tree.write("nvidia-smi", "#!/bin/sh\necho '97, 12288, 81559'\n", mode: 0o755)
        let task = HelperTask.gpus(tree.base.appending("gpus.json"), tool: tree.base.appending("nvidia-smi"))
        let watch = try Command(program, HelperRequest(task).arguments.map(\.description)).start()
        #expect(watch.wait { _ in tree.exists("gpus.json") })
        watch.send(SIGTERM)
        #expect(watch.wait().status == 143)
        let use = GPUUse(utilization: 97, memory: 12_288 << 20, memoryLimit: 81_559 << 20)
        #expect(GPUUse.read(json: tree.read("gpus.json") ?? []) == [use])
    }

    /// Whatever the level and the form of the log are.
    @Test(arguments: ["SM_LOG_LEVEL": "50", "TRAIN_LOG_FORMAT": "json"])
    func whyATaskFailedIsWrittenDown(_ name: String, _ value: String) throws {
        let tree = try JobTree()
        defer { tree.remove() }
        let note = tree.base.appending("note.json")
        for (task, failureClass, cause) in [
            (
                HelperTask.pack("/no/such", to: tree.base.appending("a"), summary: nil), FailureClass.packing,
                "/no/such: "
            ),
            (.fetch("ftp://x/y", to: tree.base.appending("c"), isPrefix: false), .client, "ftp://x/y: "),
            (.index("arn", command: ["/bin/true"]), .configuration, "CA_REPOSITORY_ARN must be "),
        ] {
            let words = HelperRequest(task, note: note).arguments.map(\.description)
            #expect(try tree.train(words, environment: [name: value]).run().status == 1)
            let told = try #require(FailureNote(note))
            #expect(told.failureClass == failureClass && told.cause.hasPrefix(cause), "\(told)")
            #expect(unlink(note.string) == 0)
        }
    }

    @Test func aHelperEndsWithItsParent() throws {
        let words = HelperRequest(.rendezvous("/no/such", seconds: 600), parent: 1).arguments.map(\.description)
        // Its parent is another one: it is gone already.
        #expect(try Command(Command.train, words).run().status == 1)
    }
}
