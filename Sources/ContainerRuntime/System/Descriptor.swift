import CLinux
import Glibc
package import SystemPackage

/// A file descriptor and what is done with it: our own (`OwnedDescriptor`), or one that somebody else closes
/// (`FileDescriptor`).
package protocol Descriptor: ~Copyable {
    /// The number, as the kernel has it.
    var rawValue: Int32 { get }
}

extension FileDescriptor: Descriptor {}

extension Descriptor where Self: ~Copyable {
    /// The same descriptor, for as long as it stays open.
    package var borrowed: FileDescriptor { FileDescriptor(rawValue: rawValue) }

    /// A link to what it stands for, be it without a name: proc(5), /proc/self/fd.
    package var link: FilePath { FilePath("/proc/self/fd/\(rawValue)") }

    /// What it stands for.
    ///
    /// The corresponding C function is `fstat`.
    package func status() throws(Errno) -> FileStatus { try FileStatus(descriptor: rawValue) }

    /// Writes the content and all that is known of the file to the disk.
    ///
    /// The corresponding C function is `fsync`.
    package func sync() throws(Errno) { try SystemCall.value { fsync(rawValue) } }

    /// Makes the names in a directory durable, where its file system can do that.
    ///
    /// The corresponding C function is `fsync`.
    package func syncNames() throws(Errno) {
        do {
            try sync()
        } catch .invalidArgument, .notSupported, .noFunction {
            // Some cannot sync a directory: EINVAL by fsync(2), and ENOTSUP or ENOSYS of those that programs serve.
        }
    }

    /// Lets the disk begin with a part of a file, so that `sync` has little left to wait for.
    ///
    /// The corresponding C function is `sync_file_range`.
    package func startWriteback(_ part: Range<Int>) {
        linux_start_writeback(rawValue, Int64(part.lowerBound), Int64(part.count))
    }

    /// Makes the file so long: what is missing is a hole.
    ///
    /// The corresponding C function is `ftruncate`.
    package func truncate(to size: Int) throws(Errno) { try SystemCall.value { ftruncate(rawValue, size) } }

    /// Where the next byte is read or written.
    ///
    /// The corresponding C function is `lseek`.
    package func position() throws(Errno) -> Int { try SystemCall.value { lseek(rawValue, 0, SEEK_CUR) } }

    /// Sets permission bits, as they are.
    ///
    /// The corresponding C function is `fchmod`.
    package func setPermissions(_ mode: CInterop.Mode) throws(Errno) { try SystemCall.value { fchmod(rawValue, mode) } }

    /// Gives the file to a user and a group.
    ///
    /// The corresponding C function is `fchown`.
    package func setOwner(_ user: UInt32, _ group: UInt32) throws(Errno) {
        try SystemCall.value { fchown(rawValue, user, group) }
    }

    /// Sets both times, in seconds since 1970.
    ///
    /// The corresponding C function is `futimens`.
    package func setTimes(_ seconds: Int) throws(Errno) {
        try SystemCall.check(linux_set_times(rawValue, Int64(seconds)))
    }

    /// Locks the file for as long as it is open, and says whether nobody else has; some file systems have no locks, and throw.
    ///
    /// The corresponding C function is `flock`.
    package func tryLock() throws(Errno) -> Bool {
        do {
            try SystemCall.value { flock(rawValue, LOCK_EX | LOCK_NB) }
            return true
        } catch .wouldBlock {
            return false
        }
    }

    /// Whether it is a terminal.
    ///
    /// The corresponding C function is `isatty`.
    package var isTerminal: Bool { isatty(rawValue) == 1 }

    /// Has reading and writing wait again, after an opening that did not.
    ///
    /// The corresponding C function is `fcntl` with F_SETFL.
    package func setBlocking() throws(Errno) {
        let flags = try SystemCall.value { fcntl(rawValue, F_GETFL) }
        try SystemCall.value { fcntl(rawValue, F_SETFL, flags & ~O_NONBLOCK) }
    }

    /// Asks for a pipe of this size in bytes; what is granted may be less, or nothing.
    ///
    /// The corresponding C function is `fcntl` with F_SETPIPE_SZ.
    package func growPipe(to size: Int32) { linux_grow_pipe(rawValue, size) }
}
