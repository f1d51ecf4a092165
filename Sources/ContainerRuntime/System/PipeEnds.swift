import CLinux
import Glibc
import SystemPackage

/// The two ends of a new pipe, closed on exec; whoever makes it closes them.
struct PipeEnds {
    enum End {
        case read
        case write
    }

    let read: Int32
    let write: Int32

    /// The corresponding C function is `pipe2`.
    init() throws(Errno) {
        var (read, write) = (Int32(-1), Int32(-1))
        try SystemCall.check(linux_pipe(&read, &write))
        (self.read, self.write) = (read, write)
    }

    func close() {
        for end in [read, write] { _ = Glibc.close(end) }
    }

    /// Makes a pipe for much, whose one end never waits: ours.
    ///
    /// It is as large as an ordinary user may have it: a program that prints fast waits less often for us.
    init(large ours: End) throws(Errno) {
        try self.init()
        linux_grow_pipe(read, 1 << 20)
        try SystemCall.check(linux_set_nonblocking(ours == .read ? read : write))
    }
}
