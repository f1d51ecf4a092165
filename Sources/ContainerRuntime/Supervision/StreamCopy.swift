import CLinux
import Glibc
import SystemPackage

/// A copy of a stream for a companion: whatever it cannot take at once is dropped and counted, never waited for.
///
/// Large amounts are duplicated by tee(2) and never enter this process. Where bytes are missing, a `DropMark` says so, so that
/// no number is made of two halves of different ones.
final class StreamCopy {
    private var descriptor: Int32
    /// Bytes that are missing since the last mark.
    private var owed = 0
    /// Bytes that were dropped in all.
    private(set) var dropped = 0

    /// Takes the writing end of a pipe over, which has to be non-blocking.
    init(to descriptor: Int32) {
        self.descriptor = descriptor
    }

    deinit { end() }

    /// Copies what is at the head of a pipe and stays there.
    func take(from source: Int32, count: Int) {
        guard descriptor >= 0 else { return }
        guard mark() else { return drop(count) }
        let copied = linux_tee(source, descriptor, UInt(count))
        if copied < 0, errno != EAGAIN { return end() }
        drop(count - max(0, copied))
    }

    /// Copies bytes that were read.
    func take(_ bytes: UnsafeRawBufferPointer) {
        guard descriptor >= 0 else { return }
        guard mark() else { return drop(bytes.count) }
        let written = write(descriptor, bytes.baseAddress, bytes.count)
        if written < 0, errno != EAGAIN, errno != EINTR { return end() }
        drop(bytes.count - max(0, written))
    }

    /// Ends the copy: the companion sees its end of file.
    func end() {
        if descriptor >= 0 { close(descriptor) }
        descriptor = -1
    }

    private func drop(_ count: Int) {
        owed += count
        dropped += count
    }

    /// Writes the mark that is owed; false while there is no room for it.
    private func mark() -> Bool {
        guard owed > 0 else { return true }
        // Not longer than PIPE_BUF: it is written whole or not at all, pipe(7).
        let mark = DropMark.bytes(owed)
        guard mark.withUnsafeBytes({ write(descriptor, $0.baseAddress, $0.count) }) == mark.count else { return false }
        owed = 0
        return true
    }
}

/// The copies of a program's two streams.
typealias StreamCopies = (output: StreamCopy, errors: StreamCopy)

extension Supervisor {
    /// Starts a companion that reads copies of a program's streams: stdout's from its descriptor 0, stderr's from 1.
    ///
    /// - Throws: `Failure` with code `spawnFailed`.
    func startObserver(_ step: Step) throws(Failure) -> (Companion, StreamCopies) {
        do throws(Errno) {
            let output = try PipeEnds(large: .write)
            defer { close(output.read) }
            let copy = StreamCopy(to: output.write)
            let errors = try PipeEnds(large: .write)
            defer { close(errors.read) }
            let copies = (output: copy, errors: StreamCopy(to: errors.write))
            return (try start(step, input: .descriptor(output.read), output: .descriptor(errors.read)), copies)
        } catch {
            throw Failure(.spawnFailed(program: step.executable.string), step.name, error)
        }
    }
}
