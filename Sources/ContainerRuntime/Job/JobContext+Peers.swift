import SystemPackage

/// How the hosts of a job agree whose failure was the first.
extension JobContext {
    /// Tells the other hosts how the program ended, and hears whether another's failure was the first.
    ///
    /// - Parameters:
    ///   - report: How it ended.
    ///   - plan: How it was started.
    ///   - tagged: The end of its stderr, with host and rank before the lines of ranks.
    /// - Returns: Whether this host only followed a leader, which has ended with success.
    func concludePeers(_ report: StepReport, _ plan: LaunchPlan, tagged: [UInt8]) -> Bool {
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
