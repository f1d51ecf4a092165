import Glibc
import Logging
import Synchronization
import SystemPackage

/// When something is told that may be told at any time: not before a first wait, and then not too often.
struct ProgressPace {
    private var next: Instant
    private let every: Duration

    init(first: Duration, every: Duration, from start: Instant = .now) {
        next = start + first
        self.every = every
    }

    /// When it is told next.
    var due: Instant { next }

    /// Whether it is to be told now.
    mutating func isDue(at now: Instant) -> Bool {
        guard now >= next else { return false }
        next = now + every
        return true
    }
}

/// How far long work has come: on a terminal one line that is written over, elsewhere now and then a line of the log.
///
/// Work of less than ten seconds has no line in the log. Any thread may tell.
public final class ProgressLine: Sendable {
    private struct State {
        var pace: ProgressPace
        var done = 0
        var isShown = false
    }

    private let work: String
    private let started: Instant
    private let isTerminal: Bool
    private let write: @Sendable (String) -> Void
    private let state: Mutex<State>

    /// Makes a line for work that has a name, as in `packing model`, and begins now.
    public convenience init(_ work: String) {
        let isTerminal = FileDescriptor.standardError.isTerminal
        self.init(work, isTerminal: isTerminal, from: .now) { text in
            guard isTerminal else { return log.info("\(text)") }
            // A line that cannot be shown is no loss.
            try? FileDescriptor.standardError.writeAll(Array(text.utf8))
        }
    }

    init(_ work: String, isTerminal: Bool, from started: Instant, write: @escaping @Sendable (String) -> Void) {
        (self.work, self.isTerminal, self.started, self.write) = (work, isTerminal, started, write)
        let pace =
            isTerminal
            ? ProgressPace(first: .zero, every: .milliseconds(190), from: started)
            : ProgressPace(first: .seconds(10), every: .seconds(30), from: started)
        state = Mutex(State(pace: pace))
    }

    /// Whether the line is on a terminal, where work may be counted ahead for the time that is left.
    public var isOnTerminal: Bool { isTerminal }

    /// Tells how many bytes are done; a total that is not known is 0.
    public func show(done: Int, total: Int = 0, more: String = "") {
        show(done: done, total: total, more: more, at: .now)
    }

    /// Tells of further bytes that are done.
    public func add(_ bytes: Int, total: Int = 0) {
        show(done: state.withLock { $0.done &+ bytes }, total: total)
    }

    func show(done: Int, total: Int, more: String, at now: Instant) {
        let due = state.withLock { state in
            // What was asked for again after a fault counts once.
            state.done = total > 0 ? min(done, total) : done
            guard state.pace.isDue(at: now) else { return false }
            state.isShown = true
            return true
        }
        guard due else { return }
        let seconds = Double((now - started).wholeNanoseconds) / 1e9
        let text =
            "\(work): \(Self.text(done: total > 0 ? min(done, total) : done, total: total, seconds: seconds))\(more)"
        write(isTerminal ? "\r\u{1b}[K\(text)" : text)
    }

    /// Removes the line from the terminal.
    public func clear() {
        let wasShown = state.withLock { state in
            defer { state.isShown = false }
            return state.isShown
        }
        if wasShown, isTerminal { write("\r\u{1b}[K") }
    }

    /// The words: bytes, part, rate, time left.
    static func text(done: Int, total: Int, seconds: Double) -> String {
        let rate = Double(done) / max(seconds, 0.001)
        let speed = "\(Amount.bytes(Int(rate))) a second"
        guard total > 0 else { return "\(Amount.bytes(done)), \(speed)" }
        let left = rate > 0 ? ", \(Amount.seconds(Double(max(0, total - done)) / rate)) left" : ""
        return "\(Amount.bytes(done)) of \(Amount.bytes(total)) (\(Amount.percent(done, of: total))), \(speed)\(left)"
    }
}
