import CLinux
import Glibc
package import SystemPackage

/// What is known of this process, and done with it.
package enum CurrentProcess {
    /// The corresponding C function is `getpid`.
    package static var id: Int32 { getpid() }

    /// The user that files are checked for.
    ///
    /// The corresponding C function is `geteuid`.
    package static var user: UInt32 { geteuid() }

    /// The group that files are checked for.
    ///
    /// The corresponding C function is `getegid`.
    package static var group: UInt32 { getegid() }

    /// The processors that it may run on, or nil where that is not known.
    ///
    /// The corresponding C function is `sched_getaffinity`.
    package static var usableProcessors: Int? {
        let count = linux_usable_processors()
        return count > 0 ? Int(count) : nil
    }

    /// The working directory.
    ///
    /// The corresponding C function is `getcwd`.
    package static func workingDirectory() throws(Errno) -> FilePath {
        guard let directory = getcwd(nil, 0) else { throw Errno(rawValue: errno) }
        defer { free(directory) }
        return FilePath(platformString: directory)
    }

    /// What arguments and variables of a program may take together, in bytes: execve(2).
    package static var argumentLimit: Int { Int(linux_argument_limit()) }

    /// The permission bits that are taken from what is made, read and not set: umask(2) is the whole process's, and other
    /// threads make files.
    package static var permissionMask: CInterop.Mode? {
        guard let text = try? readFile("/proc/self/status", limit: 1 << 12) else { return nil }
        let line = text.split(separator: UInt8(ascii: "\n")).first { $0.starts(with: "Umask:".utf8) }
        return line.flatMap { CInterop.Mode(String(decoding: $0.dropFirst(7), as: UTF8.self), radix: 8) }
    }

    // MARK: Variables

    /// The value of a variable.
    ///
    /// The corresponding C function is `getenv`.
    package static func variable(_ name: String) -> RawString? { getenv(name).map { RawString(cString: $0) } }

    /// Removes a variable of this process, for what it starts.
    ///
    /// The corresponding C function is `unsetenv`.
    package static func removeVariable(_ name: String) throws(Errno) { try SystemCall.value { unsetenv(name) } }

    // MARK: Time and ends

    /// Waits; a signal may end that early.
    ///
    /// The corresponding C function is `nanosleep`.
    package static func sleep(for duration: Duration) {
        let nanoseconds = Int(max(0, duration.wholeNanoseconds))
        var time = timespec(tv_sec: nanoseconds / 1_000_000_000, tv_nsec: nanoseconds % 1_000_000_000)
        _ = nanosleep(&time, nil)
    }

    /// Has SIGALRM end this process after so many seconds; 0 takes that back.
    ///
    /// The corresponding C function is `alarm`.
    package static func setAlarm(seconds: Int) { _ = alarm(UInt32(clamping: seconds)) }

    /// Lets everything else run first.
    ///
    /// The corresponding C function is `setpriority`.
    package static func lowerPriority() { _ = setpriority(__priority_which_t(0), 0, 10) }

    /// Has SIGTERM sent to this process when its parent ends.
    ///
    /// The corresponding C function is `prctl` with PR_SET_PDEATHSIG.
    ///
    /// - Throws: `noSuchProcess` where the parent is not, or not any more, the process of this number.
    package static func endWithParent(_ parent: Int32) throws(Errno) {
        try SystemCall.check(linux_end_with_parent(parent))
    }

    /// Becomes another program, with variables of its own or with those of this process.
    ///
    /// The corresponding C function is `execve`.
    ///
    /// - Returns: Why that could not be.
    package static func become(
        _ file: FilePath,
        _ arguments: [RawString],
        variables: [RawString]? = nil
    ) -> Errno {
        RawString.withCStrings([arguments, variables ?? RawString.environment()]) { lists in
            file.withPlatformString { file in
                _ = execve(file, lists[0], lists[1])
                return Errno(rawValue: errno)
            }
        }
    }

    /// Ends this process with a status.
    ///
    /// The corresponding C function is `exit`.
    package static func exit(_ status: Int32) -> Never { Glibc.exit(status) }
}
