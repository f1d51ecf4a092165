import Testing

@testable import ContainerRuntime

/// The machine without a process: events in, actions out.
@Suite struct SupervisionStateTests {
    private let start = Instant(nanoseconds: 0)

    private func state(_ policy: SupervisionPolicy = SupervisionPolicy(grace: .seconds(10))) -> SupervisionState {
        SupervisionState(policy: policy, stop: nil, at: start)
    }

    @Test func aStopPassesTheSignalOnAndWakesAStoppedProgram() {
        var state = state()
        let actions = state.handle(.signal(.terminate), at: start)
        let begun = Stop(cause: .signal(.terminate), deadline: start + .seconds(10), signal: .terminate)
        // The notice is there before the signal, and nothing that may take longer.
        #expect(
            actions == [
                .stopBegan(begun), .signalGroup(.terminate), .signalGroup(.continue), .reportStop(begun),
            ]
        )
        #expect(state.deadline == start + .seconds(10))
    }

    @Test func aSecondStopDoesNotRestartTheGracePeriod() {
        var state = state()
        _ = state.handle(.signal(.terminate), at: start)
        let again = state.handle(.signal(.terminate), at: start + .seconds(9))
        #expect(again == [.signalGroup(.terminate)])
        #expect(state.deadline == start + .seconds(10))
        #expect(state.handle(.tick, at: start + .seconds(10)) == [.signalGroup(.kill)])
        #expect(state.killed)
    }

    @Test(arguments: [Signal.hangUp, Signal(rawValue: 10), Signal(rawValue: 28), Signal.continue, Signal(rawValue: 40)])
    func otherSignalsArePassedOnOnceAndEndNothing(_ signal: Signal) {
        var state = state()
        #expect(state.handle(.signal(signal), at: start) == [.signalGroup(signal)])
        #expect(state.phase == .running)
        #expect(state.stop == nil)
    }

    @Test func anInterruptIsAKeyOnATerminal() {
        var policy = SupervisionPolicy(grace: .seconds(10))
        policy.interruptStops = false
        var state = state(policy)
        #expect(state.handle(.signal(.interrupt), at: start) == [.signalGroup(.interrupt)])
        #expect(state.stop == nil)
    }

    @Test func aStepThatMayFinishDoesNotHearOfTheStop() {
        var state = state(SupervisionPolicy(grace: .seconds(5), onStop: .finish))
        let actions = state.handle(.signal(.terminate), at: start)
        #expect(!actions.contains { if case .signalGroup = $0 { true } else { false } })
        #expect(state.handle(.tick, at: start + .seconds(5)) == [.signalGroup(.kill)])
    }

    @Test func whatDoesNotDieIsGivenUpAfterABoundedTime() {
        var state = state()
        _ = state.handle(.signal(.terminate), at: start)
        _ = state.handle(.tick, at: start + .seconds(10))
        let end = start + .seconds(10) + ShutdownSequence.patienceAfterKill
        let actions = state.handle(.tick, at: end)
        #expect(actions.contains(.reportUnkillable))
        #expect(state.phase == .finished)
    }

    @Test func survivorsAreAskedThenKilled() {
        var state = state()
        #expect(state.handle(.ended, at: start) == [.lookForSurvivors])
        #expect(
            state.handle(.survivors(true), at: start) == [.signalSurvivors(.terminate), .signalSurvivors(.continue)]
        )
        #expect(state.handle(.survivors(true), at: start + .seconds(1)).isEmpty)
        #expect(
            state.handle(.survivors(true), at: start + .seconds(2)) == [
                .reportStubborn(.kill), .signalSurvivors(.kill),
            ]
        )
        #expect(state.handle(.survivors(false), at: start + .seconds(3)).isEmpty)
        #expect(state.handle(.outputIsClosed(true), at: start + .seconds(3)).isEmpty)
        #expect(state.phase == .finished)
    }

    @Test func anEmptyPipeThatAStrangerHoldsIsGivenUp() {
        var state = state()
        _ = state.handle(.ended, at: start)
        _ = state.handle(.survivors(false), at: start)
        #expect(state.handle(.tick, at: start + .seconds(1)).isEmpty)
        #expect(state.handle(.tick, at: start + .seconds(2)) == [.reportHeldOutput, .abandonOutput])
        #expect(state.phase == .finished)
    }

    /// What nobody takes is no stranger's doing: the reader is.
    @Test func aReaderThatIsGivenUpIsNotToldAsAStranger() throws {
        var state = state()
        _ = state.handle(.signal(.terminate), at: start)
        _ = state.handle(.ended, at: start)
        _ = state.handle(.survivors(false), at: start)
        state.note(backlog: true, at: start)
        #expect(state.handle(.tick, at: try #require(state.deadline)) == [.abandonOutput])
        #expect(state.phase == .finished)
    }

    @Test func aSlowReaderIsWaitedForHoweverLongItTakes() {
        var state = state()
        _ = state.handle(.ended, at: start)
        _ = state.handle(.survivors(false), at: start)
        state.note(backlog: true, at: start)
        #expect(state.deadline == nil)
        #expect(state.handle(.tick, at: start + .seconds(3_600)).isEmpty)
        state.note(backlog: false, at: start + .seconds(3_600))
        #expect(state.deadline == start + .seconds(3_602))
    }

    @Test func aStopSetsAnEndToASlowReader() throws {
        var state = state()
        _ = state.handle(.signal(.terminate), at: start)
        _ = state.handle(.ended, at: start)
        _ = state.handle(.survivors(false), at: start)
        state.note(backlog: true, at: start)
        let deadline = try #require(state.deadline)
        #expect(deadline > start + .seconds(10) && deadline <= start + .seconds(15))
    }

    @Test func silenceIsCountedFromTheLastByte() {
        var policy = SupervisionPolicy(grace: .seconds(10))
        policy.idleLimit = .seconds(4)
        var state = state(policy)
        _ = state.handle(.outputMoved, at: start + .seconds(3))
        #expect(state.handle(.tick, at: start + .seconds(6)).isEmpty)
        #expect(state.handle(.tick, at: start + .seconds(7)) == [.limitFired(.silence(.seconds(4)))])
    }

    @Test func aLimitAsksForStacksBeforeItKills() {
        var state = state()
        let sequence = ShutdownSequence.limitForHandler(grace: .seconds(10))
        _ = state.beginLimit(.runTime(.seconds(1)), sequence, at: start)
        #expect(state.handle(.tick, at: start + .seconds(10)) == [.signalGroup(.abort)])
        #expect(state.handle(.tick, at: start + .seconds(11)) == [.signalGroup(.kill)])
    }

    @Test func aStopAfterTheEndIsForTheStepsThatFollow() {
        var state = state()
        _ = state.handle(.ended, at: start)
        let actions = state.handle(.signal(.terminate), at: start)
        #expect(!actions.contains(.signalGroup(.terminate)))
        #expect(state.stop?.cause == .signal(.terminate))
    }

    /// A companion's end stops the program alone; a stop that comes in its few seconds is the whole job's.
    @Test func aStopWhileTheProgramEndsForACompanionIsTheJobs() {
        var policy = SupervisionPolicy(grace: .seconds(100))
        policy.endsWithCompanions = true
        var state = state(policy)
        _ = state.handle(.companionEnded("peers"), at: start)
        #expect(state.stop?.cause == .companion("peers") && state.jobStop == nil)
        let begun = Stop(cause: .signal(.terminate), deadline: start + .seconds(101), signal: .terminate)
        let actions = state.handle(.signal(.terminate), at: start + .seconds(1))
        #expect(actions == [.signalGroup(.terminate), .stopBegan(begun), .reportStop(begun)])
        #expect(state.jobStop == begun && state.stop?.cause == .companion("peers"))
        // The program's own end stays where the companion put it.
        #expect(state.deadline == start + .seconds(5))
        #expect(state.handle(.signal(.terminate), at: start + .seconds(2)) == [.signalGroup(.terminate)])
        #expect(state.jobStop == begun)
    }

    @Test func aProgramThatWaitsForItsReaderIsNotSilent() {
        var policy = SupervisionPolicy(grace: .seconds(10))
        policy.idleLimit = .seconds(4)
        var state = state(policy)
        state.note(backlog: true, at: start)
        #expect(state.deadline == nil)
        #expect(state.handle(.tick, at: start + .seconds(60)).isEmpty)
        state.note(backlog: false, at: start + .seconds(60))
        #expect(state.deadline == start + .seconds(64))
    }

    @Test func whoCannotBeKilledDoesNotKeepTheOutputOpenForEver() {
        var state = state()
        _ = state.handle(.ended, at: start)
        _ = state.handle(.survivors(true), at: start)
        _ = state.handle(.survivors(true), at: start + .seconds(2))
        let given = start + .seconds(2) + ShutdownSequence.patienceAfterKill
        #expect(state.handle(.survivors(true), at: given) == [.reportSurvivors])
        // It prints on and on.
        for second in 1...3 { _ = state.handle(.outputMoved, at: given + .milliseconds(second * 600)) }
        #expect(state.handle(.tick, at: given + .seconds(2)) == [.abandonOutput])
        #expect(state.phase == .finished)
    }

    @Test func aLineOfOursReopensWhatWasDone() {
        var state = state()
        _ = state.handle(.outputIsClosed(true), at: start)
        _ = state.handle(.outputIsClosed(false), at: start)
        _ = state.handle(.ended, at: start)
        #expect(state.handle(.survivors(false), at: start).isEmpty)
        #expect(state.phase != .finished)
        #expect(state.handle(.outputIsClosed(true), at: start).isEmpty)
        #expect(state.phase == .finished)
    }
}
