import ContainerRuntime
import Synchronization

#if canImport(Glibc)
import Glibc
#endif

/// One line on a terminal that says how far packing has come and is written over.
final class ProgressLine: Sendable {
    private let started = ContinuousClock.now
    private let last = Mutex<ContinuousClock.Instant?>(nil)

    /// Shows the line, at most five times a second.
    func show(_ progress: PackingProgress) {
        let now = ContinuousClock.now
        let due = last.withLock { last in
            if let last, now - last < .milliseconds(190) { return false }
            last = now
            return true
        }
        guard due else { return }
        write("\r\u{1b}[K\(Self.text(progress, seconds: (now - started) / .seconds(1)))")
    }

    /// Removes the line.
    func clear() {
        guard last.withLock({ $0 }) != nil else { return }
        write("\r\u{1b}[K")
    }

    /// The line: bytes, rate, ratio, time left.
    static func text(_ progress: PackingProgress, seconds: Double) -> String {
        let rate = Double(progress.bytesIn) / max(seconds, 0.001)
        let left = rate > 0 ? Double(max(0, progress.total - progress.bytesIn)) / rate : 0
        return """
            \(Amount.bytes(progress.bytesIn)) of \(Amount.bytes(progress.total)), \(Amount.bytes(Int(rate))) a second, \
            \(Amount.percent(progress.bytesOut, of: progress.bytesIn)) of the size, \(Amount.seconds(left)) left
            """
    }

    private func write(_ text: String) {
        // A line that cannot be shown is no loss.
        _ = Array(text.utf8).withUnsafeBytes { Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }
}
