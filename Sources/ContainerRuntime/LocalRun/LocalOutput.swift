import CLinux
import Glibc
import Logging
import SystemPackage

/// What the hosts of a local run print: passed on to our own streams and written to the log.
///
/// - With one host the bytes are passed on as they are; with several, whole lines with the host's name before them.
/// - Nobody is waited for but the reader: while it does not read, the hosts' pipes fill, and signals are still heard.
/// - A reader that went away costs nothing: the log has everything.
final class LocalOutput {
    private var sources: [(pipe: FilteredPipe, reader: Reader)] = []
    private let readers = [Reader(1), Reader(2)]
    private let file: Int32
    private var fileFailed = false
    private let isShared: Bool
    private var poller = Poller()

    /// Opens the log; it is written on where it is there.
    ///
    /// - Throws: `Failure` where it cannot be.
    init(log path: FilePath) throws(Failure) {
        do throws(Errno) {
            file = try SystemCall.value {
                path.withPlatformString { open($0, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644) }
            }
        } catch {
            throw Failure(.outcomeUnwritable, path.string, error)
        }
        let (first, second) = (try? FileStatus(descriptor: 1), try? FileStatus(descriptor: 2))
        isShared = first.flatMap { first in second.map { first.isSame(as: $0) } } ?? false
    }

    deinit {
        close(file)
    }

    /// Makes the streams of a host: what becomes its descriptors 1 and 2, to be closed after its start.
    ///
    /// Where ours are the same file, one pipe serves both, so that the order of what is written is kept.
    func connect(_ host: String, isTagged: Bool) throws(Errno) -> (output: Int32, errors: Int32) {
        let tag = isTagged ? host : nil
        let output = try pipe(to: readers[0], tag)
        return (output, isShared ? output : try pipe(to: readers[1], tag))
    }

    /// Makes the one stream of a helper, whose lines are tagged; to be closed after its start.
    func connectErrors(_ tag: String) throws(Errno) -> Int32 { try pipe(to: readers[1], tag) }

    /// The last line with text that came under a tag.
    func lastLine(of tag: String) -> [UInt8] {
        sources.lazy.compactMap { $0.pipe.filter as? HostTagger }.last { $0.host == tag }?.lastLine ?? []
    }

    private func pipe(to reader: Reader, _ tag: String?) throws(Errno) -> Int32 {
        let pipe = try PipeEnds(large: .read)
        sources.append((FilteredPipe(pipe.read, tag.map { HostTagger(host: $0) }), reader))
        return pipe.write
    }

    /// Whether a host still has a stream open, or bytes wait for the reader.
    var isOpen: Bool { sources.contains { $0.pipe.isOpen } || readers.contains { $0.isBehind } }

    /// Waits until something can be passed on, a signal came, or the time is over; passes on what there is.
    func turn(_ supervisor: Supervisor, until deadline: Instant? = nil) {
        poller.reset()
        poller.wake(at: deadline)
        for (pipe, reader) in sources { pipe.add(to: &poller, isWanted: !reader.isBehind) }
        for reader in readers { reader.add(to: &poller) }
        supervisor.wait(&poller)
        for reader in readers where poller.isReady(reader.awaited) { reader.flush() }
        for (pipe, reader) in sources where poller.isReady(pipe.awaited) {
            let lines = pipe.read().lines
            keep(lines)
            reader.take(lines)
        }
    }

    /// Writes to the log; a full disk costs the log, and not the job.
    private func keep(_ bytes: [UInt8]) {
        var rest = bytes[...]
        while !rest.isEmpty, !fileFailed {
            let count = rest.withUnsafeBytes { write(file, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else {
                fileFailed = true
                log.warning("job.log cannot be written and ends here: \(Errno(rawValue: errno))")
                return
            }
            rest = rest.dropFirst(count)
        }
    }
}

extension LocalOutput {
    /// One of our own streams, with what waits for its reader.
    private final class Reader {
        private let destination: OutputDestination
        private var waiting: [UInt8] = []
        private var isGone = false
        /// Where it is waited for.
        private(set) var awaited: Poller.Source?

        init(_ descriptor: Int32) { destination = OutputDestination(descriptor) }

        var isBehind: Bool { !waiting.isEmpty }

        func add(to poller: inout Poller) {
            awaited = isBehind ? poller.add(destination.descriptor, .writable) : nil
        }

        func take(_ bytes: [UInt8]) {
            guard !isGone, !bytes.isEmpty else { return }
            waiting += bytes
            flush()
        }

        func flush() {
            while isBehind {
                switch waiting.withUnsafeBytes({ destination.write($0) }) {
                case .moved(let count): waiting.removeFirst(count)
                case .wouldWait: return
                case .refused, .readerGone:
                    isGone = true
                    waiting = []
                }
                // Of a pipe or a terminal only one page is known to be free.
                if destination.kind == .pipe || destination.kind == .terminal { return }
            }
        }
    }
}

/// Puts the name of a host before each of its lines, so that those of several hosts can be told apart.
struct HostTagger: LineFilter {
    /// A longer line comes in parts, so that memory stays bounded.
    static let longestLine = 1 << 16

    let host: String
    /// The last line that was not empty.
    private(set) var lastLine: [UInt8] = []
    private let tag: [UInt8]
    private var lines = LineSplitter(longest: longestLine)

    init(host: String) {
        self.host = host
        tag = Array("[\(host)] ".utf8)
    }

    mutating func take(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        var output: [UInt8] = []
        var rest = bytes
        while let line = lines.next(&rest) { output += tagged(line.bytes) }
        return output
    }

    mutating func finish() -> [UInt8] { lines.finish().map { tagged($0) } ?? [] }

    private mutating func tagged(_ line: ArraySlice<UInt8>) -> [UInt8] {
        if !line.isEmpty { lastLine = Array(line) }
        return tag + line + [0x0a]
    }
}
