import CLinux
import SystemPackage

#if canImport(Glibc)
import Glibc
#endif

/// A helper that runs beside the steps of a job: a parameter server, the channel to the other hosts.
public final class Companion {
    /// What was started.
    public let step: Step
    /// Whether the program is ended when this ends before it.
    public let isVital: Bool
    /// How it ended, once it has.
    public internal(set) var ending: StepReport.Ending?
    let identity: ProcessID
    private var input: Int32

    init(step: Step, isVital: Bool, identity: ProcessID, input: Int32) {
        (self.step, self.isVital, self.identity, self.input) = (step, isVital, identity, input)
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
            var (theirs, ours) = (Int32(-1), Int32(-1))
            if hasInput {
                try SystemCall.check(linux_pipe(&theirs, &ours))
                try SystemCall.check(linux_set_nonblocking(ours))
            } else {
                theirs = try SystemCall.value { open("/dev/null", O_RDONLY | O_CLOEXEC) }
            }
            defer { close(theirs) }
            do throws(Errno) {
                let child = try ChildProcess.start(
                    step,
                    inbox: inbox,
                    terminal: .none,
                    input: theirs,
                    output: nil,
                    errors: nil
                )
                let companion = Companion(step: step, isVital: isVital, identity: child.identity, input: ours)
                add(companion)
                return companion
            } catch {
                if ours >= 0 { close(ours) }
                throw error
            }
        } catch {
            throw Failure(.spawnFailed(program: step.executable.string), step.name, error)
        }
    }

    /// Waits for a companion's own end.
    ///
    /// - Returns: Whether it ended within the time.
    func wait(for companion: Companion, atMost time: Duration) -> Bool {
        let end = Instant.now + time
        while true {
            collectCompanions()
            if companion.ending != nil { return true }
            let left = (end - .now).wholeNanoseconds
            guard left > 0 else { return false }
            var waiter = linux_waiter(descriptor: signalDescriptor, events: linux_readable, returned: 0)
            // Only a wrong descriptor or no memory could make it fail: then it is asked for more often.
            _ = linux_wait(&waiter, 1, min(left, 100_000_000))
            receive()
        }
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
        while !wait(for: companion, atMost: .milliseconds(100)) {
            beginStop(policy)
            let ends = [end, stop?.deadline].compactMap(\.self)
            if ends.contains(where: { $0 <= .now }) { return companion.ending != nil }
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

    /// Collects children that ended while no step is running.
    private func collectCompanions() {
        var change = linux_child_change()
        while linux_collect_child(0, &change) == 1 { note(change) }
    }
}
