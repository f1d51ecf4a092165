import SystemPackage
import TestSupport
import Testing

@testable import ContainerRuntime

#if canImport(Glibc)
import Glibc
#endif

/// Stops: the platform's, a person's, and that of a spot instance.
@Suite(.enabled(if: Python.isThere, "python3 is not installed"), .timeLimit(.minutes(60)))
struct LocalStopTests {
    /// Saves at SIGTERM; ends by itself where there is a checkpoint.
    private static let saver = """
        import os, signal, sys, time
        model, checkpoints = os.environ["SM_MODEL_DIR"], os.environ.get("SM_CHECKPOINT_DIR", "")
        def save(*_):
            open(model + "/saved", "w").write("x")
            if os.path.isdir(checkpoints): open(checkpoints + "/step-7", "w").write("7")
            sys.exit(int(sys.argv[1]))
        signal.signal(signal.SIGTERM, save)
        found = os.listdir(checkpoints) if os.path.isdir(checkpoints) else []
        print("begins with", found, os.listdir(model), flush=True)
        while not found: time.sleep(0.1)
        open(model + "/resumed", "w").write("x")
        """

    @Test(arguments: [Int32(0), 5])
    func aStopLeavesTheModelThatTheScriptSaved(_ code: Int32) throws {
        let job = try LocalJob(Self.saver)
        defer { job.remove() }
        let result = try job.run(["train.py", "--stop-after", "20s", "--", "\(code)"])
        #expect(result.status == code, "\(result.errorText)")
        #expect(result.errorText.contains("train local: Stopped after "))
        #expect(try job.names(in: "train-local-1/model.tar.gz") == ["saved"])
        #expect(job.tree.exists("train-local-1/report.html"))
    }

    @Test(arguments: [SIGINT, SIGTERM])
    func aSignalIsAStopOfThePlatform(_ signal: Int32) throws {
        let job = try LocalJob(Self.saver)
        defer { job.remove() }
        let running = try job.command(["train.py", "--", "3"]).start()
        #expect(running.wait { $0.outputText.contains("begins") })
        running.send(signal)
        let result = running.wait()
        #expect(result.status == 3, "\(result.errorText)")
        #expect(result.errorText.contains("FailureReason: none, a stopped job has no reason\n"))
        #expect(try job.names(in: "train-local-1/model.tar.gz") == ["saved"])
        #expect(!job.tree.exists("train-local-1/ml"))
    }

    @Test func aSecondSignalWaitsForNobody() throws {
        let script = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('on', flush=True)\n"
        let job = try LocalJob(script + "while True: time.sleep(1)")
        defer { job.remove() }
        let running = try job.command(["train.py"]).start()
        #expect(running.wait { $0.outputText.contains("on") })
        running.send(SIGTERM)
        #expect(running.wait { $0.errorText.contains("SIGTERM received") })
        running.send(SIGINT)
        let result = running.wait()
        #expect(!result.timedOut && result.status == 137, "\(result.errorText)")
    }

    @Test func aSpotRestartHasItsCheckpointsAndNothingElse() throws {
        let job = try LocalJob(Self.saver)
        defer { job.remove() }
        let result = try job.run(["train.py", "--stop-after", "20s", "--spot-restart", "--", "0"])
        #expect(result.status == 0, "\(result.errorText)")
        #expect(result.outputText == "begins with [] []\nbegins with ['step-7'] []\n")
        #expect(try job.names(in: "train-local-1/model.tar.gz") == ["resumed"])
        #expect(job.tree.text("train-local-1/checkpoints/step-7") == "7")
        #expect(job.tree.text("train-local-1/job.log")?.contains("begins with []") ?? false)
    }

    @Test func checkpointsOfAnEarlierRunAreFound() throws {
        let job = try LocalJob(Self.saver)
        defer { job.remove() }
        try job.tree.write("kept/step-1", "1")
        let result = try job.run(["train.py", "--checkpoints", "kept", "--", "0"])
        #expect(result.outputText == "begins with ['step-1'] []\n", "\(result.errorText)")
    }

    @Test func aReaderThatGoesAwayCostsNothing() throws {
        let job = try LocalJob("for i in range(200_000): print('line', i)")
        defer { job.remove() }
        let words = "\(Command.train) local train.py 2>/dev/null | head -n 1; echo \"${PIPESTATUS[0]}\""
        var variables = Command.plainEnvironment
        variables["TMPDIR"] = job.temporary.string
        let directory = job.tree.base.string
        let result = try Command("/bin/bash", ["-c", words], environment: variables, workingDirectory: directory).run()
        #expect(result.outputText == "line 0\n0\n")
        #expect(job.tree.text("train-local-1/job.log")?.contains("line 199999\n") ?? false)
    }
}
