import TestSupport
import Testing

#if canImport(Glibc)
import Glibc
#endif

/// P10, P32: a signal to us reaches the program once, and at any time.
///
/// dumb-init's test_proxies_signals, tini's signal test.
@Suite struct SignalForwardingTests {
    /// Those that only pass, in the order in which they are sent here: dumb-init's NORMAL_SIGNALS and the real-time ones,
    /// without the two that start a stop, which have cases of their own.
    static let passedOn: [Int32] = [
        SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2, SIGALRM, SIGSTKFLT, SIGCONT, SIGURG, SIGXCPU, SIGVTALRM, SIGPROF, SIGWINCH,
        SIGIO, SIGPWR, 34, 35, 50, 63,
    ]

    /// Those that mean a fault of ours where the kernel sends them: from somebody else they are signals like others.
    static let faults: [Int32] = [SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGSEGV, SIGSYS]

    /// Those that the runtime ignores for itself.
    static let ignored: [Int32] = [SIGPIPE, SIGXFSZ]

    /// Sends each signal when the one before has arrived, then the last real-time one, which ends the program, and says what the program printed.
    ///
    /// `more` lines are waited for beside those of the signals.
    private func arrivals(of signals: [Int32], at running: RunningCommand, more: Int = 0) -> [String] {
        #expect(running.printed("ready"), "\(running.errorText)")
        for (index, signal) in signals.enumerated() {
            running.signalTrain(signal)
            _ = running.wait { $0.hasEnded || lines($0).count > index + 1 + more }
        }
        running.signalTrain(64)
        let result = running.wait()
        #expect(result.status == 0, "\(result.errorText)")
        return Array(result.outputText.split(separator: "\n").map(String.init).dropFirst())
    }

    private func lines(_ running: RunningCommand) -> [Substring] { running.outputText.split(separator: "\n") }

    @Test(arguments: Surroundings.available)
    func everySignalReachesTheProgramOnceAndInOrder(_ surroundings: Surroundings) throws {
        let command = surroundings.wrap(Command.supervised([Command.probe, "signals", "64"]))
        let found = arrivals(of: Self.passedOn, at: try command.start())
        #expect(found == Self.passedOn.map(String.init) + ["64"])
    }

    @Test(arguments: Surroundings.available)
    func aSignalThatMeansAFaultIsPassedOnWhenSomebodySendsIt(_ surroundings: Surroundings) throws {
        let command = surroundings.wrap(Command.supervised([Command.probe, "signals", "64"]))
        #expect(arrivals(of: Self.faults, at: try command.start()) == Self.faults.map(String.init) + ["64"])
    }

    @Test(arguments: Surroundings.available)
    func aSignalThatTheRuntimeIgnoresForItselfIsPassedOn(_ surroundings: Surroundings) throws {
        let command = surroundings.wrap(Command.supervised([Command.probe, "signals", "64"]))
        #expect(arrivals(of: Self.ignored, at: try command.start()) == Self.ignored.map(String.init) + ["64"])
    }

    /// Where there is no terminal, INT starts a stop as TERM does.
    ///
    /// CONT follows, so that a stopped program hears it.
    @Test(arguments: Surroundings.available, [SIGTERM, SIGINT])
    func aStopReachesTheProgramOnce(_ surroundings: Surroundings, _ signal: Int32) throws {
        let command = surroundings.wrap(Command.supervised([Command.probe, "signals", "64"]))
        let found = arrivals(of: [signal], at: try command.start(), more: 1)
        #expect(found.sorted() == ["64", String(SIGCONT), String(signal)].sorted())
    }

    @Test(arguments: Surroundings.available)
    func aJobPassesSignalsOnAndEndsWell(_ surroundings: Surroundings) throws {
        let job = try PromiseJob(surroundings, "exec \"$PROBE\" signals 64")
        defer { job.tree.remove() }
        let signals: [Int32] = [SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2, SIGWINCH, SIGCONT, SIGALRM, 34]
        let running = try job.command().start()
        #expect(arrivals(of: signals, at: running) == signals.map(String.init) + ["64"])
        let ending = job.ending(running.wait())
        #expect(ending.isConsistent)
    }

    @Test(arguments: Surroundings.available)
    func theWholeGroupGetsASignalOnce(_ surroundings: Surroundings) throws {
        let program = "trap '' USR1 64; \"$PROBE\" signals 64 & \"$PROBE\" signals 64 & wait; wait; wait"
        let command = Command.supervised(["/bin/sh", "-c", program], environment: ["PROBE": Command.probe])
        let running = try surroundings.wrap(command).start()
        #expect(running.wait { lines($0).count == 2 }, "\(running.errorText)")
        running.signalTrain(SIGUSR1)
        #expect(running.wait { lines($0).count == 4 })
        running.signalTrain(64)
        let result = running.wait()
        #expect(result.outputText.split(separator: "\n").filter { $0 == "10" }.count == 2)
        #expect(result.outputText.split(separator: "\n").filter { $0 == "64" }.count == 2)
    }

    @Test(arguments: Surroundings.available)
    func signalsFromManySendersWhileOrphansDieAreNotLost(_ surroundings: Surroundings) throws {
        let text = "\"$PROBE\" orphans 50 1500 >/dev/null & exec \"$PROBE\" signals 64"
        let command = Command.supervised(["/bin/sh", "-c", text], environment: ["PROBE": Command.probe])
        let running = try surroundings.wrap(command).start()
        #expect(running.printed("ready"), "\(running.errorText)")
        let pid = try #require(running.trainPID())
        // Real-time signals queue: each of the fifty has to arrive. Ten for each of five senders.
        let sender = "for i in 1 2 3 4 5 6 7 8 9 10; do kill -40 \(pid); done"
        let senders = Array(repeating: "(\(sender)) &", count: 5).joined(separator: " ")
        #expect(try Command.shell("\(senders) wait").run().status == 0)
        #expect(running.wait { lines($0).filter { $0 == "40" }.count >= 50 })
        running.signalTrain(64)
        let result = running.wait()
        #expect(result.status == 0)
        #expect(result.outputText.split(separator: "\n").filter { $0 == "40" }.count == 50)
    }
}
