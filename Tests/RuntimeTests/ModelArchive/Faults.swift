import SystemPackage
import TestSupport
import Testing

#if canImport(Glibc)
import Glibc
#endif

/// How faults are brought about without a container.
enum Faults {
    /// strace(1), which makes system calls fail; containers may forbid ptrace.
    static let canInject = succeeds("strace", ["-f", "-e", "trace=none", "true"])
    /// Whether a process that is nobody's child may be traced: not by an ordinary user where Yama says so, ptrace(2).
    static let canAttach = succeeds("sh", ["-c", "sleep 0.3 & strace -qq -o /dev/null -e trace=none -p $!; exit $?"])
    /// unshare(1) with a user namespace, for a file system of a few kilobytes.
    static let canMount = succeeds("unshare", ["-rm", "sh", "-c", "mount -t tmpfs none /mnt"])
    static let isRoot = geteuid() == 0

    private static func succeeds(_ name: String, _ arguments: [String]) -> Bool {
        (try? Command("/usr/bin/env", [name] + arguments).run().status) == 0
    }
}

extension JobTree {
    /// Packs with one thread, since strace counts for each apart, and one fault, as in `writev:error=ENOSPC:when=2`.
    func pack(withFault fault: String, on path: FilePath? = nil) throws -> Command.Result {
        // Only what is traced can be made to fail.
        let call = fault.prefix { $0 != ":" }
        let words =
            ["strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=\(call)", "-e", "inject=\(fault)"]
            + (path.map { ["-P", $0.string] } ?? [])
        return try Command(
            "/usr/bin/env",
            words + [Command.train, "pack", model.string, archive.string, "--threads", "1"]
        ).run()
    }

    /// How often a system call is made while it packs, line by line.
    func calls(_ name: String) throws -> [String] {
        try shell(
            "strace -f -qq -e trace=\(name) -o calls '\(Command.train)' pack ml/model model.tar.gz --threads 1 2>/dev/null; rm model.tar.gz"
        )
        return try shell("cat calls").split(separator: "\n").map(String.init).filter { $0.contains(name + "(") }
    }

    /// Everything beside the tree: an archive, a temporary file.
    func leftBehind() throws -> String {
        try shell("ls -A . | grep -vx -e ml -e calls || true")
    }
}
