import Synchronization
import TestSupport
import Testing

@testable import ContainerRuntime

@Suite struct ProgressLineTests {
    /// What was written, with a clock of the test's own.
    private final class Written: Sendable {
        let texts = Mutex<[String]>([])
        func add(_ text: String) { texts.withLock { $0.append(text) } }
        var all: [String] { texts.withLock(\.self) }
    }

    private func told(isTerminal: Bool, seconds: [Double], total: Int) -> [String] {
        let written = Written()
        let start = Instant(nanoseconds: 0)
        let line = ProgressLine("packing m", isTerminal: isTerminal, from: start) { written.add($0) }
        for second in seconds {
            let now = start + .nanoseconds(Int64(second * 1e9))
            line.show(done: Int(second * 1e6), total: total, more: "", at: now)
        }
        line.clear()
        return written.all
    }

    @Test func aTerminalHasOneLineThatIsWrittenOver() {
        let texts = told(isTerminal: true, seconds: [1, 1.1, 2, 4], total: 4_000_000)
        #expect(
            texts == [
                "\r\u{1b}[Kpacking m: 1.0 MB of 4.0 MB (25%), 1.0 MB a second, 3.0 s left",
                "\r\u{1b}[Kpacking m: 2.0 MB of 4.0 MB (50%), 1.0 MB a second, 2.0 s left",
                "\r\u{1b}[Kpacking m: 4.0 MB of 4.0 MB (100%), 1.0 MB a second, 0.0 s left", "\r\u{1b}[K",
            ]
        )
    }

    @Test func aLogHasALineNowAndThen() {
        let texts = told(isTerminal: false, seconds: Array(stride(from: 0, through: 70, by: 0.5)), total: 0)
        #expect(
            texts == [
                "packing m: 10 MB, 1.0 MB a second", "packing m: 40 MB, 1.0 MB a second",
                "packing m: 70 MB, 1.0 MB a second",
            ]
        )
        #expect(told(isTerminal: false, seconds: [0.1, 9.9], total: 0) == [])
    }

    /// A download that is asked for again tells bytes twice: never more than there are.
    @Test func thereIsNeverMoreThanAll() {
        let texts = told(isTerminal: true, seconds: [5], total: 1_000_000)
        #expect(texts.first?.contains("1.0 MB of 1.0 MB (100%)") == true)
    }
}
