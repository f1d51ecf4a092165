import SystemPackage
import Testing

@testable import ContainerRuntime

@Suite struct PeerStateTests {
    private static let start = Instant(nanoseconds: 1_000_000_000_000)

    private static func settings(_ host: String, follows: Bool = false) -> PeerSettings {
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
            directory: "/tmp"
        )
    }

    private struct Channel {
        var state: PeerState
        var now = PeerStateTests.start

        init(_ host: String, follows: Bool = false) {
            state = PeerState(PeerStateTests.settings(host, follows: follows), at: now)
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
    }

    private static func verdict(_ actions: [PeerState.Action]) -> PeerVerdict? {
        for case .conclude(let verdict) in actions { return verdict }
        return nil
    }

    private static func first(_ actions: [PeerState.Action]) -> PeerFailure? {
        guard case .first(let failure) = verdict(actions) else { return nil }
        return failure
    }

    @Test func aFailureIsToldToAllAtOnce() {
        var hub = Channel("a")
        hub.join("b", "c")
        let actions = hub.say("b", .failed(hub.failure("b", "ValueError")))
        #expect(Self.first(actions)?.host == "b")
        #expect(actions.contains { if case .sendToAll(.first) = $0 { true } else { false } })
    }

    @Test func aHostCannotSpeakForAnother() {
        var hub = Channel("a")
        hub.join("b", "c")
        #expect(Self.first(hub.say("b", .failed(hub.failure("c", "x"))))?.host == "b")
        var other = Channel("a")
        #expect(other.say("stranger", .failed(other.failure("b", "x"))).isEmpty)
    }

    @Test func aLostConnectionWaitsForItsCause() {
        var hub = Channel("a")
        hub.join("b", "c")
        #expect(hub.say("b", .failed(hub.failure("b", "Connection closed by peer", consequence: true))).isEmpty)
        let actions = hub.say("c", .failed(hub.failure("c", "ValueError: x")))
        #expect(Self.first(actions)?.host == "c")
    }

    @Test func withoutACauseTheLostConnectionIsTheFirst() {
        var hub = Channel("a")
        hub.join("b", "c")
        _ = hub.say("b", .failed(hub.failure("b", "Connection closed by peer", consequence: true)))
        #expect(hub.send(.tick, after: .milliseconds(1_900)).allSatisfy { $0 == .sendToAll(.beat) })
        #expect(Self.first(hub.send(.tick, after: .milliseconds(200)))?.host == "b")
    }

    @Test func clocksThatDifferAreAllowedFor() {
        var hub = Channel("a")
        // b's clock is 10 s ahead: what it calls later was before.
        _ = hub.say("b", .hello(PeerHello(host: "b", job: "j")), skew: -10_000)
        hub.join("c")
        _ = hub.say("c", .failed(hub.failure("c", "x", consequence: true)))
        _ = hub.say("b", .failed(hub.failure("b", "x", consequence: true, ago: -9_000)), skew: -10_000)
        #expect(Self.first(hub.send(.tick, after: .seconds(2)))?.host == "b")
    }

    @Test func aSilentHostIsGoneAfterTheTimeout() {
        var hub = Channel("a")
        hub.join("b", "c")
        _ = hub.send(.tick, after: .seconds(20))
        _ = hub.say("b", .beat)
        #expect(Self.verdict(hub.send(.tick, after: .milliseconds(9_900))) == nil)
        let first = Self.first(hub.send(.tick, after: .milliseconds(200)))
        #expect(first?.host == "c" && first?.kind == .vanished)
    }

    @Test func aConnectionThatComesBackIsNoFailure() {
        var hub = Channel("a")
        hub.join("b", "c")
        _ = hub.send(.lost("b"))
        _ = hub.send(.tick, after: .seconds(3))
        hub.join("b")
        #expect(Self.verdict(hub.send(.tick, after: .seconds(3))) == nil)
        _ = hub.send(.lost("b"))
        #expect(Self.first(hub.send(.tick, after: .seconds(5)))?.kind == .vanished)
    }

    @Test func whoVanishedIsTheCauseOfWhatOthersLost() {
        var hub = Channel("a")
        hub.join("b", "c")
        _ = hub.send(.lost("b"))
        _ = hub.say("c", .failed(hub.failure("c", "Connection reset", consequence: true)))
        #expect(Self.verdict(hub.send(.tick, after: .seconds(3))) == nil)
        #expect(Self.first(hub.send(.tick, after: .seconds(2)))?.host == "b")
    }

    @Test func aHostThatEndedMayGo() {
        var hub = Channel("a")
        hub.join("b", "c")
        _ = hub.say("b", .ended)
        #expect(hub.send(.lost("b")).isEmpty)
        _ = hub.say("c", .beat)
        #expect(Self.verdict(hub.send(.tick, after: .seconds(25))) == nil)
    }

    @Test func aHostThatNeverComesIsNamed() {
        var hub = Channel("a")
        hub.join("b")
        for _ in 0..<300 {
            _ = hub.say("b", .beat)
            #expect(Self.verdict(hub.send(.tick, after: .milliseconds(1_999))) == nil)
        }
        _ = hub.say("b", .beat)
        #expect(Self.first(hub.send(.tick, after: .seconds(1)))?.kind == .absent)
    }

    @Test func aFollowerEndsWithItsLeader() {
        var follower = Channel("b", follows: true)
        follower.join("a")
        #expect(Self.verdict(follower.say("a", .ended)) == .hubEnded)
        var member = Channel("b")
        member.join("a")
        #expect(Self.verdict(member.say("a", .ended)) == nil)
        #expect(Self.first(member.send(.own(.failed(member.failure("b", "x")))))?.host == "b")
    }

    @Test func aMemberBelievesTheHubAndNotLongerThanItMust() {
        var member = Channel("b")
        member.join("a")
        #expect(Self.verdict(member.send(.own(.failed(member.failure("b", "x"))))) == nil)
        #expect(Self.first(member.say("a", .first(member.failure("c", "cause"))))?.host == "c")
        var other = Channel("b")
        other.join("a")
        _ = other.send(.own(.failed(other.failure("b", "x"))))
        #expect(Self.first(other.send(.tick, after: .seconds(8)))?.host == "b")
    }

    @Test func allAreReadyWhenTheLastOneIs() {
        var hub = Channel("a")
        hub.join("b", "c")
        #expect(hub.say("b", .ready).isEmpty)
        #expect(hub.say("c", .ready) == [.allReady])
    }
}
