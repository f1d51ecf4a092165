import SystemPackage
import TestSupport
import Testing

#if canImport(Glibc)
import Glibc
#endif

/// P20, P21, P22: nothing of a step survives it, and nothing of it holds us up.
@Suite struct SurvivorTests {
    /// The pids behind "left" on stdout.
    private func left(_ result: Command.Result) -> [Int32] {
        result.outputText.split(separator: "\n").filter { $0.hasPrefix("left ") }.compactMap { Int32($0.dropFirst(5)) }
    }

    /// What the parent of an ordinary process names as having outlived it.
    ///
    /// In a PID namespace the kernel ends all.
    private func survivors(_ result: Command.Result) -> Substring? {
        result.errorText.split(separator: "\n").first { $0.contains("probe: survivors") }
    }

    @Test(
        arguments: Surroundings.available,
        ["", "--session", "--ignore TERM", "--session --ignore TERM --ignore HUP"]
    )
    func aProcessThatIsLeftBehindIsEnded(_ surroundings: Surroundings, _ options: String) throws {
        let command = Command.supervised([Command.probe, "linger"] + options.split(separator: " ").map(String.init))
        let result = try surroundings.wrap(command).run()
        #expect(result.status == 0)
        #expect(left(result).count == 1)
        #expect(survivors(result) == nil)
    }

    /// dumb-init's test_all_processes_receive_term_on_exit_if_setsid: it may put away what it has before it is killed.
    @Test(arguments: Surroundings.available, ["", "setsid "])
    func aProcessThatIsLeftBehindHearsOfItsEndFirst(_ surroundings: Surroundings, _ prefix: String) throws {
        let job = try PromiseJob(
            surroundings,
            "\(prefix)sh \"$ML/worker\" & while [ ! -e \"$ML/ready\" ]; do sleep 0.02; done"
        )
        defer { job.tree.remove() }
        let worker = "trap 'echo heard >>\"$ML/heard\"; exit 0' TERM; : >\"$ML/ready\"; while :; do sleep 0.05; done"
        try job.tree.write("worker", worker)
        let ending = try job.run()
        #expect(ending.isConsistent, "\(ending.errors)")
        #expect(job.tree.text("heard") == "heard\n")
        #expect(!ending.errors.contains("SIGKILL"), "\(ending.errors)")
    }

    /// P20: the archive is made when nobody writes any more.
    @Test(arguments: Surroundings.available)
    func aWriterThatIsLeftBehindIsGoneBeforePacking(_ surroundings: Surroundings) throws {
        let program = "\"$PROBE\" linger --session --ignore TERM --file \"$SM_MODEL_DIR/log\"; sleep 0.1"
        let job = try PromiseJob(surroundings, program)
        defer { job.tree.remove() }
        let ending = try job.run()
        #expect(ending.isConsistent, "\(ending.errors)")
        #expect(ending.archive == ["log"])
        #expect(survivors(ending.result) == nil)
        let packed = try Command.shell(
            "cd '\(job.tree.base.string)' && tar -xzOf output/model.tar.gz log | cmp - model/log && wc -c < model/log"
        ).run()
        #expect(packed.status == 0, "\(packed.errorText)")
        #expect((Int(packed.outputText.filter(\.isNumber)) ?? 0) > 0)
    }

    /// P21: only an empty pipe that a stranger holds open is given up, after 2 s.
    @Test(arguments: Surroundings.available)
    func aGrandchildThatHoldsTheOutputDoesNotHoldUs(_ surroundings: Surroundings) throws {
        let job = try PromiseJob(surroundings, "\"$PROBE\" linger --session --ignore TERM --keep-output; echo last >&2")
        defer { job.tree.remove() }
        let ending = try job.run()
        #expect(!ending.result.timedOut)
        #expect(ending.isConsistent, "\(ending.errors)")
        #expect(ending.errors.contains("last\n"))
        #expect(survivors(ending.result) == nil)
        let pid = try #require(left(ending.result).first)
        let warning =
            "warning: train.sh: SIGKILL to what it left running, which SIGTERM did not end: process \(pid) (probe)"
        #expect(ending.errors.contains(warning), "\(ending.errors)")
    }

    /// A process that others put into the container is not ours: it lives on beside us, in the same namespace.
    @Test(.requires(.pidNamespaces))
    func aProcessThatSomebodyElseStartedIsNotOurs() throws {
        let text =
            "sleep 50 & other=$!; \(quoted(Command.supervised([Command.probe, "linger"]))); kill -0 $other && echo alive"
        let result = try Surroundings.pidOne.wrap(Command.shell(text)).run()
        #expect(result.outputText.split(separator: "\n").last == "alive", "\(result.errorText)")
    }

    /// P22: what is frozen does not die of SIGKILL until it thaws; it stands in for an uninterruptible wait.
    @Test(.requires(.freezer), arguments: Surroundings.available)
    func aProgramThatCannotBeKilledIsNamedAndLeft(_ surroundings: Surroundings) throws {
        let group = "/sys/fs/cgroup/freezer/train-test-\(getpid())-\(UInt32.random(in: 0 ... .max))"
        let made = try Command("/bin/mkdir", [group]).run()
        try #require(made.status == 0)
        let job = try PromiseJob(surroundings, "echo 0 > \(group)/cgroup.procs; trap '' TERM; echo ready; sleep 600")
        defer { job.tree.remove() }
        defer {
            _ = try? Command.shell(
                "echo THAWED > \(group)/freezer.state; for p in $(cat \(group)/tasks); do kill -9 $p; done; "
                    + "for i in 1 2 3 4 5 6 7 8 9; do rmdir \(group) && break; sleep 0.1; done"
            ).run()
        }
        let running = try job.command(["TRAIN_GRACE_PERIOD": "1"]).start()
        #expect(running.printed("ready"), "\(running.errorText)")
        #expect(try Command.shell("echo FROZEN > \(group)/freezer.state").run().status == 0)
        let pid = try #require(running.trainPID())
        running.signalTrain(SIGTERM)
        // In a PID namespace the kernel holds our own end back until the frozen ones have died: the file is what counts.
        #expect(running.wait { _ in job.tree.exists("output/failure") || ProcessEntry.of(pid) == nil })
        let failure = job.tree.text("output/failure") ?? ""
        #expect(failure.contains("could not be killed") || failure.contains("cannot be killed"), "\(failure)")
        _ = try Command.shell("echo THAWED > \(group)/freezer.state").run()
        #expect(job.ending(running.wait()).status == 137)
    }
}
