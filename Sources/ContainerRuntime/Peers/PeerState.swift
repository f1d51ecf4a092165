/// The channel between the hosts as a pure machine: events go in, actions come out, no socket is touched here.
///
/// - All hosts talk to one, the hub: the first host. It decides which failure was the first, and tells it to all. There are
///   no elections: when the hub is gone, that is the failure.
/// - A failure that speaks of a lost connection waits a moment for the one that caused it.
/// - A host that is silent for the peer timeout is gone, and so is one whose connection ended without a word and did not
///   come back in a few seconds.
/// - A host that never joined may have ended with success before anybody could hear it: it is a failure only where processes
///   are started there. A host whose program ended with 0 says so to those who were away too, if they come in time.
struct PeerState: Sendable {
    enum Event: Sendable {
        /// A host said something; its first word is always `hello`.
        case message(from: String, PeerMessage, sentAt: Int)
        /// The connection to a host ended.
        case lost(String)
        /// Our own program ended: `failed` or `ended`.
        case own(PeerMessage)
        /// Our own sshd answers.
        case serverAnswers
        /// Time passed.
        case tick
    }

    enum Action: Hashable, Sendable {
        case send(PeerMessage, to: String)
        case sendToAll(PeerMessage)
        /// A host joined, with its keys.
        case joined(PeerHello)
        /// All hosts are ready.
        case allReady
        /// It is over; what was sent has to arrive, then the verdict is written.
        case conclude(PeerVerdict?)
        case note(String)
        case warn(String)
    }

    enum Presence: Hashable, Sendable {
        case absent
        /// It has not joined in its time, and nobody needs it here.
        case missing
        case here
        case lost(since: Instant)
        case ended
    }

    struct Peer: Hashable, Sendable {
        var presence = Presence.absent
        var lastHeard: Instant
        var isReady = false
        /// What has to be added to its clock to get ours, in milliseconds: the least that was seen is nearest the truth.
        var skew: Int?
    }

    static let beatInterval = Duration.seconds(2)
    /// How long a lost connection may take to come back.
    static let patienceAfterLoss = Duration.seconds(4)
    /// How long a consequence waits for its cause.
    static let settling = Duration.seconds(2)
    /// How long a member waits for the hub's word on its failure.
    static let patienceForVerdict = Duration.seconds(8)

    let settings: PeerSettings
    /// The others: all of them for the hub, the hub for everybody else.
    var peers: [String: Peer] = [:]
    private var order: [String] = []
    let start: Instant
    var nextBeat: Instant
    private var pending: [PeerFailure] = []
    /// The hosts that never joined: the cause only of what looks like a lost connection.
    private var missing: [PeerFailure] = []
    private var decideAt: Instant?
    private var saidReady = false
    private var saidComplete = false
    /// Whether our program has ended with 0.
    var isLeaving = false
    private(set) var isOver = false
    /// The job's first failure, once that is decided.
    private var told: PeerFailure?

    /// Begins; with a failure that is known already, only to tell it to those who join.
    init(_ settings: PeerSettings, at now: Instant, told: PeerFailure? = nil) {
        self.settings = settings
        (self.told, isOver) = (told, told != nil)
        start = now
        nextBeat = now + Self.beatInterval
        order = settings.isHub ? settings.hosts.filter { !$0.hasSameBytes(as: settings.host) } : [settings.hub]
        for host in order { peers[host] = Peer(lastHeard: now) }
    }

    /// When `tick` is wanted next.
    func deadline() -> Instant {
        guard !isOver else { return Instant(nanoseconds: .max) }
        var next = nextBeat
        if let decideAt { next = min(next, decideAt) }
        for peer in peers.values {
            if case .lost(let since) = peer.presence { next = min(next, since + Self.patienceAfterLoss) }
        }
        return next
    }

    mutating func handle(_ event: Event, at now: Instant, wallClock: Int) -> [Action] {
        guard !isOver else { return late(event) }
        guard !isLeaving else { return whileLeaving(event, at: now) }
        switch event {
        case .message(let host, let message, let sentAt):
            guard var peer = peers[host] else { return [] }
            peer.lastHeard = now
            peer.skew = min(peer.skew ?? .max, wallClock - sentAt)
            peers[host] = peer
            return hear(host, message, at: now)
        case .lost(let host):
            guard peers[host]?.presence == .here else { return [] }
            peers[host]?.presence = .lost(since: now)
            return [.note("the connection to \(host) ended; it has \(Self.patienceAfterLoss.inSeconds) to come back")]
        case .own(let message): return tell(message, at: now)
        case .serverAnswers:
            saidReady = true
            return peers[settings.hub]?.presence == .here ? [.send(.ready, to: settings.hub)] : []
        case .tick: return tick(at: now, wallClock: wallClock)
        }
    }
}

extension PeerState {
    private mutating func hear(_ host: String, _ message: PeerMessage, at now: Instant) -> [Action] {
        switch message {
        case .hello(let hello):
            let isNew = peers[host]?.presence == .absent || peers[host]?.presence == .missing
            peers[host]?.presence = .here
            missing.removeAll { $0.host == host }
            var actions: [Action] = isNew ? [.joined(hello)] : []
            if settings.isHub { actions.append(.send(.hello(settings.hello), to: host)) }
            let areHere = peers.values.allSatisfy { $0.presence == .here || $0.presence == .ended }
            if settings.isHub, areHere, !saidComplete {
                saidComplete = true
                actions.append(.note("all \(settings.hosts.count) hosts have joined"))
            }
            if !settings.isHub, saidReady { actions.append(.send(.ready, to: host)) }
            // A failure of ours that the hub could not hear yet.
            if !settings.isHub { actions += pending.map { .send(.failed($0), to: host) } }
            return actions
        case .ready:
            peers[host]?.isReady = true
            return settings.isHub && peers.values.allSatisfy(\.isReady) ? [.allReady] : []
        case .beat: return []
        case .failed(let failure):
            guard settings.isHub else { return [] }
            var failure = failure
            failure.host = host
            // Any number may come from another host.
            let (time, isTooLarge) = failure.time.addingReportingOverflow(peers[host]?.skew ?? 0)
            failure.time = isTooLarge ? .max : max(0, time)
            return collect(failure, at: now)
        case .first(let failure): return settings.isHub ? [] : conclude(.first(failure), telling: nil)
        case .ended:
            peers[host]?.presence = .ended
            guard !settings.isHub else { return [] }
            if settings.followsHub { return conclude(.hubEnded, telling: nil) }
            if let own = pending.first { return conclude(.first(own), telling: nil) }
            return [.note("\(host) has ended with success; failures are no longer told from here on")]
        }
    }

    private mutating func tell(_ message: PeerMessage, at now: Instant) -> [Action] {
        switch message {
        case .failed(let failure):
            if settings.isHub { return collect(failure, at: now) }
            pending.append(failure)
            switch peers[settings.hub]?.presence {
            case .here:
                decideAt = now + Self.patienceForVerdict
                return [.send(.failed(failure), to: settings.hub)]
            case .absent, .lost:
                decideAt = now + Self.patienceAfterLoss
                return []
            case .missing, .ended, nil: return decide()
            }
        case .ended: return leave()
        case .hello, .ready, .beat, .first: return []
        }
    }

    /// The hub takes a failure: one that is nobody's consequence is the first at once.
    private mutating func collect(_ failure: PeerFailure, at now: Instant) -> [Action] {
        pending.append(failure)
        guard failure.isConsequence else { return decide() }
        if decideAt == nil { decideAt = now + Self.settling }
        return []
    }

    private mutating func decide() -> [Action] {
        guard var first = pending.first else { return [] }
        for failure in pending.dropFirst() where failure.precedes(first) { first = failure }
        if first.isConsequence, let host = missing.first { first = host }
        return conclude(.first(first), telling: settings.isHub ? .first(first) : nil)
    }

    mutating func conclude(_ verdict: PeerVerdict?, telling message: PeerMessage?) -> [Action] {
        isOver = true
        if case .first(let first) = verdict { told = first }
        return (message.map { [.sendToAll($0)] } ?? []) + [.conclude(verdict)]
    }

    /// One that joins while the hub is on its way out is told how it ended.
    private func late(_ event: Event) -> [Action] {
        guard settings.isHub, case .message(let host, .hello, _) = event else { return [] }
        guard let word = isLeaving ? PeerMessage.ended : told.map({ .first($0) }) else { return [] }
        return [.send(.hello(settings.hello), to: host), .send(word, to: host)]
    }

    private mutating func tick(at now: Instant, wallClock: Int) -> [Action] {
        var actions: [Action] = []
        if now >= nextBeat {
            nextBeat = now + Self.beatInterval
            actions.append(.sendToAll(.beat))
        }
        for host in order {
            guard let failure = silence(of: host, at: now, wallClock: wallClock) else { continue }
            if failure.kind == .absent, !needsAll {
                peers[host]?.presence = .missing
                missing.append(failure)
                actions.append(.warn("\(failure.words); unless it joins later, how it ends is not known here"))
                continue
            }
            pending.append(failure)
            return actions + decide()
        }
        // Who is lost may be the cause of what others complain of: that is settled first.
        let isWaiting = peers.values.contains { if case .lost = $0.presence { true } else { false } }
        if let decideAt, now >= decideAt, !(settings.isHub && isWaiting) { return actions + decide() }
        return actions
    }

    private func silence(of host: String, at now: Instant, wallClock: Int) -> PeerFailure? {
        guard let peer = peers[host] else { return nil }
        let timeout = Duration.seconds(settings.peerTimeout)
        switch peer.presence {
        case .absent where now >= start + .seconds(settings.hostTimeout):
            let words = "nothing was heard of it within \(settings.hostTimeout) s"
            return PeerFailure(host: host, kind: .absent, line: words, time: wallClock)
        case .here where now >= peer.lastHeard + timeout:
            let words = "nothing was heard of it for \(settings.peerTimeout) s"
            return PeerFailure(host: host, kind: .vanished, line: words, time: wallClock)
        case .lost(let since) where now >= since + Self.patienceAfterLoss:
            // A program of ours that failed just now is the better answer, unless it only lost its connection.
            guard settings.isHub || pending.allSatisfy(\.isConsequence) else { return nil }
            let words = "its connection ended without a word"
            return PeerFailure(host: host, kind: .vanished, line: words, time: wallClock)
        case .absent, .missing, .here, .lost, .ended: return nil
        }
    }

    /// Whether processes are started over there, or from there here: then nothing goes on without that host.
    private var needsAll: Bool { settings.needsAll || settings.followsHub }

    /// Whether somebody may still be on the way here, to be told how it ended.
    var mayBeJoined: Bool {
        settings.isHub && peers.values.contains { $0.presence == .absent || $0.presence == .missing }
    }
}
