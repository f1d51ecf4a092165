import Testing

@testable import ContainerRuntime

/// A job whose programs all succeed succeeds, whoever comes or ends first.
@Suite struct PeerFarewellTests {
    private static func hello(_ host: String) -> PeerMessage { .hello(PeerHello(host: host, job: "j")) }

    private static func isConcluded(_ actions: [PeerState.Action]) -> Bool {
        actions.contains { if case .conclude = $0 { true } else { false } }
    }

    /// A hub that b has joined and c has not, after the time in which hosts join.
    private static func hubWithout(needsAll: Bool = false) -> (hub: PeerChannel, last: [PeerState.Action]) {
        var hub = PeerChannel("a", needsAll: needsAll)
        hub.join("b")
        for _ in 0..<299 {
            _ = hub.say("b", .beat)
            #expect(PeerChannel.verdict(hub.send(.tick, after: .seconds(2))) == nil)
        }
        _ = hub.say("b", .beat)
        let last = hub.send(.tick, after: .seconds(3))
        return (hub, last)
    }

    @Test func aHostThatNeverComesIsAWarningThatNamesItOnce() {
        var (hub, last) = Self.hubWithout()
        let warnings = last.compactMap { if case .warn(let text) = $0 { text } else { nil } }
        #expect(
            warnings.count == 1 && warnings[0].hasPrefix("host c never joined: nothing was heard of it within 600 s")
        )
        #expect(!Self.isConcluded(last))
        _ = hub.say("b", .beat)
        #expect(hub.send(.tick, after: .seconds(3)) == [.sendToAll(.beat)])
        #expect(hub.say("c", Self.hello("c")).contains(.joined(PeerHello(host: "c", job: "j"))))
    }

    @Test func aHostThatTheLauncherNeedsIsAFailure() {
        let (_, last) = Self.hubWithout(needsAll: true)
        #expect(PeerChannel.first(last)?.kind == .absent && PeerChannel.first(last)?.host == "c")
        var follower = PeerChannel("b", follows: true)
        #expect(PeerChannel.first(follower.send(.tick, after: .seconds(600)))?.host == "a")
    }

    @Test func aHostThatNeverCameIsTheCauseOfALostConnectionOnly() {
        var (hub, _) = Self.hubWithout()
        _ = hub.say("b", .failed(hub.failure("b", "Connection refused", consequence: true)))
        #expect(PeerChannel.first(hub.send(.tick, after: .seconds(2)))?.host == "c")
        var (other, _) = Self.hubWithout()
        #expect(PeerChannel.first(other.say("b", .failed(other.failure("b", "ValueError: x"))))?.host == "b")
        var (third, _) = Self.hubWithout()
        third.join("c")
        _ = third.say("b", .failed(third.failure("b", "Connection refused", consequence: true)))
        #expect(PeerChannel.first(third.send(.tick, after: .seconds(2)))?.host == "b")
    }

    @Test func whoEndsBeforeTheHubIsThereSaysSoWhenItComes() {
        var member = PeerChannel("b")
        #expect(!Self.isConcluded(member.send(.own(.ended))))
        for _ in 0..<100 { #expect(member.send(.tick, after: .seconds(2)).isEmpty) }
        #expect(member.say("a", Self.hello("a")) == [.send(.ended, to: "a"), .conclude(nil)])
    }

    @Test func aHubThatEndsFirstSaysSoToWhoJoinsLater() {
        var hub = PeerChannel("a")
        hub.join("b")
        #expect(hub.send(.own(.ended)) == [.sendToAll(.ended)])
        let answer = [PeerState.Action.send(.hello(hub.state.settings.hello), to: "c"), .send(.ended, to: "c")]
        #expect(hub.say("c", Self.hello("c")) == answer + [.conclude(nil)])
        // And to who comes back while it closes.
        let again = [PeerState.Action.send(.hello(hub.state.settings.hello), to: "b"), .send(.ended, to: "b")]
        #expect(hub.say("b", Self.hello("b")) == again)
        var member = PeerChannel("c")
        _ = member.say("a", Self.hello("a"))
        _ = member.say("a", .ended)
        #expect(!Self.isConcluded(member.send(.tick, after: .seconds(3_600))))
    }

    @Test(arguments: ["a", "b"])
    func whoseConnectionIsLostAtTheEndMayComeBackToHearIt(_ host: String) {
        let others = host == "a" ? ["b", "c"] : ["a"]
        var channel = PeerChannel(host)
        for other in others { channel.join(other) }
        _ = channel.send(.lost(others[0]))
        #expect(!Self.isConcluded(channel.send(.own(.ended), after: .seconds(1))))
        var other = channel
        #expect(Self.isConcluded(channel.say(others[0], Self.hello(others[0]))))
        #expect(!Self.isConcluded(other.send(.tick, after: .milliseconds(2_900))))
        #expect(other.send(.tick, after: .milliseconds(200)) == [.conclude(nil)])
    }

    @Test func whatHappensToOthersAfterOurGoodEndIsNoFailureOfOurs() {
        var hub = PeerChannel("a")
        hub.join("b")
        _ = hub.send(.own(.ended))
        #expect(hub.say("b", .failed(hub.failure("b", "x"))).isEmpty)
        #expect(hub.send(.lost("b")).isEmpty)
        #expect(hub.send(.tick, after: .seconds(600)) == [.conclude(nil)])
        var member = PeerChannel("b")
        _ = member.send(.own(.ended))
        #expect(member.say("a", .first(member.failure("c", "x"))) == [.conclude(nil)])
    }

    @Test func whereAllAreThereTheEndWaitsForNobody() {
        var hub = PeerChannel("a")
        hub.join("b", "c")
        #expect(hub.send(.own(.ended)) == [.sendToAll(.ended), .conclude(nil)])
        var follower = PeerChannel("b", follows: true)
        follower.join("a")
        #expect(follower.send(.own(.ended)) == [.sendToAll(.ended), .conclude(nil)])
    }

    @Test func aChannelThatWaitsDoesNotSpin() {
        var hub = PeerChannel("a")
        _ = hub.send(.own(.ended))
        _ = hub.send(.tick, after: .seconds(5))
        #expect(hub.state.deadline() > hub.now)
    }
}
