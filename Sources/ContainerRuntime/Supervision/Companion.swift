import CLinux
import Glibc
import SystemPackage

/// A helper that runs beside the steps of a job: a parameter server, the channel to the other hosts.
public final class Companion {
    /// What was started.
    public let step: Step
    /// Whether the program is ended when this ends before it.
    public let isVital: Bool
    /// How it ended, once it has.
    public internal(set) var ending: StepReport.Ending?
    let identity: ProcessID
    /// Our end of its standard input, where that is a pipe.
    fileprivate var input: Int32 = -1

    init(step: Step, isVital: Bool, identity: ProcessID) {
        (self.step, self.isVital, self.identity) = (step, isVital, identity)
    }

    deinit { closeInput() }

    /// Writes a line to its standard input, whole or not at all.
    ///
    /// - Returns: Whether it was written; not where the companion is gone or does not read.
    @discardableResult
    func tell(_ line: [UInt8]) -> Bool {
        guard input >= 0, ending == nil else { return false }
        return line.withUnsafeBytes { write(input, $0.baseAddress, $0.count) } == line.count
    }

    /// Ends its standard input.
    func closeInput() {
        if input >= 0 { close(input) }
        input = -1
    }
}

extension Supervisor {
    /// Starts a companion, in a session of its own; its output is ours, its input is a pipe from us, or nothing.
    ///
    /// - Parameters:
    ///   - step: What is started.
    ///   - isVital: Whether the program is ended when this ends before it.
    ///   - hasInput: Whether it reads what `Companion.tell` writes.
    /// - Returns: The companion.
    /// - Throws: `Failure` with code `spawnFailed`.
    @discardableResult
    public func startCompanion(_ step: Step, isVital: Bool, hasInput: Bool = false) throws(Failure) -> Companion {
        do throws(Errno) {
            guard hasInput else { return try start(step, isVital: isVital) }
            let pipe = try PipeEnds()
            defer { close(pipe.read) }
            do throws(Errno) {
                try SystemCall.check(linux_set_nonblocking(pipe.write))
                let companion = try start(step, isVital: isVital, input: .descriptor(pipe.read))
                companion.input = pipe.write
                return companion
            } catch {
                close(pipe.write)
                throw error
            }
        } catch {
            throw Failure(.spawnFailed(program: step.executable.string), step.name, error)
        }
    }

    /// Starts a companion whose descriptors are the caller's.
    func start(
        _ step: Step,
        isVital: Bool = false,
        input: ProcessSpawn.Stream = .nothing,
        output: ProcessSpawn.Stream = .inherited,
        errors: ProcessSpawn.Stream = .inherited
    ) throws(Errno) -> Companion {
        var spawn = ProcessSpawn(step, signals: inbox.inherited)
        (spawn.input, spawn.output, spawn.errors) = (input, output, errors)
        let companion = Companion(step: step, isVital: isVital, identity: try spawn.start())
        add(companion)
        return companion
    }

    /// Waits for a companion's own end.
    ///
    /// - Returns: Whether it ended within the time.
    func wait(for companion: Companion, atMost time: Duration) -> Bool {
        let end = Instant.now + time
        collectCompanions()
        while companion.ending == nil, Instant.now < end { turn(until: end) }
        return companion.ending != nil
    }

    /// Waits for a companion that was told to end, as long as it has for it; a stop that comes meanwhile has its own time.
    ///
    /// - Parameters:
    ///   - companion: The companion.
    ///   - limit: How long it has, or nil for as long as it needs.
    ///   - grace: How long it has once a stop came.
    /// - Returns: Whether it ended.
    func finish(_ companion: Companion, atMost limit: Duration?, grace: Duration) -> Bool {
        let end = limit.map { Instant.now + $0 }
        var policy = SupervisionPolicy(grace: grace)
        // No program has the terminal now: its Ctrl-C is for us.
        policy.interruptStops = !inbox.ignores(.interrupt)
        collectCompanions()
        while companion.ending == nil {
            beginStop(policy)
            let end = Instant.first(end, stop?.deadline)
            if let end, end <= .now { return false }
            turn(until: end)
        }
        return true
    }

    /// Ends all companions: SIGTERM, 2 s, SIGKILL; what they left running is ended like what a step left.
    public func endCompanions() {
        collectCompanions()
        let living = runningCompanions
        guard !living.isEmpty else { return }
        for companion in living {
            companion.closeInput()
            companion.identity.sendToGroup(.terminate)
        }
        // All of them have the same two seconds: many deaf ones must not take more of what the platform gives than one.
        let end = Instant.now + .seconds(2)
        for companion in living where !wait(for: companion, atMost: end - .now) {
            companion.identity.sendToGroup(.kill)
        }
        let lastEnd = Instant.now + .seconds(2)
        for companion in living { _ = wait(for: companion, atMost: lastEnd - .now) }
        for process in ProcessTable.descendants(of: getpid()) { process.send(.kill) }
    }

    /// Waits once for a signal while no step is running, and collects the children that ended.
    private func turn(until end: Instant?) {
        var poller = Poller()
        poller.wake(at: end)
        wait(&poller)
        collectCompanions()
    }

    private func collectCompanions() {
        var change = linux_child_change()
        while linux_collect_child(-1, 0, &change) == 1 { note(change) }
    }
}
