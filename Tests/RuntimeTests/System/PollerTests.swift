import Glibc
import Testing

@testable import ContainerRuntime

@Suite struct PollerTests {
    @Test func whatIsReadyIsToldApartFromWhatIsNot() throws {
        let pipe = try PipeEnds()
        defer { for end in [pipe.read, pipe.write] { close(end) } }
        var poller = Poller()
        let (empty, free, none) = (
            poller.add(pipe.read, .readable), poller.add(pipe.write, .writable), poller.add(-1, .readable)
        )
        #expect(try poller.wait())
        #expect(!poller.isReady(empty) && poller.isReady(free) && !poller.isReady(none) && !poller.isReady(nil))
        try #require(write(pipe.write, "x", 1) == 1)
        poller.reset()
        // What was waited for in another turn is not ready in this one.
        #expect(!poller.isReady(free))
        let full = poller.add(pipe.read, .readable)
        #expect(try poller.wait() && poller.isReady(full))
    }

    @Test func theFirstOfSeveralMomentsEndsTheWait() throws {
        var poller = Poller()
        for moment in [nil, Instant.now + .seconds(3_600), .now, nil] { poller.wake(at: moment) }
        #expect(try !poller.wait())
    }
}
