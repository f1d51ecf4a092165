import SystemPackage
import TestSupport
import Testing

#if canImport(Glibc)
import Glibc
#endif

/// TRAIN_MAX_RUNTIME, TRAIN_IDLE_TIMEOUT, and what a program is asked before it is killed.
@Suite struct LimitTests {
    @Test(arguments: Surroundings.available, ["TRAIN_MAX_RUNTIME", "TRAIN_IDLE_TIMEOUT"])
    func aProgramWithoutAHandlerIsAbortedAtOnce(_ surroundings: Surroundings, _ limit: String) throws {
        let job = try PromiseJob(surroundings, "ulimit -c 0; exec sleep 60")
        defer { job.tree.remove() }
        let ending = try job.run([limit: "1"])
        #expect(ending.status == 134, "\(ending.errors)")
        #expect(ending.isConsistent)
        #expect(ending.cause.hasPrefix("TimeoutError: "), "\(ending.cause)")
        #expect(ending.failure?.contains("Signal SIGABRT (6)") == true)
    }

    @Test(arguments: Surroundings.available, ["TRAIN_MAX_RUNTIME", "TRAIN_IDLE_TIMEOUT"])
    func pythonSaysWhereItWas(_ surroundings: Surroundings, _ limit: String) throws {
        let program = """
            import threading, time
            def wait_for_data():
                time.sleep(60)
            def a_helper():
                time.sleep(60)
            threading.Thread(target=a_helper, daemon=True).start()
            print("begun")
            wait_for_data()
            """
        // However long this machine takes to start Python.
        for time in ["1.5", "6", "24"] {
            let job = try PromiseJob(surroundings, program, named: "train.py")
            defer { job.tree.remove() }
            let ending = try job.run([limit: time])
            guard ending.result.outputText == "begun\n" || time == "24" else { continue }
            expectPlaces(ending)
            break
        }
    }

    private func expectPlaces(_ ending: PromiseJob.Ending) {
        #expect(ending.status == 134, "\(ending.errors)")
        #expect(ending.result.outputText == "begun\n")
        for function in ["in wait_for_data", "in a_helper"] { #expect(ending.errors.contains(function)) }
        #expect(ending.cause.hasPrefix("TimeoutError: "), "\(ending.cause)")
        #expect(ending.failure?.contains("wait_for_data") == true, "\(ending.failure ?? "")")
        #expect(ending.failure?.contains("line 3") == true, "\(ending.failure ?? "")")
    }

    @Test(arguments: Surroundings.available)
    func aProgramThatSavesIs124AndNotASuccess(_ surroundings: Surroundings) throws {
        let program = "trap 'echo saved; exit 0' TERM; echo ready; while :; do sleep 0.05; done"
        let job = try PromiseJob(surroundings, program)
        defer { job.tree.remove() }
        let ending = try job.run(["TRAIN_MAX_RUNTIME": "3"])
        #expect(ending.status == 124)
        #expect(ending.isConsistent)
        #expect(ending.cause.hasPrefix("TimeoutError: "), "\(ending.cause)")
        #expect(ending.result.outputText == "ready\nsaved\n")
    }

    /// TERM, the grace period, ABRT, a second, KILL.
    @Test(arguments: Surroundings.available)
    func aProgramWithAHandlerIsAskedThenAbortedThenKilled(_ surroundings: Surroundings) throws {
        let program = "trap 'echo terminate' TERM; trap 'echo abort' ABRT; while :; do sleep 0.05; done"
        let job = try PromiseJob(surroundings, program)
        defer { job.tree.remove() }
        let ending = try job.run(["TRAIN_MAX_RUNTIME": "3", "TRAIN_GRACE_PERIOD": "3"])
        #expect(ending.status == 137)
        #expect(ending.result.outputText == "terminate\nabort\n")
        #expect(ending.cause.hasPrefix("TimeoutError: "), "\(ending.cause)")
    }

    @Test(arguments: Surroundings.available)
    func outputKeepsTheIdleLimitAway(_ surroundings: Surroundings) throws {
        for stream in ["1", "2"] {
            let program = "for i in $(seq 22); do printf . >&\(stream); sleep 0.25; done; exit 6"
            let job = try PromiseJob(surroundings, program)
            defer { job.tree.remove() }
            #expect(try job.run(["TRAIN_IDLE_TIMEOUT": "4"]).status == 6)
        }
    }

    @Test(arguments: Surroundings.available)
    func pythonsFaulthandlerIsSwitchedOnUnlessSomebodyDecided(_ surroundings: Surroundings) throws {
        for (given, expected) in [([:], "1"), (["PYTHONFAULTHANDLER": "0"], "0"), (["PYTHONFAULTHANDLER": ""], "")] {
            let job = try PromiseJob(surroundings, "echo \"<$PYTHONFAULTHANDLER>\"")
            defer { job.tree.remove() }
            #expect(try job.run(given).result.outputText == "<\(expected)>\n")
        }
    }

    /// For programs that cannot take a signal: the file appears at the moment of the stop.
    @Test(arguments: Surroundings.available)
    func theStopNoticeSaysWhyAndHowLong(_ surroundings: Surroundings) throws {
        let program = """
            trap '' TERM
            [ -e "$SM_STOP_NOTICE" ] && exit 9
            echo ready
            while [ ! -e "$SM_STOP_NOTICE" ]; do sleep 0.02; done
            cat "$SM_STOP_NOTICE"
            """
        let job = try PromiseJob(surroundings, program)
        defer { job.tree.remove() }
        let running = try job.command(["TRAIN_GRACE_PERIOD": "41"]).start()
        #expect(running.printed("ready"), "\(running.errorText)")
        running.signalTrain(SIGTERM)
        let ending = job.ending(running.wait())
        #expect(ending.status == 0, "\(ending.errors)")
        #expect(ending.isConsistent)
        #expect(ending.result.outputText.contains("SIGTERM"), "\(ending.result.outputText)")
        #expect(["41", "40"].contains { ending.result.outputText.contains($0) }, "\(ending.result.outputText)")
    }

    @Test(arguments: Surroundings.available)
    func aLimitGivesTheStopNoticeToo(_ surroundings: Surroundings) throws {
        let program =
            "trap '' TERM ABRT; while [ ! -e \"$SM_STOP_NOTICE\" ]; do sleep 0.02; done; read -r line <\"$SM_STOP_NOTICE\"; echo \"$line\""
        let job = try PromiseJob(surroundings, program)
        defer { job.tree.remove() }
        let ending = try job.run(["TRAIN_MAX_RUNTIME": "1"])
        #expect(ending.status == 124, "\(ending.errors)")
        #expect(ending.result.outputText.contains("TRAIN_MAX_RUNTIME"), "\(ending.result.outputText)")
    }

    @Test(arguments: ["soon", "-1", "", "1e9999"])
    func aLimitThatIsNoTimeIsRefused(_ text: String) throws {
        let job = try PromiseJob(.subreaper, "echo started")
        defer { job.tree.remove() }
        let ending = try job.run(["TRAIN_MAX_RUNTIME": text])
        guard !text.isEmpty else { return #expect(ending.status == 0) }
        #expect(ending.status == 1 || ending.status == 64)
        #expect(ending.result.output.isEmpty)
        #expect(
            ending.errors.contains("TRAIN_MAX_RUNTIME") || ending.errors.contains("max-runtime"),
            "\(ending.errors)"
        )
    }
}
