import SystemPackage

@testable import ContainerRuntime

/// One host's side of a channel without sockets, at a time that a test sets.
struct PeerChannel {
    static let start = Instant(nanoseconds: 1_000_000_000_000)

    static func settings(_ host: String, follows: Bool = false, needsAll: Bool = false) -> PeerSettings {
        PeerSettings(
            host: host,
            hosts: ["a", "b", "c"],
            hub: "a",
            job: "j",
            addresses: [:],
            address: "127.0.0.1",
            port: 1,
            peerTimeout: 30,
            hostTimeout: 600,
            followsHub: follows,
            needsAll: needsAll,
            directory: "/tmp"
        )
    }

    var state: PeerState
    var now = Self.start

    init(_ host: String, follows: Bool = false, needsAll: Bool = false) {
        state = PeerState(Self.settings(host, follows: follows, needsAll: needsAll), at: now)
    }

    mutating func send(_ event: PeerState.Event, after: Duration = .zero) -> [PeerState.Action] {
        now = now + after
        return state.handle(event, at: now, wallClock: Int(now.nanoseconds / 1_000_000))
    }

    /// Hosts say hello.
    mutating func join(_ hosts: String...) {
        for host in hosts { _ = say(host, .hello(PeerHello(host: host, job: "j"))) }
    }

    mutating func say(_ host: String, _ message: PeerMessage, skew: Int = 0) -> [PeerState.Action] {
        send(.message(from: host, message, sentAt: Int(now.nanoseconds / 1_000_000) - skew))
    }

    func failure(_ host: String, _ line: String, consequence: Bool = false, ago: Int = 0) -> PeerFailure {
        let time = Int(now.nanoseconds / 1_000_000) - ago
        var failure = PeerFailure(host: host, kind: .failed, line: line, time: time)
        failure.isConsequence = consequence
        return failure
    }

    static func verdict(_ actions: [PeerState.Action]) -> PeerVerdict? {
        for case .conclude(let verdict) in actions { return verdict }
        return nil
    }

    static func first(_ actions: [PeerState.Action]) -> PeerFailure? {
        guard case .first(let failure) = verdict(actions) else { return nil }
        return failure
    }
}
