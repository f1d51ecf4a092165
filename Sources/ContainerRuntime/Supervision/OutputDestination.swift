import CLinux
import Glibc
import SystemPackage

/// Where a program's output goes: one of our own descriptors, written to without ever waiting.
///
/// The descriptor is shared with the program, so it is never made non-blocking itself. A pipe takes splice(2) with
/// SPLICE_F_NONBLOCK; a terminal is opened anew, which gives a description of our own; a socket takes MSG_DONTWAIT; a file
/// does not make one wait.
struct OutputDestination: ~Copyable {
    enum Kind {
        case pipe
        case file
        case socket
        case terminal
    }

    /// What came of a write.
    enum Progress {
        case moved(Int)
        case wouldWait
        /// This destination does not take splice(2).
        case refused
        case readerGone
    }

    private static let withoutWaiting = Int32(MSG_DONTWAIT) | Int32(MSG_NOSIGNAL)

    let descriptor: Int32
    let kind: Kind
    /// Whether splice(2) may be tried; not for a file opened with O_APPEND, for which it is refused.
    private(set) var splices: Bool
    private let opened: Int32

    init(_ descriptor: Int32) {
        self.descriptor = descriptor
        let status = try? FileStatus(descriptor: descriptor)
        if isatty(descriptor) == 1 {
            kind = .terminal
        } else if status?.isPipe == true {
            kind = .pipe
        } else if status?.isSocket == true {
            kind = .socket
        } else {
            kind = .file
        }
        let flags = fcntl(descriptor, F_GETFL)
        splices = kind == .pipe || (kind == .file && flags >= 0 && flags & O_APPEND == 0)
        // Not for files: a description of our own would have an offset of its own. It is refused for another user's pipe.
        opened =
            kind == .terminal || kind == .pipe
            ? open("/proc/self/fd/\(descriptor)", O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC) : -1
    }

    deinit {
        if opened >= 0 { close(opened) }
    }

    /// Moves bytes from a pipe without copying them.
    mutating func splice(from source: Int32, count: Int) -> Progress {
        let moved = linux_splice(source, descriptor, UInt(count))
        if moved > 0 { return .moved(moved) }
        if moved == 0 { return .wouldWait }
        if errno == EAGAIN { return .wouldWait }
        if errno == EINVAL {
            splices = false
            return .refused
        }
        return .readerGone
    }

    /// Writes bytes that were read.
    ///
    /// To be called when the descriptor is writable, as poll(2) says.
    func write(_ bytes: UnsafeRawBufferPointer) -> Progress {
        let written: Int
        switch kind {
        case .socket: written = send(descriptor, bytes.baseAddress, bytes.count, Self.withoutWaiting)
        case .file: written = Glibc.write(descriptor, bytes.baseAddress, bytes.count)
        case .pipe, .terminal:
            // Writable means that one page fits: pipe(7). Without a description of our own no more than that is safe.
            written =
                opened >= 0
                ? Glibc.write(opened, bytes.baseAddress, bytes.count)
                : Glibc.write(descriptor, bytes.baseAddress, min(bytes.count, kind == .pipe ? 4096 : 256))
        }
        if written >= 0 { return .moved(written) }
        return errno == EAGAIN || errno == EINTR ? .wouldWait : .readerGone
    }
}
