import SystemPackage
import TestSupport
import Testing

@testable import ContainerRuntime

#if canImport(Glibc)
import Glibc
#endif

/// Channels of S3 in a local run.
@Suite(.timeLimit(.minutes(60)))
struct LocalStoreTests {
    private static let script = """
        #!/bin/sh
        cd "$SM_INPUT_DIR/data" && find -L . ! -name '*-manifest' -type f | sort
        cat training-manifest
        """

    private func run(
        _ options: [String],
        _ keys: [String] = ["d/a", "d/b/c"],
        _ check: (LocalJob, HostileServer, Command) throws -> Void
    ) throws {
        let job = try LocalJob(Self.script, named: "train.sh", mode: 0o755)
        defer { job.remove() }
        let server = try HostileServer(job.tree)
        defer { server.stop() }
        try job.tree.write("../served/keys", JSONWriter.text(.strings(keys)))
        try check(job, server, job.command(["train.sh"] + options, environment: server.environment))
    }

    @Test(arguments: [1, 2]) func aChannelIsBroughtOnceBeforeTheJobBegins(_ hosts: Int) throws {
        let options = ["--channel", "training=s3://list-keys/d/", "--hosts", "\(hosts)"]
        try run(options) { job, server, command in
            let result = try command.run()
            #expect(result.status == 0, "\(result.errorText)")
            let lines = result.outputText.split(separator: "\n")
            #expect(lines.count { $0.hasSuffix("./training/b/c") } == hosts, "\(result.outputText)")
            #expect(
                lines.count { $0.hasSuffix(#"[{"prefix":"s3://list-keys/d/"},"a","b"]"#) } == hosts,
                "\(result.outputText)"
            )
            #expect(server.requests.count { $0.contains("/list-keys/d/") } == 2, "\(server.requests)")
            #expect(!job.tree.exists("train-local-1/channels"))
        }
    }

    @Test func aKeptTreeHasItsChannel() throws {
        try run(["--channel", "training=s3://list-keys/d/", "--keep"]) { job, _, command in
            let result = try command.run()
            #expect(result.status == 0, "\(result.errorText)")
            #expect(job.tree.text("train-local-1/ml/input/data/training/a") == "x")
        }
    }

    @Test func aModelOfS3IsInItsChannel() throws {
        try run(["--model", "s3://list-keys/job/output/model.tar.gz"], ["job/output/model.tar.gz"]) { _, _, command in
            let result = try command.run()
            #expect(result.outputText.contains("./model/model.tar.gz"), "\(result.outputText)\(result.errorText)")
        }
    }

    @Test func aChannelOfS3IsFedInPipeMode() throws {
        let job = try LocalJob("#!/bin/sh\ncat \"${SM_CHANNEL_TRAINING}_0\"\n", named: "train.sh", mode: 0o755)
        defer { job.remove() }
        let server = try HostileServer(job.tree)
        defer { server.stop() }
        try job.tree.write("../served/keys", #"["d/a","d/b/c"]"#)
        let options = ["train.sh", "--channel", "training=pipe:s3://list-keys/d/"]
        let result = try job.run(options, environment: server.environment)
        #expect(result.status == 0 && result.outputText == "xx", "\(result.errorText)")
    }

    @Test func aSpotRestartHasTheDataStill() throws {
        let job = try LocalJob("#!/bin/sh\nls \"$SM_CHANNEL_TRAINING\"\nsleep 5\n", named: "train.sh", mode: 0o755)
        defer { job.remove() }
        let server = try HostileServer(job.tree)
        defer { server.stop() }
        try job.tree.write("../served/keys", #"["d/a"]"#)
        let options = ["train.sh", "--channel", "training=s3://list-keys/d/", "--stop-after", "1s", "--spot-restart"]
        let result = try job.run(options, environment: server.environment)
        // The stop may come before the first run's listing.
        #expect(result.status == 0 && ["a\n", "a\na\n"].contains(result.outputText), "\(result.errorText)")
        let last = job.tree.text("train-local-1/job.log")?.split(separator: " starting: ").last ?? ""
        #expect(last.contains("\na\n"), "\(last)")
        #expect(server.requests.count == 2, "\(server.requests)")
    }

    @Test(arguments: [
        ("s3://list-keys/none/", [], "s3://list-keys/none/: no object's key begins with it"),
        (
            "s3://list-keys/d/", ["d/../x"],
            "s3://list-keys/d/../x: this object is refused: its name leaves the directory"
        ),
    ]) func aChannelThatCannotBeHadFailsTheJobBeforeItBegins(_ source: String, _ keys: [String], _ words: String) throws
    {
        try run(["--channel", "training=\(source)", "--keep"], keys) { job, _, command in
            let result = try command.run()
            #expect(result.status == 1 && result.output == [], "\(result.errorText)")
            #expect(result.errorText.contains("\ntrain local: Failed after "), "\(result.errorText)")
            let reason = "\nFailureReason: ClientError: Data download failed: channel training: \(words)\n"
            #expect(result.errorText.contains(reason), "\(result.errorText)")
            #expect(DirectoryListing.names(job.tree.base.appending("train-local-1")) == ["job.log"])
            #expect(job.tree.text("train-local-1/job.log")?.contains("[channel training] [train] error: ") ?? false)
        }
    }

    @Test func aStopDuringTheDownloadStartsNothing() throws {
        try run(["--channel", "training=s3://list-slow/p/"]) { job, server, command in
            let running = try command.start()
            #expect(running.wait { _ in server.requests.contains { $0.contains("/list-slow/p/") } })
            running.send(SIGTERM)
            let result = running.wait()
            #expect(result.status == 143 && result.output == [], "\(result.errorText)")
            #expect(result.errorText.contains("train local: Stopped after "), "\(result.errorText)")
            #expect(DirectoryListing.names(job.tree.base.appending("train-local-1")) == ["job.log"])
        }
    }

    @Test func aRunThatIsKilledEndsItsDownload() throws {
        try run(["--channel", "training=s3://list-slow/p/"]) { job, server, command in
            let running = try command.start()
            #expect(running.wait { _ in server.requests.contains { $0.contains("/list-slow/p/") } })
            running.send(SIGKILL)
            _ = running.wait()
            let place = job.tree.base.appending("train-local-1/channels")
            #expect(running.wait { _ in DirectoryListing.names(place) == [] })
        }
    }

    @Test func aTreeThatCannotBeMadeLeavesNothing() throws {
        let options = ["--channel", "training=s3://list-keys/d/", "--checkpoints", "/proc/none/x", "--output", "there"]
        try run(options) { job, server, command in
            try job.tree.makeDirectory("there")
            let result = try command.run()
            #expect(result.status == 1 && server.requests.count == 3, "\(result.errorText)")
            #expect(DirectoryListing.names(job.tree.base.appending("there")) == [])
        }
    }
}
