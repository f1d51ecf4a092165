import Logging
import SystemPackage

#if canImport(Glibc)
import Glibc
#endif

/// PID 1's side of the channel to the other hosts: starts the companion, tells it how the program ended, reads its verdict.
final class PeerLink {
    let host: String
    let directory: FilePath
    private let supervisor: Supervisor
    private let companion: Companion
    private let step: Step
    private let isHub: Bool
    /// What this host told the others of its own failure.
    private(set) var told: PeerFailure?

    private var succeededAt: Instant?

    /// How long a host that lost its connection, or is just joining, may take to hear that the program ended with 0.
    private static let farewell = PeerState.patienceAfterLoss + .seconds(2)
    /// How long the channel may take to settle whose failure was the first.
    private static let patience = Duration.seconds(12)

    init(_ settings: PeerSettings, step: Step, supervisor: Supervisor) throws(Failure) {
        (host, directory, isHub) = (settings.host, settings.directory, settings.isHub)
        (self.supervisor, self.step) = (supervisor, step)
        do throws(Errno) {
            try SmallFile.write(settings.json, to: PeerSettings.file(in: directory), mode: 0o600)
        } catch {
            throw Failure(.peersUnprepared(what: "cannot be written"), PeerSettings.file(in: directory).string, error)
        }
        companion = try supervisor.startCompanion(step, isVital: true, hasInput: true)
    }

    /// Tells the others that the program ended with 0; who is not here hears it while the rest of the job is done.
    func succeed() {
        succeededAt = .now
        companion.tell(PeerMessage.ended.line(time: WallTime.now.milliseconds))
        _ = supervisor.wait(for: companion, atMost: .seconds(2))
    }

    /// Gives those who were not there what is left of their time; a stop ends it.
    func awaitOthers() {
        guard let succeededAt, !isOver else { return }
        _ = supervisor.finish(companion, atMost: succeededAt + Self.farewell - .now, grace: .zero)
    }

    /// Tells the others of a failure, and waits for the word which one was the first.
    func fail(_ failure: PeerFailure) -> PeerVerdict? {
        told = failure
        guard companion.tell(PeerMessage.failed(failure).line(time: WallTime.now.milliseconds)) else { return verdict }
        _ = supervisor.wait(for: companion, atMost: Self.patience)
        return verdict
    }

    /// Tells the failure to those who join while the rest of the job is done: they would run on for nothing.
    func tellWhoIsLate() {
        guard isHub, case .first = verdict else { return }
        do throws(Failure) {
            try supervisor.startCompanion(step, isVital: false, hasInput: true)
        } catch {
            log.warning("hosts that join late are not told of the failure: \(error)")
        }
    }

    /// Whether the channel is over.
    var isOver: Bool { companion.ending != nil }

    /// What the channel found out, once it is over.
    var verdict: PeerVerdict? {
        guard isOver, let bytes = try? readFile(PeerSettings.verdictFile(in: directory), limit: 1 << 16) else {
            return nil
        }
        return PeerVerdict(json: bytes)
    }
}

extension JobEnding {
    /// Whether another host's failure ended this one.
    var isEndedByPeers: Bool { peerFailure != nil }

    /// Tells the other hosts how the program ended, and hears whether another's failure was the first.
    ///
    /// - Parameters:
    ///   - report: How it ended.
    ///   - plan: How it was started.
    ///   - tagged: The end of its stderr, with host and rank before the lines of ranks.
    /// - Returns: Whether this host only followed a leader, which has ended with success.
    mutating func concludePeers(_ report: StepReport, _ plan: LaunchPlan, tagged: [UInt8]) -> Bool {
        let host = peers?.host ?? plan.hosts.first ?? ""
        if !report.isSuccess { rankFailure = RankFailure.read(plan, host: host, tail: tagged) }
        guard let peers else { return false }
        if report.isSuccess, report.stop == nil {
            peers.succeed()
            return false
        }
        let verdict = peers.isOver ? peers.verdict : peers.fail(failure(report, host))
        peers.tellWhoIsLate()
        switch verdict {
        case .hubEnded: return plan.isFollower
        case .first(let first):
            // Stopped from outside, this host has its own reason; and its own failure is no other host's.
            if case .signal = report.stop { return false }
            let isOwn =
                peers.told.map { $0.host == first.host && $0.rank == first.rank && $0.line == first.line } ?? false
            if !isOwn { peerFailure = first }
            return false
        case nil: return false
        }
    }

    private func failure(_ report: StepReport, _ host: String) -> PeerFailure {
        let time = WallTime.now.milliseconds
        switch report.stop {
        case .signal(let signal): return PeerFailure(host: host, kind: .stopped, line: "\(signal)", time: time)
        case .runTime(let limit):
            return PeerFailure(host: host, kind: .stopped, line: EndingWords.tooLong(limit), time: time)
        case .silence(let limit):
            return PeerFailure(host: host, kind: .stopped, line: EndingWords.silent(limit), time: time)
        case .companion(let name):
            return PeerFailure(host: host, kind: .failed, line: EndingWords.lost(name), time: time)
        case nil: break
        }
        let cause = rankFailure?.line ?? RootCause(tail: report.tail)?.line ?? EndingWords.alone(report.ending)
        let place = rankFailure?.host ?? host
        var failure = PeerFailure(host: place, kind: .failed, line: mask.mask(cause), time: rankFailure?.time ?? time)
        failure.rank = rankFailure?.rank
        failure.exitCode = rankFailure?.exitCode
        failure.signal = rankFailure?.signal
        switch report.ending {
        case .exited(let code): if rankFailure == nil { failure.exitCode = Int(code) }
        case .signaled(let signal, _): failure.signal = failure.signal ?? Int(signal.rawValue)
        case .notStarted, .stoppedBefore, .unkillable: break
        }
        failure.isConsequence = PeerFailure.speaksOfLostConnection(cause)
        return failure
    }
}
