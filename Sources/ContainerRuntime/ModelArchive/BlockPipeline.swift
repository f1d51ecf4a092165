import Logging
import SystemPackage

/// Threads that are all alike and turn a tar stream into an archive: each takes the next block, reads it, compresses it,
/// and whoever finds the next block of the archive ready writes it, and all that follow it.
///
/// - What is written does not depend on the number of threads, nor on which of them is faster.
/// - Memory is that of the slots, whatever the tree.
/// - The first failure ends all threads.
// The threads share it; what changes is guarded by `layout` (the stream and the number of the next block) or by `gate`
// (everything else); a slot belongs to the thread whose block is in it.
final class BlockPipeline: @unchecked Sendable {
    private let stream: TarStream
    private let sink: ArchiveSink
    private let slots: [BlockSlot]
    private let makeCompressor: @Sendable () -> BlockCompressor?

    private let layout = Gate()
    private var next = 0
    private var ended = false

    private let gate = Gate()
    /// A block of the tree has been read.
    private let blockRead = Gate.Condition()
    /// A block of the archive has been written, its slot is free.
    private let blockWritten = Gate.Condition()
    /// A thread has ended.
    private let threadEnded = Gate.Condition()
    private var written = 0
    private var writing = false
    private var running = 0
    private var bytesIn = 0
    private var bytesOut = 0
    private var failure: Failure?
    private(set) var threads = 0

    /// Makes a pipeline for so many threads, or fewer where there is no memory for all their slots.
    init(
        _ stream: TarStream,
        _ sink: ArchiveSink,
        threads: Int,
        makeCompressor: @escaping @Sendable () -> BlockCompressor?
    ) throws(Failure) {
        self.stream = stream
        self.sink = sink
        self.makeCompressor = makeCompressor
        var slots: [BlockSlot] = []
        while slots.count < threads + 4, let slot = BlockSlot() { slots.append(slot) }
        // Where memory ends before the slots do, half of it goes back: threads need some too, about a slot's half each.
        if slots.count < threads + 4 { slots.removeLast(slots.count / 2) }
        self.slots = slots
        guard slots.count > 2 else { throw Failure(.packingFailed(step: "allocate"), sink.name, .noMemory) }
    }

    /// Runs until the archive's last byte is handed to the sink; `progress` is told five times a second.
    func run(threads wanted: Int, total: Int = 0, progress: Progress? = nil) throws(Failure) {
        var workers: [WorkerThread] = []
        var refusal = Errno.noMemory
        let planned = min(wanted, max(1, slots.count - 4))
        // All of them before the first starts: it may be done with a small tree before the second is there, and the last
        // one ends the archive.
        gate.withLock { running = planned }
        for _ in 0..<planned {
            guard let compressor = makeCompressor() else { break }
            // Each compressor is used by its one thread only.
            nonisolated(unsafe) let own = compressor
            do {
                workers.append(try WorkerThread { [self] in work(own) })
            } catch {
                refusal = error
                break
            }
        }
        threads = workers.count
        guard threads > 0 else { throw Failure(.packingFailed(step: "start a thread"), sink.name, refusal) }
        if threads < planned { leave(planned - threads) }
        if threads < wanted { log.warning("packing with \(threads) threads, there is no memory for \(wanted)") }
        gate.lock()
        while running > 0 {
            guard let progress else {
                gate.wait(for: threadEnded)
                continue
            }
            gate.wait(for: threadEnded, milliseconds: 200)
            let told = PackingProgress(bytesIn: bytesIn, bytesOut: bytesOut, total: total)
            gate.unlock()
            progress(told)
            gate.lock()
        }
        gate.unlock()
        for worker in workers { worker.join() }
        if let failure { throw failure }
    }

    // MARK: One thread

    private func work(_ compressor: BlockCompressor) {
        do {
            while let index = try layOut() {
                let slot = slots[index % slots.count]
                try slot.read(below: stream.root)
                gate.withLock {
                    slot.filled = index
                    blockRead.announce()
                }
                compressor.compress(slot) { dictionary(for: index) }
                try write(slot, index)
            }
            leave(1)
        } catch {
            gate.withLock {
                if failure == nil { failure = error }
                running -= 1
                for condition in [blockRead, blockWritten, threadEnded] { condition.announce() }
            }
        }
    }

    /// Counts threads out; the last one ends the archive.
    private func leave(_ count: Int) {
        let isLast = gate.withLock {
            running -= count
            threadEnded.announce()
            return running == 0 && failure == nil
        }
        guard isLast else { return }
        do {
            try sink.end()
        } catch {
            gate.withLock { failure = error }
        }
    }

    /// Lays out the next block in its slot, and gives its number.
    private func layOut() throws(Failure) -> Int? {
        try layout.withLock { () throws(Failure) in
            guard !ended, waitForSlot(next) else { return nil }
            let slot = slots[next % slots.count]
            slot.bodies.removeAll()
            ended = true
            slot.count = try stream.fill(slot.input, &slot.bodies)
            guard slot.count > 0 else { return nil }
            ended = false
            next += 1
            return next - 1
        }
    }

    /// Waits until the block that had this slot is written, and the one after it, which may need the first one's end.
    private func waitForSlot(_ index: Int) -> Bool {
        gate.withLock {
            while failure == nil, index - written >= slots.count - 1 { gate.wait(for: blockWritten) }
            return failure == nil
        }
    }

    /// The end of the block before, once it has been read.
    private func dictionary(for index: Int) -> UnsafeRawBufferPointer {
        guard index > 0 else { return .init(start: nil, count: 0) }
        let before = slots[(index - 1) % slots.count]
        return gate.withLock {
            while failure == nil, before.filled != index - 1 { gate.wait(for: blockRead) }
            return before.dictionary
        }
    }

    private func write(_ slot: BlockSlot, _ index: Int) throws(Failure) {
        gate.lock()
        defer { gate.unlock() }
        slot.compressed = index
        guard !writing else { return }
        writing = true
        while failure == nil {
            let ready = slots[written % slots.count]
            guard ready.compressed == written else { break }
            gate.unlock()
            let outcome: Result<Void, Failure>
            do {
                try sink.write(ready)
                outcome = .success(())
            } catch {
                outcome = .failure(error)
            }
            gate.lock()
            try outcome.get()
            written += 1
            (bytesIn, bytesOut) = (sink.bytesIn, sink.bytesOut)
            blockWritten.announce()
        }
        writing = false
    }
}
