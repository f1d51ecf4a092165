import CLinux
import Testing

@testable import ContainerRuntime

#if canImport(Glibc)
import Glibc
#endif

/// The relay without a loop: pipes of the test's own.
@Suite struct OutputRelayTests {
    /// After small pieces the source is left alone for a moment, and then wanted again: a moment that is over is no time to
    /// wake up at, or the loop would turn without an end while the program is silent.
    @Test func aPauseThatIsOverIsNoReasonToWakeUp() throws {
        var (source, program, reader, destination) = (Int32(-1), Int32(-1), Int32(-1), Int32(-1))
        try #require(linux_pipe(&source, &program) == 0 && linux_pipe(&reader, &destination) == 0)
        defer { for descriptor in [program, reader, destination] { close(descriptor) } }
        try #require(linux_set_nonblocking(source) == 0)
        let relay = OutputRelay(source: source, sourceIsPipe: true, destination: destination)
        let start = Instant(nanoseconds: 1_000_000_000)
        for offset in [0, 500_000] {
            try #require(write(program, "line\n", 5) == 5)
            #expect(relay.advance(at: start + .nanoseconds(offset), sourceReady: true) == 5)
        }
        let soon = start + .microseconds(600)
        #expect(relay.wakeUp(after: soon) == start + .microseconds(1_500))
        #expect(!relay.wants(at: soon).source)
        let later = start + .seconds(1)
        #expect(relay.wakeUp(after: later) == nil)
        #expect(relay.wants(at: later).source)
    }
}
