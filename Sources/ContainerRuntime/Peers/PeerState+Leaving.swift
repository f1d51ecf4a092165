/// Our program ended with 0: who was away has to hear it too, or would take this host for one that vanished or never came.
///
/// Whatever happens to the others from here on is no failure of this host. It waits no longer than a lost connection may
/// take, and for those who have not joined yet as long as they may take; who started it may end it any time before.
extension PeerState {
    mutating func leave() -> [Action] {
        isLeaving = true
        for (host, peer) in peers where peer.presence == .here { peers[host]?.presence = .ended }
        return [.sendToAll(.ended)] + concludeIfAllKnow()
    }

    mutating func whileLeaving(_ event: Event, at now: Instant) -> [Action] {
        switch event {
        case .message(let host, .hello, _):
            guard peers[host] != nil else { return [] }
            peers[host]?.presence = .ended
            let answer: [Action] = settings.isHub ? [.send(.hello(settings.hello), to: host)] : []
            return answer + [.send(.ended, to: host)] + concludeIfAllKnow()
        case .message(let host, let message, _):
            switch message {
            case .ended, .first: peers[host]?.presence = .ended
            case .hello, .ready, .beat, .failed: return []
            }
        case .tick:
            if now >= nextBeat { nextBeat = now + Self.beatInterval }
            for (host, peer) in peers where isGone(peer, at: now) { peers[host]?.presence = .ended }
        case .lost, .own, .serverAnswers: return []
        }
        return concludeIfAllKnow()
    }

    private func isGone(_ peer: Peer, at now: Instant) -> Bool {
        switch peer.presence {
        case .lost(let since): now >= since + Self.patienceAfterLoss
        case .absent, .missing: now >= start + .seconds(settings.hostTimeout)
        case .here, .ended: false
        }
    }

    private mutating func concludeIfAllKnow() -> [Action] {
        peers.values.allSatisfy { $0.presence == .ended } ? conclude(nil, telling: nil) : []
    }
}
