import SystemPackage
import TestSupport
import Testing

#if canImport(Glibc)
import Glibc
#endif

/// P11 to P16: a stop is heard at any time, the program has its grace, and the end is bounded.
@Suite struct StoppingTests {
    private func stopped(_ job: PromiseJob, _ running: RunningCommand, by signals: [Int32]) throws -> PromiseJob.Ending
    {
        #expect(running.printed("ready"), "\(running.errorText)")
        for signal in signals { running.signalTrain(signal) }
        return job.ending(running.wait())
    }

    @Test(arguments: Surroundings.available, [SIGTERM, SIGINT])
    func aProgramThatSavesAndEndsWith0IsASuccess(_ surroundings: Surroundings, _ signal: Int32) throws {
        let program = """
            trap 'echo weights > "$SM_MODEL_DIR/saved.bin"; echo saved; exit 0' TERM INT
            echo ready; while :; do sleep 0.05; done
            """
        let job = try PromiseJob(surroundings, program)
        defer { job.tree.remove() }
        let ending = try stopped(job, try job.command().start(), by: [signal])
        #expect(ending.status == 0)
        #expect(ending.isConsistent, "\(ending.errors)")
        #expect(ending.archive == ["saved.bin"])
        #expect(ending.result.outputText == "ready\nsaved\n")
    }

    @Test(arguments: Surroundings.available, [SIGTERM, SIGINT])
    func aProgramWithoutAHandlerIsStopped(_ surroundings: Surroundings, _ signal: Int32) throws {
        let job = try PromiseJob(surroundings, "echo ready; exec sleep 60")
        defer { job.tree.remove() }
        let ending = try stopped(job, try job.command().start(), by: [signal])
        #expect(ending.status == 128 + signal)
        #expect(ending.isConsistent)
        #expect(ending.cause.hasPrefix("StoppedError: "), "\(ending.cause)")
        #expect(ending.cause.contains(signal == SIGTERM ? "SIGTERM" : "SIGINT"), "\(ending.cause)")
    }

    @Test(arguments: Surroundings.available)
    func aProgramThatIgnoresTheStopIsKilledAfterItsGrace(_ surroundings: Surroundings) throws {
        let job = try PromiseJob(surroundings, "trap '' TERM; echo ready; while :; do sleep 0.05; done")
        defer { job.tree.remove() }
        let ending = try stopped(job, try job.command(["TRAIN_GRACE_PERIOD": "1"]).start(), by: [SIGTERM])
        #expect(ending.status == 137)
        #expect(ending.isConsistent)
        #expect(ending.cause.hasPrefix("StoppedError: "))
        #expect(ending.failure?.contains("1 s") == true, "\(ending.failure ?? "")")
    }

    /// P16: the deadline stays where the first signal put it.
    @Test(arguments: Surroundings.available, [SIGTERM, SIGINT])
    func moreSignalsDoNotPutTheDeadlineOff(_ surroundings: Surroundings, _ signal: Int32) throws {
        let job = try PromiseJob(surroundings, "trap '' TERM INT; echo ready; while :; do sleep 0.05; done")
        defer { job.tree.remove() }
        let running = try job.command(["TRAIN_GRACE_PERIOD": "2"]).start()
        #expect(running.printed("ready"))
        // Each of them comes within the grace of the one before it: were it restarted, there would be no end.
        let ended = running.wait { running in
            running.signalTrain(signal)
            usleep(300_000)
            return running.hasEnded
        }
        #expect(ended)
        #expect(job.ending(running.wait()).status == 137)
    }

    @Test(arguments: Surroundings.available)
    func aStoppedProgramHearsTheStop(_ surroundings: Surroundings) throws {
        let program = "trap 'echo heard; exit 0' TERM; echo ready; kill -STOP $$; sleep 60 & wait"
        let job = try PromiseJob(surroundings, program)
        defer { job.tree.remove() }
        let running = try job.command().start()
        #expect(running.printed("ready"))
        #expect(running.wait { ProcessEntry.descendants(of: $0.pid).contains { $0.state == "T" } })
        running.signalTrain(SIGTERM)
        let ending = job.ending(running.wait())
        #expect(ending.status == 0)
        #expect(ending.result.outputText == "ready\nheard\n")
    }

    /// P14: at any moment before the program exists.
    ///
    /// Whether it started in time is visible, and both answers are right, but the status is 143, the reason is in the
    /// file, and nothing hangs.
    @Test(arguments: Surroundings.available, [0, 1, 2, 3, 5, 8, 12, 20, 35, 60, 100])
    func aStopBeforeTheProgramIsNotLost(_ surroundings: Surroundings, _ milliseconds: UInt32) throws {
        let job = try PromiseJob(surroundings, "exec sleep 60")
        defer { job.tree.remove() }
        let running = try job.command().start()
        let pid = try #require(running.trainPID())
        // Below this the process is still the wrapper's copy or in the dynamic loader, where a signal is the kernel's.
        let isBlocked = running.wait { _ in signalsAreTaken(pid) }
        #expect(isBlocked)
        usleep(milliseconds * 1000)
        kill(pid, SIGTERM)
        let ending = job.ending(running.wait())
        #expect(ending.status == 143, "\(ending.errors)")
        #expect(ending.isConsistent)
        #expect(ending.cause.hasPrefix("StoppedError: "), "\(ending.cause)")
    }

    @Test(arguments: Surroundings.available)
    func aStopDuringInstallationEndsItAndTheProgramNeverStarts(_ surroundings: Surroundings) throws {
        let job = try PromiseJob(surroundings, "print('started')", named: "train.py")
        defer { job.tree.remove() }
        try job.tree.write("code/requirements.txt", "./never\n")
        try job.tree.write("code/never/setup.py", "import time; print('installing'); time.sleep(60)\n")
        let fake =
            "#!/bin/sh\ncase \"$*\" in *pip*) echo ready >&2; exec sleep 60;; esac\nexec \(Command.python) \"$@\"\n"
        try job.tree.write("python", fake, mode: 0o755)
        let running = try job.command(["TRAIN_PYTHON": job.tree.base.appending("python").string]).start()
        #expect(running.wait { $0.errorText.contains("ready") || $0.outputText.contains("ready") })
        running.signalTrain(SIGTERM)
        let ending = job.ending(running.wait())
        #expect(ending.status == 143)
        #expect(ending.cause.hasPrefix("StoppedError: "), "\(ending.cause)")
        #expect(!ending.result.outputText.contains("started"))
    }

    /// P15: between the program's end and the end of packing, any moment may come.
    @Test(arguments: Surroundings.available, [0, 30, 80, 150])
    func aStopWhilePackingLeavesAWholeArchiveOrNone(_ surroundings: Surroundings, _ milliseconds: UInt32) throws {
        let program = "\"$PROBE\" flood 3 60000000 65536 3>\"$SM_MODEL_DIR/w.bin\"; echo ready"
        let job = try PromiseJob(surroundings, program)
        defer { job.tree.remove() }
        // Nothing beside the archive: a program of more than a second has samples.
        let running = try job.command(["TRAIN_METRICS": "off"]).start()
        #expect(running.printed("ready"), "\(running.errorText)")
        usleep(milliseconds * 1000)
        running.signalTrain(SIGTERM)
        let ending = job.ending(running.wait())
        #expect([0, 143].contains(ending.status), "\(ending.errors)")
        #expect(ending.isConsistent)
        #expect(ending.archive == nil || ending.archive == ["w.bin"])
        let left = try Command("/bin/ls", ["-A", job.tree.base.appending("output").string]).run().outputText
        #expect(
            Set(left.split(separator: "\n")).isSubset(of: ["data", "failure", "model.tar.gz", "success"]
            ),
            "\(left)"
        )
    }

    /// A fault of its own is no consequence of the stop: who reads the report has to learn of it.
    @Test(arguments: Surroundings.available)
    func packingThatFailsAfterAStopIsPackingsFault(_ surroundings: Surroundings) throws {
        let program = """
            trap 'rmdir "$SM_MODEL_DIR"; echo no directory > "$SM_MODEL_DIR"; exit 0' TERM
            echo ready; while :; do sleep 0.05; done
            """
        let job = try PromiseJob(surroundings, program)
        defer { job.tree.remove() }
        let ending = try stopped(job, try job.command().start(), by: [SIGTERM])
        #expect(ending.status == 1, "\(ending.errors)")
        #expect(ending.isConsistent)
        #expect(ending.cause.hasPrefix("PackingError: "), "\(ending.cause)")
    }

    private func signalsAreTaken(_ pid: Int32) -> Bool {
        let status = try? Command("/bin/grep", ["SigBlk", "/proc/\(pid)/status"]).run().outputText
        return status.map { !$0.contains("0000000000000000") && !$0.isEmpty } ?? false
    }
}
