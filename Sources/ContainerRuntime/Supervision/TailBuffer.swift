import CLinux
import Glibc

/// The end of a stream: at least its last 64 KiB, in bounded memory, however much there was.
///
/// Small pieces are copied into a ring. Large ones stay in the kernel: tee(2) duplicates the pages into one of two pipes,
/// which take turns, and what is too old is thrown away without having been looked at.
struct TailBuffer: ~Copyable {
    /// How much is kept at least, in bytes.
    static let capacity = 1 << 16
    private static let pipeSize: Int32 = 1 << 18

    private var ring: [UInt8] = []
    private var ringStart = 0
    private var pipes: [PipeEnds] = []
    private var current = 0
    private var discard: Int32 = -1
    private var pipesHoldBytes = false

    init() {
        ring.reserveCapacity(Self.capacity)
    }

    deinit {
        for pipe in pipes { pipe.close() }
        if discard >= 0 { close(discard) }
    }

    /// Adds bytes that were read.
    mutating func append(_ bytes: UnsafeRawBufferPointer) {
        if pipesHoldBytes { fold() }
        add(bytes)
    }

    /// Duplicates up to `count` bytes of a pipe, and says how many; nil where the kernel cannot, so that they must be read.
    mutating func tee(from descriptor: Int32, count: Int) -> Int? {
        guard preparePipes() else { return nil }
        var copied = linux_tee(descriptor, pipes[current].write, UInt(count))
        if copied < 0, errno == EAGAIN, linux_waiting_bytes(pipes[current].read) > 0 {
            // Full: the other one holds what is older than this, and is emptied for what comes.
            current = 1 - current
            empty(pipes[current].read)
            copied = linux_tee(descriptor, pipes[current].write, UInt(count))
        }
        guard copied > 0 else { return nil }
        pipesHoldBytes = true
        return copied
    }

    /// The bytes kept, oldest first.
    mutating func contents() -> [UInt8] {
        if pipesHoldBytes { fold() }
        return Array(ring[ringStart...]) + ring[..<ringStart]
    }

    private mutating func add(_ bytes: UnsafeRawBufferPointer) {
        var bytes = bytes[...]
        if bytes.count > Self.capacity { bytes = bytes.suffix(Self.capacity) }
        let room = min(bytes.count, Self.capacity - ring.count)
        ring.append(contentsOf: bytes.prefix(room))
        for byte in bytes.dropFirst(room) {
            ring[ringStart] = byte
            ringStart = (ringStart + 1) % Self.capacity
        }
    }

    private mutating func preparePipes() -> Bool {
        if !pipes.isEmpty { return true }
        guard discard < 0 else { return false }
        discard = open("/dev/null", O_WRONLY | O_CLOEXEC)
        guard discard >= 0 else { return false }
        guard let first = try? PipeEnds() else { return false }
        guard let second = try? PipeEnds() else {
            first.close()
            return false
        }
        pipes = [first, second]
        for pipe in pipes { linux_grow_pipe(pipe.write, Self.pipeSize) }
        return true
    }

    private func empty(_ descriptor: Int32) {
        while linux_splice(descriptor, discard, 1 << 20) > 0 {}
    }

    /// Moves what the pipes hold into the ring.
    private mutating func fold() {
        pipesHoldBytes = false
        var buffer = [UInt8](repeating: 0, count: Self.capacity)
        for pipe in [pipes[1 - current], pipes[current]] {
            while linux_waiting_bytes(pipe.read) > 0 {
                let count = read(pipe.read, &buffer, buffer.count)
                guard count > 0 else { break }
                buffer.withUnsafeBytes { add(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
            }
        }
    }
}
