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
    private struct Source {
        let descriptor: Int32
        let destination: Int
        var tagger: HostTagger?
        var isOpen = true
        /// Where it is waited for.
        var awaited: Poller.Source?
    }

    private var sources: [Source] = []
    private let destinations = (OutputDestinationBox(1), OutputDestinationBox(2))
    private var waiting: [[UInt8]] = [[], []]
    private var isGone = [false, false]
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
        for source in sources where source.isOpen { close(source.descriptor) }
        close(file)
    }

    /// Makes the streams of a host: what becomes its descriptors 1 and 2, to be closed after its start.
    ///
    /// Where ours are the same file, one pipe serves both, so that the order of what is written is kept.
    func connect(_ host: String, isTagged: Bool) throws(Errno) -> (output: Int32, errors: Int32) {
        let output = try pipe(0, host, isTagged)
        return (output, isShared ? output : try pipe(1, host, isTagged))
    }

    /// Makes the one stream of a helper, whose lines are tagged; to be closed after its start.
    func connectErrors(_ tag: String) throws(Errno) -> Int32 { try pipe(1, tag, true) }

    /// The last line with text that came under a tag.
    func lastLine(of tag: String) -> [UInt8] { sources.last { $0.tagger?.host == tag }?.tagger?.lastLine ?? [] }

    private func pipe(_ destination: Int, _ host: String, _ isTagged: Bool) throws(Errno) -> Int32 {
        let pipe = try PipeEnds(large: .read)
        let tagger = isTagged ? HostTagger(host: host) : nil
        sources.append(Source(descriptor: pipe.read, destination: destination, tagger: tagger))
        return pipe.write
    }

    /// Whether a host still has a stream open, or bytes wait for the reader.
    var isOpen: Bool { sources.contains { $0.isOpen } || waiting.contains { !$0.isEmpty } }

    /// Waits until something can be passed on, a signal came, or the time is over; passes on what there is.
    func turn(_ supervisor: Supervisor, until deadline: Instant? = nil) {
        poller.reset()
        poller.wake(at: deadline)
        for (index, source) in sources.enumerated() {
            let isWanted = source.isOpen && waiting[source.destination].isEmpty
            sources[index].awaited = isWanted ? poller.add(source.descriptor, .readable) : nil
        }
        let readers = (0...1).map { waiting[$0].isEmpty ? nil : poller.add(Int32($0 + 1), .writable) }
        supervisor.wait(&poller)
        for index in 0...1 where poller.isReady(readers[index]) { flush(index) }
        for index in sources.indices where poller.isReady(sources[index].awaited) { pass(index) }
    }

    private func pass(_ index: Int) {
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        let count = read(sources[index].descriptor, &buffer, buffer.count)
        if count < 0, errno == EAGAIN || errno == EINTR { return }
        let isEnd = count <= 0
        var bytes: [UInt8] = isEnd ? [] : Array(buffer[..<count])
        if sources[index].tagger != nil {
            bytes = (isEnd ? sources[index].tagger?.finish() : sources[index].tagger?.take(bytes[...])) ?? []
        }
        if isEnd {
            close(sources[index].descriptor)
            sources[index].isOpen = false
        }
        emit(bytes, sources[index].destination)
    }

    private func emit(_ bytes: [UInt8], _ destination: Int) {
        guard !bytes.isEmpty else { return }
        keep(bytes)
        guard !isGone[destination] else { return }
        waiting[destination] += bytes
        flush(destination)
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

    private func flush(_ index: Int) {
        while !waiting[index].isEmpty {
            let destination = index == 0 ? destinations.0 : destinations.1
            switch waiting[index].withUnsafeBytes({ destination.value.write($0) }) {
            case .moved(let count): waiting[index].removeFirst(count)
            case .wouldWait: return
            case .refused, .readerGone:
                isGone[index] = true
                waiting[index] = []
            }
            // Of a pipe or a terminal only one page is known to be free.
            if destination.value.kind == .pipe || destination.value.kind == .terminal { return }
        }
    }
}

/// A destination that can stand in a tuple.
private final class OutputDestinationBox {
    let value: OutputDestination
    init(_ descriptor: Int32) { value = OutputDestination(descriptor) }
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
