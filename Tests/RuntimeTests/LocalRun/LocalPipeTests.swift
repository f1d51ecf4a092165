import SystemPackage
import TestSupport
import Testing

@testable import ContainerRuntime

#if canImport(Glibc)
import Glibc
#endif

/// Channels in Pipe mode.
@Suite(.enabled(if: Python.isThere, "python3 is not installed"), .timeLimit(.minutes(60)))
struct LocalPipeTests {
    private static let python: String = {
        var root = FilePath(#filePath)
        for _ in 0..<4 { root.removeLastComponent() }
        return root.appending("Python").string
    }()

    /// Reads epochs with the Python package.
    private static let reader = """
        import os, json
        from container_runtime.pipe import PipeChannel
        channel = PipeChannel("training", timeout=20)
        print(json.loads(os.environ["SM_INPUT_DATA_CONFIG"])["training"])

        """

    @Test func aScriptReadsAnEpochAfterTheOther() throws {
        let script = """
            #!/bin/sh
            for epoch in 0 1; do cat "${SM_CHANNEL_TRAINING}_$epoch"; done
            ls "$SM_INPUT_DIR/data"
            """
        let job = try LocalJob(script, named: "train.sh", mode: 0o755)
        defer { job.remove() }
        try job.tree.write("data/b", "second\n")
        try job.tree.write("data/a/x", "first\n")
        let result = try job.run(["train.sh", "--channel", "training=pipe:data", "--keep"])
        #expect(result.status == 0, "\(result.errorText)")
        // The FIFO of the third epoch is there before it is asked for, and the next one is there while a reader reads.
        #expect(result.outputText.hasPrefix("first\nsecond\nfirst\nsecond\ntraining_2\n"), "\(result.outputText)")
        let place = job.tree.base.appending("train-local-1/ml/input")
        #expect(DirectoryListing.names(place.appending("data")) == [], "the feeder has ended and cleaned up")
        let channel = try JSONReader.read(try readFile(place.appending("config/inputdataconfig.json")))
        #expect(channel.object?["training"]?.object?["TrainingInputMode"] == "Pipe")
        #expect(channel.object?["training"]?.object?["RecordWrapperType"] == "None")
        #expect(!result.errorText.contains("[feeder"), "\(result.errorText)")
    }

    @Test(arguments: [1, 2])
    func thePythonPackageReadsRecords(_ hosts: Int) throws {
        let program = "for epoch in range(2): print(list(channel.records()))"
        let job = try LocalJob(Self.reader + program)
        defer { job.remove() }
        try job.tree.write("data/a", "abc")
        try job.tree.write("data/b", "")
        let words = ["train.py", "--channel", "training=pipe+recordio:data", "--dependency", Self.python]
        let result = try job.run(words + ["--hosts", "\(hosts)"])
        #expect(result.status == 0, "\(result.errorText)")
        let lines = result.outputText.split(separator: "\n")
        #expect(lines.count == 3 * hosts && lines.count { $0.contains("'RecordWrapperType': 'RecordIO'") } == hosts)
        #expect(lines.count { $0.hasSuffix("[b'abc', b'']") } == 2 * hosts, "\(result.outputText)")
    }

    @Test func anAugmentedManifestGivesItsAttributesInTheirOrder() throws {
        let job = try LocalJob(Self.reader + "print(list(channel.samples(['label', 'image-ref'])))")
        defer { job.remove() }
        try job.tree.write("data/m?attributes=x.jsonl", #"{"image-ref": "one.png", "label": 7, "other": 1}"#)
        try job.tree.write("data/one.png", "pixels")
        let channel = "training=manifest+recordio:data/m?attributes=x.jsonl?attributes=label,image-ref"
        let result = try job.run(["train.py", "--channel", channel, "--dependency", Self.python])
        #expect(result.outputText.hasSuffix("[{'label': b'7', 'image-ref': b'pixels'}]\n"), "\(result.errorText)")
    }

    @Test func aFeederWhoseSourceVanishesFailsTheJob() throws {
        let program = """
            print(channel.open().read(), flush=True)
            os.unlink(os.environ["GONE"])
            print(channel.open().read(), flush=True)
            """
        let job = try LocalJob(Self.reader + program)
        defer { job.remove() }
        try job.tree.write("data/a", "abc")
        let file = job.tree.base.appending("data/a").string
        let words = ["train.py", "--channel", "training=pipe:data", "--dependency", Self.python]
        let result = try job.run(words + ["--environment", "GONE=\(file)"])
        #expect(!result.timedOut && result.status == 1, "\(result.errorText)")
        #expect(result.errorText.contains("\ntrain local: Failed after "))
        let reason = "ClientError: Data download failed: channel training: \(file): cannot be read for its channel"
        #expect(result.errorText.contains("  the feeder of channel training failed first\nFailureReason: \(reason)"))
        #expect(job.tree.text("train-local-1/job.log")?.contains("[feeder training] [train] error: \(file)") ?? false)
    }

    @Test func aFeederThatCannotBeginKeepsTheJobFromStarting() throws {
        let job = try LocalJob("print('started')")
        defer { job.remove() }
        try job.tree.makeDirectory("empty")
        let result = try job.run(["train.py", "--channel", "training=pipe:empty"])
        #expect(result.status == 1 && result.output == [], "\(result.errorText)")
        let words = "FailureReason: ClientError: Data download failed: channel training: "
        #expect(result.errorText.contains("\(words)\(job.tree.base)/empty: there is no file in it"))
        #expect(DirectoryListing.names(job.tree.base.appending("train-local-1")) == ["job.log"])
    }

    @Test(arguments: [SIGTERM, SIGKILL])
    func aFeederEndsWithTheLocalRun(_ signal: Int32) throws {
        let script =
            "#!/bin/sh\nn=0; while timeout 60 cat \"${SM_CHANNEL_TRAINING}_$n\"; do n=$((n + 1)); sleep 0.05; done"
        let job = try LocalJob(script, named: "train.sh", mode: 0o755)
        defer { job.remove() }
        try job.tree.write("data", "abc")
        let running = try job.command(["train.sh", "--channel", "training=pipe:data"]).start()
        #expect(running.wait { $0.outputText.contains("abcabc") })
        let place = job.tree.base.appending("train-local-1/ml/input/data")
        #expect(DirectoryListing.names(place) != [])
        running.send(signal)
        #expect(running.wait { _ in DirectoryListing.names(place) == [] })
        #expect(!running.wait().timedOut)
    }
}
