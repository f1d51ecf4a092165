import Testing

@testable import ContainerRuntime

@Suite struct PeerStateTests {
    @Test func aFailureIsToldToAllAtOnce() {
        var hub = PeerChannel("a")
        hub.join("b", "c")
        let actions = hub.say("b", .failed(hub.failure("b", "ValueError")))
        #expect(PeerChannel.first(actions)?.host == "b")
        #expect(actions.contains { if case .sendToAll(.first) = $0 { true } else { false } })
    }

    /// Once: one that comes back was counted before.
    @Test func theHubSaysWhenAllAreHere() {
        let words = PeerState.Action.note("all 3 hosts have joined")
        var hub = PeerChannel("a")
        #expect(!hub.say("b", .hello(PeerHello(host: "b", job: "j"))).contains(words))
        #expect(hub.say("c", .hello(PeerHello(host: "c", job: "j"))).contains(words))
        _ = hub.send(.lost("b"))
        #expect(!hub.say("b", .hello(PeerHello(host: "b", job: "j"))).contains(words))
        var member = PeerChannel("b")
        #expect(!member.say("a", .hello(PeerHello(host: "a", job: "j"))).contains(words))
    }

    @Test func aHostCannotSpeakForAnother() {
        var hub = PeerChannel("a")
        hub.join("b", "c")
        #expect(PeerChannel.first(hub.say("b", .failed(hub.failure("c", "x"))))?.host == "b")
        var other = PeerChannel("a")
        #expect(other.say("stranger", .failed(other.failure("b", "x"))).isEmpty)
    }

    @Test func whoJoinsLateIsToldWhy() {
        var hub = PeerChannel("a")
        hub.join("b")
        let failure = hub.failure("b", "ValueError")
        _ = hub.say("b", .failed(failure))
        let hello = PeerMessage.hello(PeerHello(host: "c", job: "j"))
        let answer: [PeerState.Action] = [
            .send(.hello(hub.state.settings.hello), to: "c"), .send(.first(failure), to: "c"),
        ]
        #expect(hub.say("c", hello) == answer)
        // And by what stands in for the hub afterwards.
        var state = PeerState(hub.state.settings, at: hub.now, told: failure)
        #expect(state.handle(.message(from: "c", hello, sentAt: 1), at: hub.now, wallClock: 1) == answer)
        #expect(state.handle(.tick, at: hub.now + .seconds(9_999), wallClock: 1).isEmpty)
        var member = PeerChannel("c")
        member.join("a")
        #expect(PeerChannel.first(member.say("a", .first(failure))) == failure)
    }

    @Test func aLostConnectionWaitsForItsCause() {
        var hub = PeerChannel("a")
        hub.join("b", "c")
        #expect(hub.say("b", .failed(hub.failure("b", "Connection closed by peer", consequence: true))).isEmpty)
        let actions = hub.say("c", .failed(hub.failure("c", "ValueError: x")))
        #expect(PeerChannel.first(actions)?.host == "c")
    }

    @Test func withoutACauseTheLostConnectionIsTheFirst() {
        var hub = PeerChannel("a")
        hub.join("b", "c")
        _ = hub.say("b", .failed(hub.failure("b", "Connection closed by peer", consequence: true)))
        #expect(hub.send(.tick, after: .milliseconds(1_900)).allSatisfy { $0 == .sendToAll(.beat) })
        #expect(PeerChannel.first(hub.send(.tick, after: .milliseconds(200)))?.host == "b")
    }

    @Test func clocksThatDifferAreAllowedFor() {
        var hub = PeerChannel("a")
        // b's clock is 10 s ahead: what it calls later was before.
        _ = hub.say("b", .hello(PeerHello(host: "b", job: "j")), skew: -10_000)
        hub.join("c")
        _ = hub.say("c", .failed(hub.failure("c", "x", consequence: true)))
        _ = hub.say("b", .failed(hub.failure("b", "x", consequence: true, ago: -9_000)), skew: -10_000)
        #expect(PeerChannel.first(hub.send(.tick, after: .seconds(2)))?.host == "b")
    }

    @Test func aSilentHostIsGoneAfterTheTimeout() {
        var hub = PeerChannel("a")
        hub.join("b", "c")
        _ = hub.send(.tick, after: .seconds(20))
        _ = hub.say("b", .beat)
        #expect(PeerChannel.verdict(hub.send(.tick, after: .milliseconds(9_900))) == nil)
        let first = PeerChannel.first(hub.send(.tick, after: .milliseconds(200)))
        #expect(first?.host == "c" && first?.kind == .vanished)
    }

    @Test func aConnectionThatComesBackIsNoFailure() {
        var hub = PeerChannel("a")
        hub.join("b", "c")
        _ = hub.send(.lost("b"))
        _ = hub.send(.tick, after: .seconds(3))
        hub.join("b")
        #expect(PeerChannel.verdict(hub.send(.tick, after: .seconds(3))) == nil)
        _ = hub.send(.lost("b"))
        #expect(PeerChannel.first(hub.send(.tick, after: .seconds(5)))?.kind == .vanished)
    }

    @Test func whoVanishedIsTheCauseOfWhatOthersLost() {
        var hub = PeerChannel("a")
        hub.join("b", "c")
        _ = hub.send(.lost("b"))
        _ = hub.say("c", .failed(hub.failure("c", "Connection reset", consequence: true)))
        #expect(PeerChannel.verdict(hub.send(.tick, after: .seconds(3))) == nil)
        #expect(PeerChannel.first(hub.send(.tick, after: .seconds(2)))?.host == "b")
    }

    @Test func aHostThatEndedMayGo() {
        var hub = PeerChannel("a")
        hub.join("b", "c")
        _ = hub.say("b", .ended)
        #expect(hub.send(.lost("b")).isEmpty)
        _ = hub.say("c", .beat)
        #expect(PeerChannel.verdict(hub.send(.tick, after: .seconds(25))) == nil)
    }

    @Test func aFollowerEndsWithItsLeader() {
        var follower = PeerChannel("b", follows: true)
        follower.join("a")
        #expect(PeerChannel.verdict(follower.say("a", .ended)) == .hubEnded)
        var member = PeerChannel("b")
        member.join("a")
        #expect(PeerChannel.verdict(member.say("a", .ended)) == nil)
        #expect(PeerChannel.first(member.send(.own(.failed(member.failure("b", "x")))))?.host == "b")
    }

    @Test func aMemberBelievesTheHubAndNotLongerThanItMust() {
        var member = PeerChannel("b")
        member.join("a")
        #expect(PeerChannel.verdict(member.send(.own(.failed(member.failure("b", "x"))))) == nil)
        #expect(PeerChannel.first(member.say("a", .first(member.failure("c", "cause"))))?.host == "c")
        var other = PeerChannel("b")
        other.join("a")
        _ = other.send(.own(.failed(other.failure("b", "x"))))
        #expect(PeerChannel.first(other.send(.tick, after: .seconds(8)))?.host == "b")
    }

    @Test func allAreReadyWhenTheLastOneIs() {
        var hub = PeerChannel("a")
        hub.join("b", "c")
        #expect(hub.say("b", .ready).isEmpty)
        #expect(hub.say("c", .ready) == [.allReady])
    }
}
