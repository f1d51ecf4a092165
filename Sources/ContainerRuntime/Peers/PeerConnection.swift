import CLinux
import Glibc

/// One connection: lines in, lines out, both in bounded memory.
final class PeerConnection {
    let descriptor: Int32
    /// Where it comes from, or leads to.
    let address: String
    /// Who is at the other end, once it said so.
    var host: String?
    let since: Instant
    /// Whether connect(2) is still under way.
    var isConnecting: Bool
    private(set) var isOpen = true
    /// Where it is waited for.
    private(set) var awaited: Poller.Source?
    private var input = LineSplitter(longest: PeerMessage.longest - 1)
    private var output: [UInt8] = []

    /// More than this waiting for one host means that it does not read: it is taken for lost.
    private static let longestQueue = 1 << 16

    init(_ descriptor: Int32, address: String, isConnecting: Bool, at now: Instant) {
        self.descriptor = descriptor
        self.address = address
        self.isConnecting = isConnecting
        since = now
    }

    deinit { finish() }

    /// Whether something waits to be sent.
    var hasOutput: Bool { isOpen && !output.isEmpty }

    /// Has the loop wait for what the other end says, and for room for what waits to be sent.
    func add(to poller: inout Poller) {
        var interest: Poller.Interest = isConnecting ? .writable : .readable
        if hasOutput { interest.insert(.writable) }
        awaited = poller.add(descriptor, interest)
    }

    /// Closes it.
    func finish() {
        if isOpen { close(descriptor) }
        isOpen = false
    }

    /// Queues a line and sends what can be sent.
    func send(_ line: [UInt8]) {
        guard isOpen else { return }
        guard output.count + line.count <= Self.longestQueue else { return finish() }
        output += line
        flush()
    }

    /// Sends what can be sent.
    func flush() {
        guard isOpen, !isConnecting else { return }
        while !output.isEmpty {
            let count = output.withUnsafeBytes { linux_send(descriptor, $0.baseAddress, UInt($0.count)) }
            guard count > 0 else {
                if count < 0, errno != EAGAIN, errno != EINTR { finish() }
                return
            }
            output.removeFirst(count)
        }
    }

    /// Reads what came and gives back the whole lines; nil where a line is longer than a message may be.
    func receive() -> [[UInt8]]? {
        var buffer = [UInt8](repeating: 0, count: PeerMessage.longest)
        let count = recv(descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT))
        if count == 0 || (count < 0 && errno != EAGAIN && errno != EINTR) {
            finish()
            return []
        }
        guard count > 0 else { return [] }
        return take(buffer[..<count])
    }

    /// Adds bytes and gives back the whole lines.
    func take(_ bytes: ArraySlice<UInt8>) -> [[UInt8]]? {
        var (rest, lines) = (bytes, [[UInt8]]())
        while let line = input.next(&rest) {
            guard line.end != .cut else { return nil }
            lines.append(Array(line.bytes))
        }
        return lines
    }
}
