import SystemPackage
import TestSupport
import Testing

#if canImport(Glibc)
import Glibc
#endif

/// P29, P30, P31: the program's bytes pass unchanged, whatever they are and however slow the reader is.
@Suite struct RelayTests {
    /// An idle limit makes stdout relayed; it is far off.
    static let relayed = ["TRAIN_IDLE_TIMEOUT": "600"]

    /// 2 GiB with PROMISES_FULL_SIZE set, 128 MiB otherwise.
    static let size = getenv("PROMISES_FULL_SIZE") == nil ? 128 << 20 : 2 << 30

    /// A job that says nothing itself and packs nothing, so that stderr is the program's alone.
    private func quietJob(_ surroundings: Surroundings, _ program: String) throws -> PromiseJob {
        let job = try PromiseJob(surroundings, program)
        try job.hyperparameters("\"sagemaker_program\": \"train.sh\", \"sagemaker_container_log_level\": 50")
        return job
    }

    /// Runs `shell`, in which "$@" is the job, with WORK a directory to write into; stdout is what it says.
    private func run(_ job: PromiseJob, _ shell: String, _ environment: [String: String] = [:]) throws -> [String] {
        let own = ["WORK": job.tree.scratch.string, "TRAIN_PACK": "never"]
        let command = job.command(own.merging(environment) { $1 })
        let words = ["-c", shell, "sh", command.executable] + command.arguments
        let result = try Command("/bin/sh", words, environment: command.environment).run()
        #expect(!result.timedOut)
        return result.outputText.split(separator: "\n").map(String.init)
    }

    private func sum(_ text: String) throws -> String {
        let text = "PROBE='\(Command.probe)'; { \(text); } | sha256sum"
        return try Command.shell(text).run().outputText.split(separator: "\n").joined()
    }

    @Test(arguments: Surroundings.available, [1, 2])
    func aFloodPassesToTheByte(_ surroundings: Surroundings, _ stream: Int) throws {
        let job = try quietJob(surroundings, "exec \"$PROBE\" flood \(stream) \(Self.size) 65536")
        defer { job.tree.remove() }
        let redirection = stream == 1 ? "2>/dev/null" : "2>&1 >/dev/null"
        let found = try run(
            job,
            "{ \"$@\"; echo $? >\"$WORK/status\"; } \(redirection) | sha256sum; cat \"$WORK/status\"",
            Self.relayed
        )
        #expect(found == [try sum("\"$PROBE\" flood 1 \(Self.size) 65536"), "0"])
    }

    @Test(arguments: Surroundings.available)
    func aSlowReaderGetsEveryByte(_ surroundings: Surroundings) throws {
        let job = try quietJob(surroundings, "exec \"$PROBE\" flood 1 16000000 777")
        defer { job.tree.remove() }
        let found = try run(
            job,
            "{ \"$@\"; echo $? >\"$WORK/status\"; } 2>/dev/null | \"$PROBE\" slow 131072 12 | sha256sum; cat \"$WORK/status\"",
            Self.relayed
        )
        #expect(found == [try sum("\"$PROBE\" flood 1 16000000 777"), "0"])
    }

    /// The reader reads nothing at all until the program has heard a signal, and then everything.
    ///
    /// The shell itself must not write to the full pipe: it would say that its sleep was interrupted.
    @Test(arguments: Surroundings.available)
    func aSignalPassesAtOnceWhileTheReaderSleeps(_ surroundings: Surroundings) throws {
        let program = """
            exec 3>&2 2>/dev/null
            trap '' USR1
            "$PROBE" flood 3 67108864 65536 & flood=$!
            trap ': >"$WORK/heard"' USR1
            : >"$WORK/ready"
            while [ ! -e "$WORK/heard" ]; do sleep 0.05; done; wait $flood
            """
        let job = try quietJob(surroundings, program)
        defer { job.tree.remove() }
        let shell = """
            { "$@" 2>&1 >/dev/null; echo $? >"$WORK/status"; } |
                { while [ ! -e "$WORK/heard" ]; do sleep 0.05; done; sha256sum; }
            cat "$WORK/status"
            """
        let command = job.command(["WORK": job.tree.scratch.string, "TRAIN_PACK": "never"])
        let words = ["-c", shell, "sh", command.executable] + command.arguments
        let running = try Command("/bin/sh", words, environment: command.environment).start()
        let ready = job.tree.scratch.appending("ready").string
        #expect(running.wait { _ in access(ready, F_OK) == 0 })
        running.signalTrain(SIGUSR1)
        let result = running.wait()
        #expect(
            result.outputText.split(separator: "\n").map(String.init) == [
                try sum("\"$PROBE\" flood 1 67108864 65536"), "0",
            ]
        )
    }

    @Test(
        arguments: Surroundings.available,
        [
            "printf 'a\\0b\\377\\376c'", "printf '10%%\\r20%%\\r\\r\\n\\n\\n100%%'", "printf 'no newline'",
            "head -c 10485760 /dev/zero | tr '\\0' x",
            "for i in 1 2 3; do head -c 5000000 /dev/zero | tr '\\0' '\\303'; echo; done",
        ]
    )
    func bytesThatAreNoLinesPassUnchanged(_ surroundings: Surroundings, _ text: String) throws {
        for (redirection, outer) in [("", "2>/dev/null"), (">&2", "2>&1 >/dev/null")] {
            let job = try quietJob(surroundings, "{ \(text); } \(redirection)")
            defer { job.tree.remove() }
            #expect(try run(job, "\"$@\" \(outer) | sha256sum", Self.relayed) == [try sum(text)])
        }
    }

    @Test(arguments: Surroundings.available)
    func theOrderOfBothStreamsIsKeptWhereTheyAreOneFile(_ surroundings: Surroundings) throws {
        let text = "i=0; while [ $i -lt 3000 ]; do echo out $i; echo err $i >&2; i=$((i+1)); done"
        for environment in [[:], Self.relayed] {
            let job = try quietJob(surroundings, text)
            defer { job.tree.remove() }
            #expect(try run(job, "\"$@\" 2>&1 | sha256sum", environment) == [try sum("{ \(text); } 2>&1")])
            #expect(
                try run(job, "\"$@\" >\"$WORK/both\" 2>&1; sha256sum <\"$WORK/both\"", environment)
                    == [try sum("{ \(text); } 2>&1")]
            )
        }
    }

    /// P31: we live on; the program is told by its own EPIPE.
    @Test(arguments: Surroundings.available, [1, 2])
    func aReaderThatGoesAwayIsTheProgramsMatter(_ surroundings: Surroundings, _ stream: Int) throws {
        let job = try quietJob(surroundings, "exec \"$PROBE\" flood \(stream) 40000000 4096")
        defer { job.tree.remove() }
        let outer = stream == 1 ? "2>/dev/null" : "2>&1 >/dev/null"
        for environment in [[:], Self.relayed] {
            let found = try run(
                job,
                "{ \"$@\"; echo $? >\"$WORK/status\"; } \(outer) | head -c 10 | wc -c; sleep 0.1; while [ ! -s \"$WORK/status\" ]; do sleep 0.05; done; cat \"$WORK/status\"; rm \"$WORK/status\"",
                environment
            )
            #expect(found == ["10", "141"])
        }
    }

    @Test(arguments: Surroundings.available)
    func aProgramThatDoesNotMindAMissingReaderEndsWell(_ surroundings: Surroundings) throws {
        let job = try PromiseJob(surroundings, "trap '' PIPE; \"$PROBE\" flood 2 1000000 4096; exit 0")
        defer { job.tree.remove() }
        _ = try run(
            job,
            "{ \"$@\"; echo $? >\"$WORK/status\"; } 2>&1 >/dev/null | head -c 10 >/dev/null; while [ ! -s \"$WORK/status\" ]; do sleep 0.05; done",
            ["TRAIN_PACK": "always"]
        )
        #expect(job.tree.exists("output/success"))
        #expect(!job.tree.exists("output/failure"))
    }

    /// A log driver that hangs must not cost the reason and the exit code.
    @Test(arguments: Surroundings.available)
    func aLogThatNobodyReadsDoesNotHoldTheEndBack(_ surroundings: Surroundings) throws {
        let program = "head -c 300000 /dev/zero >&2 & sleep 0.3; kill -TERM $PPID; sleep 60"
        let job = try PromiseJob(surroundings, program)
        defer { job.tree.remove() }
        let shell = "mkfifo \"$WORK/log\"; exec 3<>\"$WORK/log\"; \"$@\" 2>&3; echo $?"
        #expect(try run(job, shell, ["TRAIN_GRACE_PERIOD": "1"]) == ["143"])
        #expect(job.tree.text("output/failure")?.hasPrefix("StoppedError: ") == true)
    }
}
