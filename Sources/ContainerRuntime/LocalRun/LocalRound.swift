import CLinux
import Glibc
import Logging
import SystemPackage

/// One run of all hosts, from their start to the end of the last: the platform's part, and no more than that.
///
/// A stop is the platform's: SIGTERM, 120 s, SIGKILL. What a host does with it is up to its own `train`.
final class LocalRound {
    /// What the platform gives a container between SIGTERM and SIGKILL.
    ///
    /// Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_StopTrainingJob.html
    static let grace = Duration.seconds(120)
    /// How long hosts may take to end by themselves when one has failed: the channel between them tells them.
    private static let patience = Duration.seconds(10)

    private let supervisor: Supervisor
    private let output: LocalOutput
    private let stopAfter: Duration?
    private(set) var hosts: [LocalHost] = []
    private var feeders: [LocalFeeder] = []
    /// The channel that did not come, or was not fed any more, for which the job failed.
    private(set) var lost: LostChannel?
    private var lostIndex: Int?
    private(set) var stop: LocalStop?
    private var begin: Instant
    private var killAt: Instant?
    private var isKilled = false

    init(_ supervisor: Supervisor, _ output: LocalOutput, stopAfter: Duration?) {
        (self.supervisor, self.output, self.stopAfter) = (supervisor, output, stopAfter)
        begin = .now
    }

    /// Brings the channels of S3, one after the other, before anything of the job is made.
    ///
    /// - Returns: Whether the job can begin; not where a channel cannot be had, or a stop came.
    /// - Throws: `Failure` with code `spawnFailed`.
    func bring(_ channels: [LocalChannel]) throws(Failure) -> Bool {
        defer { supervisor.endCompanions() }
        for channel in channels {
            guard let source = channel.source else { continue }
            let task = HelperTask.fetch(source.description, to: channel.path, isPrefix: true)
            let helper = try LocalHelper(task, "channel \(channel.name)", output, supervisor)
            while true {
                let hasEnded = supervisor.wait(for: helper.companion, atMost: .zero)
                // Its last line is known when its stream ends; at a stop nobody waits for a slow reader.
                if hasEnded, stop != nil || !output.isOpen { break }
                output.turn(supervisor)
                let stopped = stop
                hear()
                if stopped == nil, stop != nil { helper.companion.identity.send(.terminate) }
            }
            if stop != nil { return false }
            guard helper.companion.ending == .exited(0) else {
                lost = LostChannel(name: channel.name, words: helper.words(output), wasFed: false)
                return false
            }
        }
        return true
    }

    /// Starts the hosts of trees, and comes back when all have ended.
    ///
    /// - Throws: `Failure` with code `spawnFailed`; no host runs then.
    func run(_ trees: [LocalTree], _ incoming: EnvironmentVariables) throws(Failure) {
        begin = .now
        defer {
            supervisor.endCompanions()
            for host in hosts { host.removeContainer() }
        }
        for tree in trees {
            for channel in tree.request.channels {
                if let feeder = try LocalFeeder(channel, tree, output, supervisor) { feeders.append(feeder) }
            }
        }
        try waitForFeeders()
        if stop == nil {
            for tree in trees { hosts.append(try LocalHost.start(tree, incoming, output, supervisor)) }
        }
        while hosts.contains(where: { $0.ended == nil }) {
            output.turn(supervisor, until: nextDeadline)
            // The signals have been read, and only now it is looked who has ended: an end in between is said anew. The other
            // way round, one that comes after the look and before the reading is heard of by nobody, and waited for for ever.
            hear()
            noteEnds()
            noteFeeders()
            enforce()
        }
        noteFeeders()
        supervisor.endCompanions()
        // One that had just given the program too little, and had not yet ended for it.
        if stop == nil, lostIndex == nil { lostIndex = feeders.firstIndex { $0.hasFailed } }
        passOnRest()
        // Only now its last line is known.
        lost = lostIndex.map {
            LostChannel(name: feeders[$0].channel, words: feeders[$0].words(output), wasFed: true)
        }
    }

    /// A program may look for its channel at once: the first FIFO of each is there before.
    private func waitForFeeders() throws(Failure) {
        let end = Instant.now + LocalFeeder.patience
        while let late = feeders.first(where: { !$0.isReady }) {
            output.turn(supervisor, until: .now + .milliseconds(1))
            noteFeeders()
            hear()
            if stop != nil { return }
            if Instant.now >= end { throw late.lateness }
        }
    }

    private func noteFeeders() {
        guard stop == nil, let index = feeders.firstIndex(where: { $0.hasEnded(supervisor) }) else { return }
        lostIndex = index
        begin(.feeder(feeders[index].channel))
    }

    /// The status of a job whose hosts all ended well, or that a signal ended before one of them was started.
    var statusBeforeStart: ExitStatus {
        if hosts.isEmpty, case .signal(let signal)? = stop { .signal(signal.rawValue) } else { .success }
    }

    /// How long it ran.
    var duration: Duration { (hosts.compactMap(\.ended).max() ?? .now) - begin }

    private func noteEnds() {
        for index in hosts.indices where hosts[index].ended == nil {
            if supervisor.wait(for: hosts[index].companion, atMost: .zero) { hosts[index].ended = .now }
        }
    }

    /// SIGINT and SIGHUP are what a person has for a stop; a second one does not wait any longer.
    private func hear() {
        for signal in supervisor.takeSignals() where [.terminate, .interrupt, .hangUp].contains(signal) {
            switch stop {
            case nil: begin(.signal(signal))
            case .signal: if !isKilled { kill() }
            // It is a person's stop from here on: nothing is started again.
            case .time, .host, .feeder: stop = .signal(signal)
            }
        }
    }

    private func enforce() {
        let now = Instant.now
        if stop == nil, let stopAfter, now >= begin + stopAfter { begin(.time(stopAfter)) }
        if stop == nil, let failed = failedHost, now >= failed.time + Self.patience { begin(.host(failed.name)) }
        if let killAt, now >= killAt { kill() }
    }

    private var failedHost: (name: String, time: Instant)? {
        hosts.lazy.compactMap { host in
            guard let ended = host.ended, let status = host.status, status != .success else { return nil }
            return (host.tree.host, ended)
        }.min { $0.time < $1.time }
    }

    private func begin(_ cause: LocalStop) {
        stop = cause
        killAt = .now + Self.grace
        for host in hosts where host.ended == nil { host.companion.identity.send(.terminate) }
        // Last: whoever reads our lines may be slow.
        guard hosts.contains(where: { $0.ended == nil }) else { return }
        log.notice("stopping the job as the platform does, since \(cause.words): SIGTERM, then \(Self.grace.inSeconds)")
    }

    /// As the end of a container: everything in it is gone.
    private func kill() {
        // First: it is Docker's child and not ours, and its client ends with it.
        for host in hosts where host.ended == nil { host.tree.container?.remove() }
        for process in ProcessTable.descendants(of: getpid()) { process.send(.kill) }
        guard !isKilled else {
            // One in an uninterruptible wait, of a dead NFS server or a GPU driver, never ends.
            for index in hosts.indices where hosts[index].ended == nil { hosts[index].ended = .now }
            return
        }
        isKilled = true
        killAt = .now + ShutdownSequence.patienceAfterKill
        log.warning("the job did not end in time and is killed")
    }

    private var nextDeadline: Instant? {
        guard stop == nil else { return killAt }
        return .first(stopAfter.map { begin + $0 }, failedHost.map { $0.time + Self.patience })
    }

    /// All writers are gone: what is in the pipes is the rest, and only the reader may still take its time, until a signal.
    private func passOnRest() {
        while output.isOpen {
            output.turn(supervisor)
            if supervisor.takeSignals().contains(where: { [.terminate, .interrupt, .hangUp].contains($0) }) { return }
        }
    }
}

/// A channel whose data did not come, or not to its end.
struct LostChannel {
    let name: String
    /// Why, in one line.
    let words: String
    /// Whether it was fed in Pipe mode, while the job ran.
    let wasFed: Bool
}
