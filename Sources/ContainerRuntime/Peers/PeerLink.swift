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
    /// What this host told the others of its own failure.
    private(set) var told: PeerFailure?

    /// How long the channel may take to settle whose failure was the first.
    private static let patience = Duration.seconds(12)

    init(_ settings: PeerSettings, step: Step, supervisor: Supervisor) throws(Failure) {
        (host, directory) = (settings.host, settings.directory)
        self.supervisor = supervisor
        do throws(Errno) {
            try SmallFile.write(settings.json, to: PeerSettings.file(in: directory), mode: 0o600)
        } catch {
            throw Failure(.peersUnprepared(what: "cannot be written"), PeerSettings.file(in: directory).string, error)
        }
        companion = try supervisor.startCompanion(step, isVital: true, hasInput: true)
    }

    /// Tells the others that the program ended with 0.
    func succeed() {
        companion.tell(PeerMessage.ended.line(time: WallTime.now.milliseconds))
        _ = supervisor.wait(for: companion, atMost: .seconds(2))
    }

    /// Tells the others of a failure, and waits for the word which one was the first.
    func fail(_ failure: PeerFailure) -> PeerVerdict? {
        told = failure
        guard companion.tell(PeerMessage.failed(failure).line(time: WallTime.now.milliseconds)) else { return verdict }
        _ = supervisor.wait(for: companion, atMost: Self.patience)
        return verdict
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
    /// - Returns: Whether this host only followed a leader, which has ended with success.
    mutating func concludePeers(_ report: StepReport, _ plan: LaunchPlan) -> Bool {
        let host = peers?.host ?? plan.hosts.first ?? ""
        if !report.isSuccess { rankFailure = RankFailure.read(plan, host: host, tail: report.tail) }
        guard let peers else { return false }
        if report.isSuccess, report.stop == nil {
            peers.succeed()
            return false
        }
        let verdict = peers.isOver ? peers.verdict : peers.fail(failure(report, host))
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
        case .companion, nil: break
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
