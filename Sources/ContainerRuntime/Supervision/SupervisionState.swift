/// The life of one step as a pure machine: events go in, actions come out, no system call is made here.
///
/// - `running`: the step's process lives; signals are passed on to its group.
/// - `ending`: it has been asked to end, request by request of a shutdown sequence.
/// - `sweeping`: it has ended; what it left running is ended too.
/// - `draining`: nothing of it runs; what is still in its pipes is passed on.
/// - `finished`: the report can be written.
struct SupervisionState: Sendable {
    enum Event: Hashable, Sendable {
        /// A signal came for us.
        case signal(Signal)
        /// The step's own process ended.
        case ended
        /// The answer to `lookForSurvivors`.
        case survivors(Bool)
        /// Whether no output is left, and nobody can write any more.
        case outputIsClosed(Bool)
        /// A vital companion ended; its name.
        case companionEnded(String)
        /// Something was printed.
        case outputMoved
        /// Time passed.
        case tick
    }

    enum Action: Hashable, Sendable {
        /// Send to the group of the step's process.
        case signalGroup(Signal)
        /// Send to the step's process alone.
        case signalProcess(Signal)
        /// Send to every process that the step left running.
        case signalSurvivors(Signal)
        /// Look whether the step left something running, and say so with `survivors`.
        case lookForSurvivors
        /// A limit fired: decide by the program's handlers how it is asked to end, and call `beginLimit`.
        case limitFired(StopCause)
        /// A stop begins now: what the program is to find at the signal is written.
        case stopBegan(Stop)
        /// The log is told of a stop, after the signal: words take longer than a signal may.
        case reportStop(Stop)
        /// The step's process did not end after SIGKILL.
        case reportUnkillable
        /// Processes that the step left running did not end after a signal: the log is told of the next, before they are gone.
        case reportStubborn(Signal)
        /// Processes that the step left running did not end after SIGKILL.
        case reportSurvivors
        /// Somebody who is not of the step holds its output open.
        case reportHeldOutput
        /// Pass on no more output.
        case abandonOutput
    }

    enum Phase: Hashable, Sendable {
        case running
        case ending(ShutdownSequence, request: Int, until: Instant)
        /// The request is nil until something was found that could be asked.
        case sweeping(request: Int?, until: Instant)
        case draining(since: Instant)
        case finished
    }

    private(set) var phase = Phase.running
    /// What the program is ended for.
    private(set) var stop: Stop?
    /// A stop that came while the program was being ended for a companion.
    private var laterStop: Stop?
    private(set) var killed = false

    let policy: SupervisionPolicy
    private var lastOutput: Instant
    private var outputIsClosed = false
    private var nextLook: Instant?
    private var hasBacklog = false
    /// When what was left of the output began to be waited for, and whether somebody who cannot be killed may add to it.
    private var drainBegan: Instant?
    private var hasSurvivors = false

    /// The first look for survivors comes soon: most are gone a moment after their parent.
    private static let lookInterval = Duration.milliseconds(10)
    /// How long a program has to end when a companion is gone.
    private static let patienceWithoutCompanion = Duration.seconds(5)
    /// An empty pipe that a stranger holds open is given up after this time.
    private static let patienceForOutput = Duration.seconds(2)

    init(policy: SupervisionPolicy, stop: Stop?, at now: Instant) {
        self.policy = policy
        self.stop = stop
        lastOutput = now
        if let stop {
            // Only a step that may still finish is started during a stop: what is left of the grace period is its own.
            phase = .ending(.stop(stop.signal, grace: .zero), request: 0, until: stop.deadline)
        }
    }

    /// How long a program has between the first signal of a stop and SIGKILL.
    var grace: Duration { policy.grace }

    /// Who gets the signals that are passed on.
    var addressee: SignalAddressee { policy.addressee }

    /// The stop of the whole job, if one came.
    ///
    /// A companion's end is the end of the program alone: what comes after it is not stopped.
    var jobStop: Stop? {
        if case .companion = stop?.cause { return laterStop }
        return stop
    }

    /// When `tick` is wanted next.
    var deadline: Instant? {
        switch phase {
        case .running:
            // A program whose reader takes nothing is not silent: it waits for the reader.
            let idleEnd = hasBacklog ? nil : policy.idleLimit.map { lastOutput + $0 }
            return .first(policy.runTimeEnd, idleEnd)
        case .ending(_, _, let until): return until
        case .sweeping(_, let until): return min(nextLook ?? until, until)
        case .draining(let since):
            // However slow the reader is, it gets what was written; only a stop, and what cannot be killed, set an end to that.
            let began = drainBegan ?? since
            let end = hasSurvivors ? began : stop.map { max($0.deadline, began) }
            return .first(end, hasBacklog ? nil : since).map { $0 + Self.patienceForOutput }
        case .finished: return nil
        }
    }

    mutating func handle(_ event: Event, at now: Instant) -> [Action] {
        switch event {
        case .signal(let signal): return passOn(signal, at: now)
        case .ended: return beginSweep(at: now)
        case .companionEnded(let name): return endWithCompanion(name, at: now)
        case .survivors(let some): return sweep(some, at: now)
        case .outputIsClosed(let isClosed):
            outputIsClosed = isClosed
            finishIfDrained()
            return []
        case .outputMoved:
            lastOutput = now
            if case .draining = phase { phase = .draining(since: now) }
            return []
        case .tick: return tick(at: now)
        }
    }

    /// Notes whether bytes wait for a slow reader.
    mutating func note(backlog: Bool, at now: Instant) {
        if hasBacklog, !backlog {
            lastOutput = now
            if case .draining = phase { phase = .draining(since: now) }
        }
        hasBacklog = backlog
    }

    /// Begins to end a program for a limit, in the way that its handlers allow.
    mutating func beginLimit(_ cause: StopCause, _ sequence: ShutdownSequence, at now: Instant) -> [Action] {
        let request = sequence.request(0)
        let begun = Stop(cause: cause, deadline: now + policy.grace, signal: request.signal)
        stop = begun
        phase = .ending(sequence, request: 0, until: now + request.patience)
        return [.stopBegan(begun), .signalGroup(request.signal), .signalGroup(.continue), .reportStop(begun)]
    }
}

extension SupervisionState {
    private mutating func passOn(_ signal: Signal, at now: Instant) -> [Action] {
        switch phase {
        case .running where policy.stops(signal):
            let begun = Stop(cause: .signal(signal), deadline: now + policy.grace, signal: signal)
            stop = begun
            phase = .ending(.stop(signal, grace: policy.grace), request: 0, until: begun.deadline)
            // A stopped program would not hear it: SIGCONT comes after.
            guard policy.passesStopOn else { return [.stopBegan(begun), .reportStop(begun)] }
            return [.stopBegan(begun), .signalGroup(signal), .signalGroup(.continue), .reportStop(begun)]
        case .running: return [.signalGroup(signal)]
        case .ending:
            let pass: [Action] = !policy.passesStopOn && policy.stops(signal) ? [] : [.signalGroup(signal)]
            return pass + beginLaterStop(signal, at: now)
        case .sweeping, .draining, .finished: return beginLaterStop(signal, at: now)
        }
    }

    /// The program is gone, or is ended already for a reason of its own: a stop that comes now is for the steps after it.
    private mutating func beginLaterStop(_ signal: Signal, at now: Instant) -> [Action] {
        guard policy.stops(signal), jobStop == nil else { return [] }
        let begun = Stop(cause: .signal(signal), deadline: now + policy.grace, signal: signal)
        if stop == nil { stop = begun } else { laterStop = begun }
        return [.stopBegan(begun), .reportStop(begun)]
    }

    /// The program gets little time: what it could say to others is lost already.
    private mutating func endWithCompanion(_ name: String, at now: Instant) -> [Action] {
        guard policy.endsWithCompanions else { return [] }
        let patience = min(policy.grace, Self.patienceWithoutCompanion)
        if case .ending = phase, case .ranks = policy.addressee {
            // The ranks were asked already; what they were run by has nothing left to wait for.
            phase = .ending(.stop(.terminate, grace: patience), request: 0, until: now + patience)
            return [.signalProcess(.terminate)]
        }
        guard case .running = phase else { return [] }
        let begun = Stop(cause: .companion(name), deadline: now + patience, signal: .terminate)
        stop = begun
        phase = .ending(.stop(.terminate, grace: patience), request: 0, until: begun.deadline)
        let request: Action = policy.addressee == .group ? .signalGroup(.terminate) : .signalProcess(.terminate)
        return [.stopBegan(begun), request, .signalGroup(.continue), .reportStop(begun)]
    }

    private mutating func beginSweep(at now: Instant) -> [Action] {
        guard phase != .finished else { return [] }
        phase = .sweeping(request: nil, until: now)
        return [.lookForSurvivors]
    }

    private mutating func sweep(_ some: Bool, at now: Instant) -> [Action] {
        guard case .sweeping(let request, let until) = phase else { return [] }
        guard some else {
            beginDrain(at: now)
            return []
        }
        nextLook = now + Self.lookInterval
        let sequence = ShutdownSequence.survivors
        guard let request else {
            phase = .sweeping(request: 0, until: now + sequence.request(0).patience)
            return [.signalSurvivors(sequence.request(0).signal), .signalSurvivors(.continue)]
        }
        guard now >= until else {
            // One that was forked in the meantime is killed like those before it.
            return sequence.isLast(request) ? [.signalSurvivors(.kill)] : []
        }
        if sequence.isLast(request) {
            hasSurvivors = true
            beginDrain(at: now)
            return [.reportSurvivors]
        }
        phase = .sweeping(request: request + 1, until: now + sequence.request(request + 1).patience)
        let next = sequence.request(request + 1).signal
        return [.reportStubborn(next), .signalSurvivors(next)]
    }

    private mutating func tick(at now: Instant) -> [Action] {
        guard let deadline, now >= deadline else { return [] }
        switch phase {
        case .running:
            if let end = policy.runTimeEnd, now >= end { return [.limitFired(.runTime(policy.maximumRunTime))] }
            return [.limitFired(.silence(policy.idleLimit ?? .zero))]
        case .ending(let sequence, let request, _):
            if sequence.isLast(request) {
                // Killed, and still there: nothing more can be done to it.
                phase = .finished
                return [.reportUnkillable, .signalSurvivors(.kill), .abandonOutput]
            }
            let next = sequence.request(request + 1)
            killed = killed || next.signal == .kill
            phase = .ending(sequence, request: request + 1, until: now + next.patience)
            return [.signalGroup(next.signal)]
        case .sweeping: return [.lookForSurvivors]
        case .draining:
            phase = .finished
            return hasBacklog || hasSurvivors ? [.abandonOutput] : [.reportHeldOutput, .abandonOutput]
        case .finished: return []
        }
    }

    private mutating func beginDrain(at now: Instant) {
        drainBegan = now
        phase = .draining(since: now)
        finishIfDrained()
    }

    private mutating func finishIfDrained() {
        if case .draining = phase, outputIsClosed { phase = .finished }
    }
}
