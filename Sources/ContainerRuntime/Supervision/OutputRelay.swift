import CLinux
import Glibc
import SystemPackage

/// Passes one stream of a program on, byte for byte, and keeps its end.
///
/// - Never waits: each call moves what can be moved now.
/// - Large amounts are moved by splice(2) and kept by tee(2), so that they never enter this process; small ones are copied.
/// - After a small piece the source is left alone for a millisecond, so that a program that prints many short lines costs one
///   wake-up for all that it printed in that time, and not one for each.
/// - The runtime's own lines go the same way, between the program's.
final class OutputRelay {
    private static let bufferSize = 1 << 16
    private static let large = 1 << 15
    private static let pauseAfterSmall = Duration.milliseconds(1)

    let source: Int32
    var destination: OutputDestination
    private var tail = TailBuffer()
    private let sourceIsPipe: Bool
    private(set) var isOpen = true
    private(set) var readerIsGone = false
    /// Bytes moved so far.
    private(set) var moved = 0
    /// Who gets a copy, if anybody does.
    var copy: StreamCopy?

    /// Bytes that were read and not yet written.
    private var buffer = [UInt8](repeating: 0, count: bufferSize)
    private var pending = 0..<0
    private var lines: [UInt8] = []
    /// Bytes at the head of the source that the tail holds already.
    private var teed = 0
    private var sourceIsReady = false
    private var pausedUntil: Instant?
    private var lastPiece: Instant?
    /// The source, where the loop waits for it.
    private(set) var awaited: Poller.Source?

    /// A queue for the runtime's own lines, where nothing of the program is relayed.
    init(linesTo destination: Int32) {
        source = -1
        sourceIsPipe = false
        self.destination = OutputDestination(destination)
        isOpen = false
    }

    /// Takes the source over; it is closed at the end.
    init(source: Int32, sourceIsPipe: Bool, destination: Int32) {
        self.source = source
        self.sourceIsPipe = sourceIsPipe
        self.destination = OutputDestination(destination)
    }

    deinit {
        if isOpen { close(source) }
    }

    /// Whether bytes of the program wait for the reader, or lines of ours between them.
    var hasBacklog: Bool {
        !pending.isEmpty || teed > 0 || (source >= 0 && !lines.isEmpty) || (isOpen && sourceIsReady)
    }

    /// Whether everything is passed on and nothing more can come.
    var isFinished: Bool { !isOpen && (readerIsGone || (pending.isEmpty && lines.isEmpty)) }

    /// What to wait for: readable, writable.
    func wants(at now: Instant) -> (source: Bool, destination: Bool) {
        let writes = !pending.isEmpty || teed > 0 || !lines.isEmpty || sourceIsReady
        if writes, !readerIsGone { return (false, true) }
        guard isOpen, pausedUntil.map({ $0 <= now }) ?? true else { return (false, false) }
        return (true, false)
    }

    /// When the source is wanted again, while it is left alone.
    func wakeUp(after now: Instant) -> Instant? {
        guard let pausedUntil, pausedUntil > now else { return nil }
        return isOpen && pending.isEmpty && teed == 0 && !sourceIsReady ? pausedUntil : nil
    }

    /// Has the loop wait for what this wants next.
    func add(to poller: inout Poller, at now: Instant) {
        let wants = wants(at: now)
        awaited = wants.source ? poller.add(source, .readable) : nil
        if wants.destination { poller.add(destination.descriptor, .writable) }
        poller.wake(at: wakeUp(after: now))
    }

    /// Adds a line of the runtime's own.
    func insert(_ line: [UInt8]) {
        // A reader that takes nothing for so long loses the runtime's lines, never the program's.
        if lines.count < Self.bufferSize { lines += line }
    }

    /// Moves what can be moved; returns how many bytes of the program came.
    func advance(at now: Instant, sourceReady: Bool) -> Int {
        if sourceReady { sourceIsReady = true }
        let before = moved
        // A bounded number of rounds: one endless stream must not keep the others, or a signal, waiting.
        for _ in 0..<16 {
            guard flush(), isOpen, sourceIsReady, take(at: now) else { break }
        }
        _ = flush()
        return moved - before
    }

    /// Gives up what has not come.
    func abandon() {
        if isOpen { close(source) }
        isOpen = false
        sourceIsReady = false
        pending = 0..<0
        lines = []
        teed = 0
    }

    /// Reads at once what the program left, instead of waiting for more of it.
    func hurry() { pausedUntil = nil }

    /// The end of the stream, oldest byte first.
    func tailContents() -> [UInt8] { tail.contents() }
}

extension OutputRelay {
    /// Writes what waits; false when the reader has to be waited for.
    private func flush() -> Bool {
        while !readerIsGone, !pending.isEmpty || teed > 0 {
            let progress: OutputDestination.Progress
            if !pending.isEmpty {
                progress = buffer.withUnsafeBytes { destination.write(UnsafeRawBufferPointer(rebasing: $0[pending])) }
            } else if destination.splices {
                progress = destination.splice(from: source, count: teed)
            } else {
                // It does not take splice after all: read what was duplicated, the tail has it already.
                let count = buffer.withUnsafeMutableBytes { read(source, $0.baseAddress, min($0.count, teed)) }
                guard count > 0 else { return false }
                pending = 0..<count
                teed -= count
                continue
            }
            guard advance(by: progress) else { return readerIsGone }
        }
        while !readerIsGone, !lines.isEmpty {
            switch lines.withUnsafeBytes({ destination.write($0) }) {
            case .moved(let count): lines.removeFirst(count)
            case .wouldWait, .refused: return false
            case .readerGone: loseReader()
            }
        }
        return true
    }

    /// Counts what was written; false when the reader has to be waited for, or is gone.
    private func advance(by progress: OutputDestination.Progress) -> Bool {
        switch progress {
        case .moved(let count) where pending.isEmpty: teed -= count
        case .moved(let count): pending = pending.lowerBound + count..<pending.upperBound
        case .wouldWait: return false
        case .refused: break
        case .readerGone:
            loseReader()
            return false
        }
        return true
    }

    /// Takes bytes from the source; false when there are none now.
    private func take(at now: Instant) -> Bool {
        if sourceIsPipe, destination.splices {
            let waiting = Int(linux_waiting_bytes(source))
            if waiting >= Self.large, let count = tail.tee(from: source, count: waiting) {
                copy?.take(from: source, count: count)
                teed = count
                moved += count
                lastPiece = now
                return true
            }
        }
        let count = buffer.withUnsafeMutableBytes { read(source, $0.baseAddress, $0.count) }
        if count < 0, errno == EAGAIN || errno == EINTR {
            sourceIsReady = false
            return false
        }
        // A pseudo-terminal whose other end nobody holds any more answers EIO: that is its end of file.
        guard count > 0 else {
            close(source)
            isOpen = false
            sourceIsReady = false
            return true
        }
        pending = 0..<count
        moved += count
        buffer.withUnsafeBytes { bytes in
            let piece = UnsafeRawBufferPointer(rebasing: bytes[..<count])
            tail.append(piece)
            copy?.take(piece)
        }
        if count < Self.large {
            sourceIsReady = false
            let follows = lastPiece.map { now - $0 < .milliseconds(2) } ?? false
            pausedUntil = follows ? now + Self.pauseAfterSmall : nil
        }
        lastPiece = now
        return true
    }

    /// Our reader went away: the program gets its EPIPE, as it would have without us.
    private func loseReader() {
        readerIsGone = true
        abandon()
    }
}
