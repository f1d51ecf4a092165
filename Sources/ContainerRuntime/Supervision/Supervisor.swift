import CLinux
import Glibc
import Logging
import SystemPackage

/// Something short that is done now and then while a step runs; the loop waits for it, so it must never wait itself.
protocol PeriodicTask: AnyObject {
    /// When it is due.
    var next: Instant { get }
    /// Does it, if it is due.
    func advance(at now: Instant)
}

/// The loop that supervises a job's steps: one thread, one ppoll(2) over signals, pipes and time.
///
/// - Signals that come for us are passed on to the step's group; SIGTERM starts a stop that holds for the whole job.
/// - Every child is reaped, orphans of others too; as PID 1 they come by themselves, else as a subreaper.
/// - What a step leaves running is ended before its report is given.
/// - Output is passed on byte for byte and never waited for.
public final class Supervisor {
    let inbox: SignalInbox
    let terminal: ControllingTerminal
    private let signals: OwnedDescriptor
    private(set) var stop: Stop?
    /// Called at the moment of a stop.
    var stopBegan: ((Stop) -> Void)?
    /// Who reads along with the step that runs, and what is done beside it.
    var copies: StreamCopies?
    var task: (any PeriodicTask)?
    private var waitingSignals: [Signal] = []
    private var waitHasFailed = false
    private var companions: [Int32: Companion] = [:]

    /// Takes over the signals, the children and the terminal of this process.
    ///
    /// - Parameters:
    ///   - inbox: The signals of this process.
    ///   - usesTerminal: Whether programs get the terminal; without it keys such as Ctrl-C stay ours.
    /// - Throws: `Failure` with code `loopUnavailable` if the kernel refuses a descriptor.
    public init(inbox: SignalInbox, usesTerminal: Bool = true) throws(Failure) {
        self.inbox = inbox
        do {
            signals = try inbox.makeDescriptor()
            if getpid() != 1 { try SystemCall.check(linux_become_subreaper()) }
        } catch {
            throw Failure(.loopUnavailable(call: "signalfd"), "supervisor", error)
        }
        terminal = usesTerminal ? ControllingTerminal.take() : .none
    }

    /// The stop that is under way, if one is.
    public var stopCause: StopCause? {
        receive()
        return stop?.cause
    }

    /// Runs one step to its end.
    ///
    /// - Parameters:
    ///   - step: What is started.
    ///   - policy: Its limits, and what a stop means to it.
    ///   - output: What is read of its output.
    /// - Returns: How it ended, after everything that it left running has ended too.
    /// - Throws: `Failure` with code `loopUnavailable` if the kernel refuses a pipe.
    public func run(_ step: Step, policy: SupervisionPolicy, output: OutputPolicy) throws(Failure) -> StepReport {
        var policy = policy
        // A shell starts background jobs with SIGINT ignored: it is not meant for them, nor for us.
        policy.interruptStops = terminal == .none && !inbox.ignores(.interrupt)
        receive()
        beginStop(policy)
        let begin = Instant.now
        if let stop, policy.onStop == .end || begin >= stop.deadline {
            return StepReport(ending: .stoppedBefore, stop: stop.cause)
        }
        if policy.endsWithCompanions, let lost = lostCompanion {
            return StepReport(ending: .stoppedBefore, stop: .companion(lost.step.name))
        }
        var streams: ProgramOutput
        do throws(Errno) {
            streams = try ProgramOutput(output, copies: copies)
        } catch {
            throw Failure(.loopUnavailable(call: "pipe2"), step.name, error)
        }
        let child: ProcessID
        do throws(Errno) {
            defer { streams.closeOurCopies() }
            var spawn = ProcessSpawn(step, signals: inbox.inherited)
            spawn.group = terminal.group
            spawn.output = ProcessSpawn.Stream(streams.output)
            spawn.errors = ProcessSpawn.Stream(streams.errors)
            child = try spawn.start()
        } catch {
            return StepReport(ending: .notStarted(error), stop: stop?.cause)
        }
        let state = SupervisionState(policy: policy, stop: stop, at: begin)
        let life = StepLife(step: step, child: child, state: state, streams: streams, supervisor: self)
        RuntimeLog.shared.hold()
        defer { RuntimeLog.shared.release() }
        let report = life.run()
        stop = life.state.jobStop
        terminal.reclaim()
        return report
    }
}

extension Supervisor {
    /// Starts the stop that a signal asks for, which came while nothing was supervised.
    func beginStop(_ policy: SupervisionPolicy) {
        for signal in waitingSignals where policy.stops(signal) && stop == nil {
            let begun = Stop(cause: .signal(signal), deadline: .now + policy.grace, signal: signal)
            stop = begun
            stopBegan?(begun)
        }
    }

    /// Waits until a signal came or what a poller holds is ready, and reads the signals: the one wait of a supervisor, be it
    /// for a step, for a companion or for the hosts of a local run.
    ///
    /// - Returns: Whether a child changed.
    @discardableResult
    func wait(_ poller: inout Poller) -> Bool {
        let arrival = poller.add(signals.rawValue, .readable)
        do throws(Errno) {
            try poller.wait()
            return poller.isReady(arrival) && receive()
        } catch {
            // The kernel's memory is used up: the loop goes on as if time had passed, and may still be told to end.
            if !waitHasFailed { log.error("output and signals cannot be waited for: \(error)") }
            waitHasFailed = true
            return receive()
        }
    }

    /// Reads the signals that came; SIGCHLD is left out, since children are looked for at every turn.
    @discardableResult
    func receive() -> Bool {
        var childChanged = false
        while let signal = SignalInbox.next(signals) {
            if signal == .child { childChanged = true } else { waitingSignals.append(signal) }
        }
        return childChanged
    }

    /// Takes in a signal that nobody sent and forgets it: see `StepLife.rehearse`.
    func rehearse() {
        let waiting = waitingSignals
        waitingSignals.append(.terminate)
        _ = takeSignals()
        waitingSignals = waiting
    }

    /// The signals that came since, in their order.
    func takeSignals() -> [Signal] {
        defer { waitingSignals = [] }
        return waitingSignals
    }

    /// Companions that run now; they are no part of a step.
    var companionIDs: Set<Int32> { Set(runningCompanions.map(\.identity.rawValue)) }

    /// Companions that run now.
    var runningCompanions: [Companion] { companions.values.filter { $0.ending == nil } }

    /// A vital companion that ended.
    var lostCompanion: Companion? { companions.values.first { $0.isVital && $0.ending != nil } }

    func add(_ companion: Companion) { companions[companion.identity.rawValue] = companion }

    /// Notes the end of a child; gives back the companion that it was.
    @discardableResult
    func note(_ change: linux_child_change) -> Companion? {
        guard change.stopped == 0, let companion = companions[change.pid], companion.ending == nil else { return nil }
        companion.ending =
            change.exited == 1
            ? .exited(change.code) : .signaled(Signal(rawValue: change.code), coreDumped: change.dumped == 1)
        companion.closeInput()
        return companion
    }
}
