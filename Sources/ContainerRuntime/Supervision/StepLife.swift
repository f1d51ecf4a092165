import CLinux
import Glibc
import Logging
import SystemPackage

/// One step from its start to its report: carries out what `SupervisionState` decides.
///
/// One turn of its loop, in this order:
/// 1. The signals that came are passed on, or begin a stop.
/// 2. If a child changed, all that ended are collected: the step's own process, companions, orphans.
/// 3. Output is moved, with the runtime's own lines in their places, and the state hears whether some is left.
/// 4. The periodic task is done, if it is due.
/// 5. The state looks at the time: a limit, the next request of a stop, the next look at what was left running.
/// 6. Unless the step is over, the loop waits for a signal, for output, for its reader, or for the first moment at which one of
///    these wants to be asked again.
final class StepLife {
    let step: Step
    private let child: ProcessID
    private(set) var state: SupervisionState
    private let streams: ProgramOutput
    private let supervisor: Supervisor
    private var ending: StepReport.Ending?
    private let begin = Instant.now
    private var poller = Poller()
    private var nextSizeLook = Instant.now
    /// When the log says that the step still runs.
    private var pace: ProgressPace?

    init(step: Step, child: ProcessID, state: SupervisionState, streams: ProgramOutput, supervisor: Supervisor) {
        (self.step, self.child, self.state) = (step, child, state)
        (self.streams, self.supervisor) = (streams, supervisor)
        if state.policy.tellsThatItRuns { pace = ProgressPace(first: .seconds(60), every: .seconds(60)) }
    }

    func run() -> StepReport {
        rehearse()
        // What came before the process was there is for it.
        var childChanged = true
        while state.phase != .finished {
            let now = Instant.now
            for signal in supervisor.takeSignals() { perform(state.handle(.signal(signal), at: now)) }
            if childChanged { reap(at: now) }
            if pace?.isDue(at: now) == true {
                log.info("\(step.name): still running, \(Amount.seconds((now - begin) / .seconds(1)))")
            }
            passOn(at: now)
            supervisor.task?.advance(at: now)
            perform(state.handle(.tick, at: .now))
            if state.phase == .finished { break }
            childChanged = wait()
        }
        let tail = streams.relays.last?.tailContents() ?? []
        return StepReport(
            ending: ending ?? .unkillable(child),
            tail: tail,
            stop: state.stop?.cause,
            killed: state.killed,
            grace: state.grace,
            duration: .now - begin
        )
    }
}

extension StepLife {
    /// Collects every child that ended: SIGCHLD stands for any number of them.
    private func reap(at now: Instant) {
        var change = linux_child_change()
        while linux_collect_child(-1, supervisor.terminal.followsStops ? 1 : 0, &change) == 1 {
            guard change.pid == child.rawValue else {
                if let lost = supervisor.note(change), lost.isVital {
                    perform(state.handle(.companionEnded(lost.step.name), at: now))
                }
                continue
            }
            if change.stopped == 1 {
                supervisor.terminal.stop(with: child)
                continue
            }
            ending =
                change.exited == 1
                ? .exited(change.code)
                : .signaled(Signal(rawValue: change.code), coreDumped: change.dumped == 1)
            for relay in streams.relays { relay.hurry() }
            perform(state.handle(.ended, at: now))
        }
    }

    /// Moves output, and tells the machine about it.
    private func passOn(at now: Instant) {
        for line in RuntimeLog.shared.takeHeld() { streams.relays.last?.insert(line) }
        var moved = 0
        for relay in streams.relays {
            moved += relay.advance(at: now, sourceReady: poller.isReady(relay.awaited))
        }
        if moved > 0 { perform(state.handle(.outputMoved, at: now)) }
        state.note(backlog: streams.relays.contains { $0.hasBacklog }, at: now)
        // Lines of ours come after the program's end too, and make a stream that was done have something to do again.
        perform(state.handle(.outputIsClosed(streams.relays.allSatisfy { $0.isFinished }), at: now))
        if now >= nextSizeLook {
            nextSizeLook = now + .milliseconds(200)
            if streams.followSizes() { child.sendToGroup(Signal(rawValue: SIGWINCH)) }
        }
    }

    /// Waits for a signal, output, a reader, or the next deadline; whether a child changed.
    private func wait() -> Bool {
        let now = Instant.now
        poller.reset()
        for relay in streams.relays { relay.add(to: &poller, at: now) }
        poller.wake(at: state.deadline)
        poller.wake(at: supervisor.task?.next)
        poller.wake(at: pace?.due)
        return supervisor.wait(&poller)
    }

    private func perform(_ actions: [SupervisionState.Action]) {
        for action in actions {
            switch action {
            case .signalGroup(let signal): if ending == nil { pass(signal) }
            case .signalProcess(let signal): if ending == nil { child.send(signal) }
            case .signalSurvivors(let signal): for process in survivors() { process.send(signal) }
            case .lookForSurvivors: perform(state.handle(.survivors(!survivors().isEmpty), at: .now))
            case .limitFired(let cause): perform(state.beginLimit(cause, sequence(for: cause), at: .now))
            case .stopBegan(let stop): supervisor.stopBegan?(stop)
            case .reportStop(let stop): log.notice("\(SupervisionMessage.stopBegan(stop, step))")
            case .reportUnkillable:
                log.error("\(SupervisionMessage.unkillable(step, [child]))")
                ending = .unkillable(child)
            case .reportStubborn(let signal): log.warning("\(SupervisionMessage.stubborn(step, survivors(), signal))")
            case .reportHeldOutput: log.warning("\(SupervisionMessage.heldOutput(step))")
            case .reportSurvivors: log.error("\(SupervisionMessage.unkillable(step, survivors()))")
            case .abandonOutput: for relay in streams.relays { relay.abandon() }
            }
        }
    }

    /// Goes through a stop that is none, while the program starts: else the first signal would wait, several times as long as
    /// it takes itself, for pages and types of code that never ran.
    private func rehearse() {
        var rehearsed = state
        _ = rehearsed.handle(.signal(.terminate), at: begin)
        supervisor.rehearse()
        // Signal 0 only asks whether the group is there: kill(2).
        child.sendToGroup(Signal(rawValue: 0))
    }

    private func pass(_ signal: Signal) {
        switch state.addressee {
        case .process where signal != .kill && signal != .continue: child.send(signal)
        case .ranks(let parents, let others) where signal != .kill && signal != .continue:
            for rank in ProcessTable.descendants(of: getpid(), startedBy: parents, except: others) { rank.send(signal) }
        case .group, .process, .ranks: child.sendToGroup(signal)
        }
    }

    /// What the step left running.
    private func survivors() -> [ProcessID] {
        // No child at all, which is the rule: nothing to look for in /proc.
        if supervisor.companionIDs.isEmpty, linux_child_waits() < 0 { return [] }
        return ProcessTable.descendants(of: getpid(), except: supervisor.companionIDs)
    }

    private func sequence(for cause: StopCause) -> ShutdownSequence {
        let all = [child] + ProcessTable.descendants(of: child.rawValue)
        return all.contains { ProcessTable.catches($0, .terminate) }
            ? .limitForHandler(grace: state.grace) : .limitWithoutHandler
    }
}
