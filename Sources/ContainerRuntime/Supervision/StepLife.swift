import CLinux
import Logging
import Synchronization
import SystemPackage

#if canImport(Glibc)
import Glibc
#endif

/// The lines of the runtime's own that wait for their place between the program's bytes.
final class LineInbox: Sendable {
    private let lines = Mutex<[[UInt8]]>([])

    func add(_ line: [UInt8]) { lines.withLock { $0.append(line) } }

    func take() -> [[UInt8]] {
        lines.withLock { lines in
            defer { lines.removeAll() }
            return lines
        }
    }
}

/// One step from its start to its report: carries out what `SupervisionState` decides.
final class StepLife {
    let step: Step
    private let child: ChildProcess
    private(set) var state: SupervisionState
    private let streams: ProgramOutput
    private let supervisor: Supervisor
    private var ending: StepReport.Ending?
    private let begin = Instant.now
    private var waiters: [linux_waiter] = []
    private var nextSizeLook = Instant.now
    /// When the log says that the step still runs.
    private var pace: ProgressPace?

    init(
        step: Step,
        child: ChildProcess,
        state: SupervisionState,
        streams: ProgramOutput,
        supervisor: Supervisor
    ) {
        self.step = step
        self.child = child
        self.state = state
        self.streams = streams
        self.supervisor = supervisor
        if state.policy.tellsThatItRuns { pace = ProgressPace(first: .seconds(60), every: .seconds(60)) }
    }

    func run(_ lines: LineInbox) -> StepReport {
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
            passOn(lines, at: now)
            supervisor.task?.advance(at: now)
            perform(state.handle(.tick, at: .now))
            if state.phase == .finished { break }
            wait()
            childChanged = supervisor.receive()
        }
        let tail = streams.relays.last?.tailContents() ?? []
        return StepReport(
            ending: ending ?? .unkillable(child.identity),
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
        while linux_collect_child(supervisor.terminal.followsStops ? 1 : 0, &change) == 1 {
            guard change.pid == child.identity.rawValue else {
                if let lost = supervisor.note(change), lost.isVital {
                    perform(state.handle(.companionEnded(lost.step.name), at: now))
                }
                continue
            }
            if change.stopped == 1 {
                supervisor.terminal.stop(with: child.identity)
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
    private func passOn(_ lines: LineInbox, at now: Instant) {
        for line in lines.take() { streams.relays.last?.insert(line) }
        var moved = 0
        for (index, relay) in streams.relays.enumerated() {
            moved += relay.advance(at: now, sourceReady: isReady(index))
        }
        if moved > 0 { perform(state.handle(.outputMoved, at: now)) }
        state.note(backlog: streams.relays.contains { $0.hasBacklog }, at: now)
        // Lines of ours come after the program's end too, and make a stream that was done have something to do again.
        perform(state.handle(.outputIsClosed(streams.relays.allSatisfy { $0.isFinished }), at: now))
        if now >= nextSizeLook {
            nextSizeLook = now + .milliseconds(200)
            if streams.followSizes() { child.identity.sendToGroup(Signal(rawValue: SIGWINCH)) }
        }
    }

    private func isReady(_ index: Int) -> Bool {
        let place = 1 + 2 * index
        return place < waiters.count && waiters[place].returned != 0
    }

    /// Waits for a signal, output, a reader, or the next deadline.
    private func wait() {
        let now = Instant.now
        var deadline = [state.deadline, supervisor.task?.next].compactMap(\.self).min()
        waiters.removeAll(keepingCapacity: true)
        waiters.append(linux_waiter(descriptor: supervisor.signalDescriptor, events: linux_readable, returned: 0))
        for relay in streams.relays {
            let wants = relay.wants(at: now)
            if let wakeUp = relay.wakeUp(after: now) { deadline = min(deadline ?? wakeUp, wakeUp) }
            // A negative descriptor is passed over: poll(2).
            waiters.append(
                linux_waiter(descriptor: wants.source ? relay.source : -1, events: linux_readable, returned: 0)
            )
            waiters.append(
                linux_waiter(
                    descriptor: wants.destination ? relay.destination.descriptor : -1,
                    events: linux_writable,
                    returned: 0
                )
            )
        }
        if let due = pace?.due { deadline = min(deadline ?? due, due) }
        let limit = deadline.map { max(0, ($0 - now).wholeNanoseconds) } ?? -1
        let count = UInt32(waiters.count)
        let answer = waiters.withUnsafeMutableBufferPointer { linux_wait($0.baseAddress, count, limit) }
        // Only a wrong descriptor or no memory could make it fail: go on as if time had passed.
        if answer < 0 { for index in waiters.indices { waiters[index].returned = 0 } }
    }

    private func perform(_ actions: [SupervisionState.Action]) {
        for action in actions {
            switch action {
            case .signalGroup(let signal): if ending == nil { pass(signal) }
            case .signalProcess(let signal): if ending == nil { child.identity.send(signal) }
            case .signalSurvivors(let signal): for process in survivors() { process.send(signal) }
            case .lookForSurvivors: perform(state.handle(.survivors(!survivors().isEmpty), at: .now))
            case .limitFired(let cause): perform(state.beginLimit(cause, sequence(for: cause), at: .now))
            case .stopBegan(let stop): supervisor.stopBegan?(stop)
            case .reportStop(let stop): log.notice("\(SupervisionMessage.stopBegan(stop, step))")
            case .reportUnkillable:
                log.error("\(SupervisionMessage.unkillable(step, [child.identity]))")
                ending = .unkillable(child.identity)
            case .reportStubborn(let signal): log.warning("\(SupervisionMessage.stubborn(step, survivors(), signal))")
            case .reportHeldOutput: log.warning("\(SupervisionMessage.heldOutput(step))")
            case .reportSurvivors: log.error("\(SupervisionMessage.unkillable(step, survivors()))")
            case .abandonOutput: for relay in streams.relays { relay.abandon() }
            case .finish: break
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
        child.identity.sendToGroup(Signal(rawValue: 0))
    }

    private func pass(_ signal: Signal) {
        switch state.addressee {
        case .process where signal != .kill && signal != .continue: child.identity.send(signal)
        case .ranks(let parents, let others) where signal != .kill && signal != .continue:
            for rank in ProcessTable.descendants(of: getpid(), startedBy: parents, except: others) { rank.send(signal) }
        case .group, .process, .ranks: child.identity.sendToGroup(signal)
        }
    }

    /// What the step left running.
    private func survivors() -> [ProcessID] {
        // No child at all, which is the rule: nothing to look for in /proc.
        if supervisor.companionIDs.isEmpty, linux_child_waits() < 0 { return [] }
        return ProcessTable.descendants(of: getpid(), except: supervisor.companionIDs)
    }

    private func sequence(for cause: StopCause) -> ShutdownSequence {
        let all = [child.identity] + ProcessTable.descendants(of: child.identity.rawValue)
        return all.contains { ProcessTable.catches($0, .terminate) }
            ? .limitForHandler(grace: state.grace) : .limitWithoutHandler
    }
}
