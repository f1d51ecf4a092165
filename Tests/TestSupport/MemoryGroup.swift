public import SystemPackage

#if canImport(Glibc)
import Glibc
#endif

/// A memory cgroup of a test's own, of version 1 or 2, whichever the machine has.
public struct MemoryGroup: Sendable {
    private let directory: String
    private let isUnified: Bool

    /// Where groups can be made, and whether that is version 2.
    static let parent: (path: String, isUnified: Bool)? = {
        for (path, limit, isUnified) in [
            ("/sys/fs/cgroup/memory", "memory.limit_in_bytes", false), ("/sys/fs/cgroup", "memory.max", true),
        ] {
            let trial = "\(path)/train-probe-\(getpid())"
            guard mkdir(trial, 0o755) == 0 else { continue }
            defer { rmdir(trial) }
            if access("\(trial)/\(limit)", W_OK) == 0 { return (path, isUnified) }
        }
        return nil
    }()

    /// Makes a group that may use so many bytes.
    public init(bytes: Int) throws(Errno) {
        guard let parent = Self.parent else { throw .notSupported }
        directory = "\(parent.path)/train-test-\(getpid())-\(UInt32.random(in: 0 ... .max))"
        isUnified = parent.isUnified
        guard mkdir(directory, 0o755) == 0 else { throw Errno(rawValue: errno) }
        try write(isUnified ? "memory.max" : "memory.limit_in_bytes", "\(bytes)")
    }

    /// The command, started as a member of the group.
    public func wrap(_ command: Command) -> Command {
        var wrapped = command
        wrapped.executable = "/bin/sh"
        wrapped.arguments = ["-c", "echo 0 > \(directory)/cgroup.procs && exec \"$@\"", "sh", command.executable]
        wrapped.arguments += command.arguments
        return wrapped
    }

    /// Removes the group; its processes have ended.
    public func remove() {
        for _ in 0..<100 where rmdir(directory) != 0 && errno == EBUSY { usleep(20_000) }
    }

    private func write(_ name: String, _ text: String) throws(Errno) {
        let descriptor = open("\(directory)/\(name)", O_WRONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Errno(rawValue: errno) }
        defer { close(descriptor) }
        guard Glibc.write(descriptor, text, text.utf8.count) == text.utf8.count else { throw Errno(rawValue: errno) }
    }
}
