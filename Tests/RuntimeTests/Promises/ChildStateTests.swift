import SystemPackage
import TestSupport
import Testing

/// P25, P26, P28: the program starts as if nobody were between it and the container.
///
/// tini's signal configuration test.
@Suite struct ChildStateTests {
    /// The words of `probe state`, by their names.
    private func state(_ command: Command) throws -> [String: String] {
        let result = try command.run()
        #expect(result.status == 0, "\(result.errorText)")
        var found: [String: String] = [:]
        for line in result.outputText.split(separator: "\n") {
            let words = line.split(maxSplits: 1) { $0 == " " || $0 == "\t" || $0 == ":" }
            found[String(words[0])] = words.count > 1 ? String(words[1].drop { $0 == "\t" || $0 == " " }) : ""
        }
        return found
    }

    private func bits(_ signals: [Int]) -> String {
        let mask = signals.reduce(UInt64(0)) { $0 | 1 << UInt64($1 - 1) }
        let digits = String(mask, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    @Test(arguments: Surroundings.available)
    func nothingIsBlockedOrIgnoredThatWasNot(_ surroundings: Surroundings) throws {
        let found = try state(surroundings.wrap(Command.supervised([Command.probe, "state"])))
        #expect(found["SigBlk"] == bits([]))
        #expect(found["SigIgn"] == bits([]))
        #expect(found["SigPnd"] == bits([]))
    }

    /// What the container had stays: blocked, and ignored.
    ///
    /// PIPE, CHLD and XFSZ are those that we change for ourselves.
    @Test(arguments: Surroundings.available)
    func whatTheContainerBlockedAndIgnoredStaysSo(_ surroundings: Surroundings) throws {
        var options: [String] = []
        for signal in [1, 10, 15, 17, 40, 64] { options += ["--block", "\(signal)"] }
        for signal in [2, 13, 22, 25, 50] { options += ["--ignore", "\(signal)"] }
        let inner = Command.supervised([Command.probe, "state"])
        let words = ["with"] + options + ["--", inner.executable] + inner.arguments
        let found = try state(surroundings.wrap(Command(Command.probe, words)))
        #expect(found["SigBlk"] == bits([1, 10, 15, 17, 40, 64]))
        #expect(found["SigIgn"] == bits([2, 13, 22, 25, 50]))
    }

    @Test(arguments: Surroundings.available)
    func aSignalThatTheContainerBlockedIsStillPassedOn(_ surroundings: Surroundings) throws {
        let inner = Command.supervised([
            "/bin/sh", "-c", "trap 'exit 5' USR1; echo ready; while :; do sleep 0.05; done",
        ])
        let words = ["with", "--block", "15", "--ignore", "12", "--", inner.executable] + inner.arguments
        let running = try surroundings.wrap(Command(Command.probe, words)).start()
        #expect(running.printed("ready"), "\(running.errorText)")
        running.signalTrain(12)
        running.signalTrain(10)
        #expect(running.wait().status == 5)
    }

    @Test(arguments: Surroundings.available)
    func onlyTheThreeStandardDescriptorsAreOpen(_ surroundings: Surroundings) throws {
        let inner = Command.supervised([Command.probe, "state"])
        let opened = ["--open", "3", "--open", "9", "--open", "200", "--open", "1023"]
        let words = ["with"] + opened + ["--", inner.executable] + inner.arguments
        #expect(try state(surroundings.wrap(Command(Command.probe, words)))["fds"] == "0 1 2")
    }

    @Test(arguments: Surroundings.available)
    func aJobsProgramHasTheSameState(_ surroundings: Surroundings) throws {
        let job = try PromiseJob(surroundings, "exec \"$PROBE\" state")
        defer { job.tree.remove() }
        let found = try state(job.command())
        #expect(found["fds"] == "0 1 2")
        #expect(found["SigBlk"] == bits([]))
        #expect(found["SigIgn"] == bits([]))
    }

    @Test(arguments: Surroundings.available)
    func theProgramLeadsASessionOfItsOwnBelowUs(_ surroundings: Surroundings) throws {
        let found = try state(surroundings.wrap(Command.supervised([Command.probe, "state"])))
        #expect(found["pgid"] == found["pid"])
        #expect(found["sid"] == found["pid"])
        #expect(found["terminal"] == "none")
        if surroundings == .pidOne { #expect(found["ppid"] == "1") }
    }

    /// P28: a program that stops and goes on has not ended.
    @Test(arguments: Surroundings.available)
    func aProgramMayStopAndGoOn(_ surroundings: Surroundings) throws {
        // Each stop is waited for: a CONT that comes before it would be none.
        let text = """
            (for i in 1 2 3; do
                until grep -q '^State:.T' /proc/$$/status; do sleep 0.02; done
                kill -CONT $$
            done) &
            for i in 1 2 3; do kill -STOP $$; done
            wait
            exit 6
            """
        let result = try surroundings.wrap(Command.supervised(["/bin/sh", "-c", text])).run()
        #expect(!result.timedOut)
        #expect(result.status == 6)
    }

    /// What the container's mask forbids stays forbidden, and nothing that we make may be written by everybody, whatever
    /// it allows.
    @Test(arguments: [("0", "0000"), ("22", "0022"), ("77", "0077")])
    func theFileModeMaskIsTheContainers(_ mask: String, _ shown: String) throws {
        let job = try PromiseJob(
            .subreaper,
            "umask; echo raw >\"$SM_OUTPUT_DATA_DIR/raw\"; chmod 600 \"$SM_OUTPUT_DATA_DIR/raw\""
        )
        defer { job.tree.remove() }
        _ = try Command("/bin/rm", ["-r", job.tree.base.appending("output").string]).run()
        let command = job.command(["TRAIN_REPORT": "output", "TRAIN_METRICS": "json"])
        let words = ["-c", "umask \(mask); exec \"$@\"", "sh", command.executable] + command.arguments
        let result = try Command("/bin/sh", words, environment: command.environment).run()
        #expect(result.status == 0, "\(result.errorText)")
        #expect(result.outputText == "\(shown)\n")
        for name in ["model.tar.gz", "output.tar.gz", "report.json", "success"] {
            #expect(job.tree.exists("output/\(name)"))
        }
        let forbidden = mask == "0" ? "/002" : "/0\(mask)"
        let search = [job.tree.base.appending("output").string, "-type", "f", "-perm", forbidden]
        #expect(try Command("/usr/bin/find", search).run().outputText == "")
    }

    @Test(arguments: Surroundings.available)
    func theWorkingDirectoryIsTheContainers(_ surroundings: Surroundings) throws {
        var command = surroundings.wrap(Command.supervised(["/bin/pwd"]))
        command.workingDirectory = "/usr/share"
        #expect(try command.run().outputText == "/usr/share\n")
    }

    @Test(arguments: Surroundings.available)
    func argumentsAndVariablesNeedNotBeText(_ surroundings: Surroundings) throws {
        let command = quoted(
            surroundings.wrap(Command.supervised(["/bin/sh", "-c", "printf '%s|%s' \"$1\" \"$V\"", "sh"]))
        )
        let text = "V=$(printf 'v\\377\\376'); export V; \(command) \"$(printf 'a\\377\\300b')\" | od -An -tx1"
        let result = try Command.shell(text).run()
        #expect(result.outputText == " 61 ff c0 62 7c 76 ff fe\n", "\(result.errorText)")
    }
}
