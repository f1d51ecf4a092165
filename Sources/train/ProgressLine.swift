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

/// Numbers for people.
enum Amount {
    static func bytes(_ count: Int) -> String {
        var unit = 0
        var tenths = count * 10
        while tenths >= 10_000, unit < 4 {
            tenths /= 1000
            unit += 1
        }
        let name = ["bytes", "kB", "MB", "GB", "TB"][unit]
        return unit == 0
            ? "\(count) bytes" : tenths < 100 ? "\(tenths / 10).\(tenths % 10) \(name)" : "\(tenths / 10) \(name)"
    }

    static func percent(_ part: Int, of whole: Int) -> String {
        whole > 0 ? "\((part * 100 + whole / 2) / whole)%" : "0%"
    }

    static func seconds(_ seconds: Double) -> String {
        let tenths = Int((seconds * 10).rounded())
        return tenths < 600 ? "\(tenths / 10).\(tenths % 10) s" : "\(tenths / 600) min \(tenths / 10 % 60) s"
    }
}
