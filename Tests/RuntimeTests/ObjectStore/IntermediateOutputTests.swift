import ContainerRuntime
import SystemPackage
import TestSupport
import Testing

#if canImport(Glibc)
import Glibc
#endif

/// What a job leaves in `output/intermediate` while it runs, with `train sync` as its companion: cases 220 to 225.
@Suite(.timeLimit(.minutes(60))) struct IntermediateOutputTests {
    private func job(_ program: String, _ place: String) throws -> PromiseJob {
        let job = try PromiseJob(.subreaper, "cd \"$SM_OUTPUT_INTERMEDIATE_DIR\" || exit 9\n\(program)\n")
        try job.hyperparameters(
            "\"sagemaker_program\": \"train.sh\", \"sagemaker_s3_output\": \"\(place)\", "
                + "\"sagemaker_region\": \"eu-north-1\""
        )
        return job
    }

    @Test(
        .enabled(if: StoreServer.isInstalled, StoreServer.missing),
        arguments: [
            ("mkdir -p sub/deep; echo one >a.txt; sleep 2; echo two >sub/deep/b.txt; mv a.txt c.txt", 0, false),
            ("mkdir -p sub/deep; echo x >sub/deep/b.txt; echo y >c.txt", 0, true),
            ("mkdir -p sub/deep; echo x >sub/deep/b.txt; echo y >c.txt; exit 4", 4, false),
            (
                "mkdir -p sub/deep; echo own >\"$SM_OUTPUT_FAILURE\"; sleep 2; echo x >sub/deep/b.txt; echo y >c.txt",
                0, true
            ),
        ] as [(String, Int32, Bool)]
    ) func allOfItArrivesHoweverTheProgramEnds(_ program: String, _ status: Int32, _ exists: Bool) throws {
        let store = try #require(StoreServer.shared)
        let prefix = "job-\(program.utf8.count)-\(status)"
        let job = try job(program, "s3://bucket/\(prefix)")
        defer { job.tree.remove() }
        if exists { try job.tree.write("output/intermediate/earlier.txt", "before") }
        let more = ["TRAINING_JOB_NAME": "golden-job", "TRAIN_PACK": "always"]
        let ending = try job.run(store.environment.merging(more) { $1 })
        #expect(ending.status == status, "\(ending.errors)")
        #expect(!ending.errors.contains("warning: \(job.tree.base)/output/intermediate"), "\(ending.errors)")
        let place = "\(prefix)/golden-job/output/intermediate"
        let seen = try store.order("[{\"do\":\"list\",\"bucket\":\"bucket\",\"prefix\":\"\(place)\"}]")
        for name in ["sub/deep/b.txt", "c.txt"] + (exists ? ["earlier.txt"] : []) {
            #expect(seen.contains("\(place)/\(name)"), "\(seen)")
        }
        #expect(!ending.errors.contains(store.secret))
    }

    /// A program of a few milliseconds ends before its companion is up: its files arrive all the same.
    @Test(.enabled(if: StoreServer.isInstalled, StoreServer.missing))
    func aProgramThatEndsAtOnceHasItsFilesSent() throws {
        let store = try #require(StoreServer.shared)
        let job = try job("echo x >quick.txt", "s3://bucket/quick")
        defer { job.tree.remove() }
        let ending = try job.run(store.environment.merging(["TRAIN_PACK": "never"]) { $1 })
        #expect(ending.status == 0, "\(ending.errors)")
        let seen = try store.order("[{\"do\":\"list\",\"bucket\":\"bucket\",\"prefix\":\"quick\"}]")
        #expect(seen.contains("quick/output/intermediate/quick.txt"), "\(seen)\(ending.errors)")
    }

    @Test(.enabled(if: StoreServer.isInstalled, StoreServer.missing))
    func whatDidNotArriveIsAWarningThatNamesIt() throws {
        let store = try #require(StoreServer.shared)
        let job = try job("echo x >lost.txt", "s3://no-such-bucket/x")
        defer { job.tree.remove() }
        let ending = try job.run(store.environment)
        #expect(ending.status == 0 && ending.isConsistent, "\(ending.errors)")
        #expect(ending.errors.contains("did not arrive: lost.txt"), "\(ending.errors)")
        let warning = "warning: \(job.tree.base)/output/intermediate: not all of it is in s3://no-such-bucket/x/output/"
        #expect(ending.errors.contains(warning), "\(ending.errors)")
    }

    @Test(.enabled(if: StoreServer.isInstalled, StoreServer.missing))
    func aStopReachesTheProgramFirstAndWhatItLeavesArrives() throws {
        let store = try #require(StoreServer.shared)
        let program = "trap 'echo last >last.txt; exit 0' TERM; echo ready; while :; do sleep 0.05; done"
        let job = try job(program, "s3://bucket/stopped")
        defer { job.tree.remove() }
        let running = try job.command(store.environment).start()
        #expect(running.printed("ready"), "\(running.errorText)")
        running.signalTrain(SIGTERM)
        let ending = job.ending(running.wait())
        #expect(ending.status == 0, "\(ending.errors)")
        let seen = try store.order("[{\"do\":\"list\",\"bucket\":\"bucket\",\"prefix\":\"stopped\"}]")
        #expect(seen.contains("stopped/output/intermediate/last.txt"), "\(seen)\(ending.errors)")
    }

    /// The server takes what is sent and never answers.
    @Test(arguments: [("TRAIN_SYNC_TIMEOUT", "1s", false), ("TRAIN_GRACE_PERIOD", "1s", true)])
    func theJobsEndIsNotForEverPutOff(_ name: String, _ value: String, _ isStopped: Bool) throws {
        let job = try job("echo x >late.txt; echo ready", "s3://hang/x")
        defer { job.tree.remove() }
        let server = try HostileServer(job.tree)
        defer { server.stop() }
        // Less than the two settings are where nobody says anything.
        let running = try job.command(server.environment.merging([name: value]) { $1 }, limit: 60).start()
        if isStopped {
            #expect(running.wait { _ in server.requests.contains { $0.hasPrefix("PUT /hang/") } })
            running.signalTrain(SIGTERM)
        }
        let ending = job.ending(running.wait())
        #expect(ending.status == 0 && !ending.result.timedOut, "\(ending.errors)")
        #expect(ending.errors.contains("there was no more time to send it"), "\(ending.errors)")
    }

    @Test func theRegionOfTheHyperparametersIsTheRequests() throws {
        let job = try job("echo x >a.txt", "s3://plain/x")
        defer { job.tree.remove() }
        let server = try HostileServer(job.tree)
        defer { server.stop() }
        try job.tree.write("../served/s.py", "print(1)")
        _ = try Command("/bin/rm", ["-r", job.tree.base.appending("code").string]).run()
        let variables = server.environment.merging(["SAGEMAKER_SUBMIT_DIRECTORY": "s3://plain/s.py"]) { $1 }
        _ = try job.run(variables)
        let asked = server.requests.first { $0.hasPrefix("GET /plain/s.py") } ?? ""
        #expect(asked.contains("/eu-north-1/s3/"), "\(server.requests)")
    }

    @Test func aPlaceThatIsNoneEndsTheJobBeforeTheProgram() throws {
        let job = try job("echo started", "https://x/y")
        defer { job.tree.remove() }
        let ending = try job.run()
        #expect(ending.status == 1)
        #expect(
            ending.cause
                == "ConfigurationError: sagemaker_s3_output must be s3://BUCKET/PREFIX or file://PATH, found \"https://x/y\""
        )
        #expect(!ending.result.outputText.contains("started"))
    }

    @Test func onThisMachineItStaysWhereItIs() throws {
        let job = try job("echo x >a.txt", "file:///tmp/x")
        defer { job.tree.remove() }
        let ending = try job.run()
        #expect(ending.status == 0, "\(ending.errors)")
        #expect(job.tree.text("output/intermediate/a.txt") == "x\n")
    }

    /// As a job: the step gets the signal, and the platform's 120 seconds are not waited for.
    @Test func aStopDuringTheDownloadOfTheCodeEndsTheJob() throws {
        let job = try job("echo started", "file:///tmp/x")
        defer { job.tree.remove() }
        let server = try HostileServer(job.tree)
        defer { server.stop() }
        try job.tree.write("../served/s.tar.gz", [UInt8](repeating: 7, count: 1_000))
        _ = try Command("/bin/rm", ["-r", job.tree.base.appending("code").string]).run()
        let source = ["SAGEMAKER_SUBMIT_DIRECTORY": "\(server.address)/slow/s.tar.gz"]
        let running = try job.command(server.environment.merging(source) { $1 }, limit: 60).start()
        #expect(running.wait { _ in server.requests.contains { $0.contains("/slow/") } })
        running.signalTrain(SIGTERM)
        let ending = job.ending(running.wait())
        #expect(ending.status == 143 && !ending.result.timedOut, "\(ending.errors)")
        #expect(ending.cause == "StoppedError: stopped by SIGTERM before training started", "\(ending.cause)")
        #expect(ending.isConsistent)
    }
}
