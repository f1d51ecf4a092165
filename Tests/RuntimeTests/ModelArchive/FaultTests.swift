import ContainerRuntime
import SystemPackage
import TestSupport
import Testing

/// A10 to A16, A18: when the machine fails, there is a message, exit code 1, and nothing left behind.
@Suite(.timeLimit(.minutes(60))) struct FaultTests {
    private func expectFailure(_ result: Command.Result, _ tree: JobTree, _ words: String...) throws {
        #expect(result.status == 1, "\(result.errorText)")
        for word in ["PackingError: "] + words { #expect(result.errorText.contains(word), "\(result.errorText)") }
        #expect(try tree.leftBehind() == "")
    }

    /// Four blocks of three kinds.
    private func filled() throws -> JobTree {
        let tree = try JobTree()
        try tree.write("model/random", Samples.bytes(.random, 1_200_000))
        try tree.write("model/weights", Samples.bytes(.weights, 1_200_000))
        try tree.write("model/text", Samples.bytes(.text, 900_000))
        return tree
    }

    @Test(.enabled(if: Faults.canInject, "strace is missing or forbidden"), arguments: ["ENOSPC", "EIO", "EDQUOT"])
    func everyWriteThatFailsIsTold(_ error: String) throws {
        let tree = try filled()
        defer { tree.remove() }
        let writes = try tree.calls("writev").count
        #expect(writes > 4)
        for number in 1...writes {
            let result = try tree.pack(withFault: "writev:error=\(error):when=\(number)")
            try expectFailure(result, tree, "model.tar.gz: the archive could not be written (write)")
        }
        let words = ["ENOSPC": "No space left on device", "EIO": "Input/output error", "EDQUOT": "quota exceeded"]
        #expect(try tree.pack(withFault: "writev:error=\(error):when=2").errorText.contains(words[error] ?? "?"))
    }

    @Test(
        .enabled(if: Faults.canInject, "strace is missing or forbidden"),
        arguments: [
            ("fsync:error=EIO:when=1", "(fsync)"), ("fsync:error=ENOSPC:when=1", "No space left"),
            ("fsync:error=EIO:when=2", "(fsync of the directory)"), ("linkat:error=EACCES", "(link)"),
            ("rename:error=EXDEV", "(rename)"), ("rename:error=EACCES", "Permission denied"),
            ("pread64:error=EIO:when=1", "Input/output error"), ("getdents64:error=EIO", "ml/model: cannot be read"),
            ("pread64:retval=0:when=1", "changed while it was read"), ("flock:error=EAGAIN", "(create)"),
        ]
    )
    func everyStepThatFailsIsTold(_ fault: String, _ words: String) throws {
        let tree = try filled()
        defer { tree.remove() }
        // The dynamic linker reads too, and the archive's directory is listed.
        let path = ["pread64": tree.model.appending("text"), "getdents64": tree.model][fault.prefix { $0 != ":" }]
        try expectFailure(try tree.pack(withFault: fault, on: path), tree, words)
    }

    /// Network file systems without locks, and those that cannot sync a directory: the archive does not need either.
    @Test(
        .enabled(if: Faults.canInject, "strace is missing or forbidden"),
        arguments: [
            "flock:error=ENOLCK", "flock:error=ENOSYS", "fsync:error=EINVAL:when=2", "fsync:error=EOPNOTSUPP:when=2",
        ]
    )
    func whatTheArchiveDoesNotNeedMayBeMissing(_ fault: String) throws {
        let tree = try filled()
        defer { tree.remove() }
        let result = try tree.pack(withFault: fault)
        #expect(result.status == 0, "\(result.errorText)")
        #expect(try tree.leftBehind() == "model.tar.gz\n")
        try tree.shell("gzip -t model.tar.gz")
    }

    /// Whichever close fails: either it was one that only read, and the archive is whole, or the failure is told.
    @Test(.enabled(if: Faults.canInject, "strace is missing or forbidden"))
    func aCloseThatFailsLosesNothing() throws {
        let tree = try filled()
        defer { tree.remove() }
        let closes = try tree.calls("close").count
        var failures = 0
        for number in max(1, closes - 14)...closes {
            let result = try tree.pack(withFault: "close:error=EIO:when=\(number)")
            // The dynamic linker's own.
            if result.status == 127 { continue }
            if result.status == 0 {
                try tree.shell("gzip -t model.tar.gz && rm model.tar.gz")
            } else {
                failures += 1
                try expectFailure(result, tree, "(close): Input/output error")
            }
        }
        #expect(failures == 1)
    }

    @Test func anUnreadableFileIsNamed() throws {
        let tree = try filled()
        defer { tree.remove() }
        try tree.shell("chmod -R go+rX . && chmod 777 . && chmod 000 ml/model/text")
        let words = Faults.isRoot ? ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] : []
        let result = try Command(
            "/usr/bin/env",
            words + [Command.train, "pack", tree.model.string, tree.archive.string]
        ).run()
        try expectFailure(result, tree, "ml/model/text: cannot be read while it is packed: Permission denied")
    }

    @Test(.enabled(if: Faults.canMount, "user namespaces are not allowed"))
    func aFullDiskIsTold() throws {
        let tree = try filled()
        defer { tree.remove() }
        let script =
            "mkdir d && mount -t tmpfs -o size=64k none d && '\(Command.train)' pack ml/model d/model.tar.gz; "
            + "code=$?; ls -A d; exit $code"
        let result = try Command(
            "/usr/bin/env",
            ["unshare", "-rm", "sh", "-c", script],
            workingDirectory: tree.scratch.string
        ).run()
        #expect(result.status == 1)
        #expect(
            result.errorText.contains(
                "d/model.tar.gz: the archive could not be written (write): No space left on device"
            )
        )
        #expect(result.outputText == "")
    }

    @Test func aLimitOnFilesIsAnErrorNotASignal() throws {
        let tree = try filled()
        defer { tree.remove() }
        let words = ["prlimit", "--fsize=65536", Command.train, "pack", tree.model.string, tree.archive.string]
        try expectFailure(try Command("/usr/bin/env", words).run(), tree, "File too large")
    }

    @Test func aReaderThatGoesAwayIsAnErrorNotASignal() throws {
        let tree = try filled()
        defer { tree.remove() }
        let output = try tree.shell(
            "{ '\(Command.train)' pack ml/model - 2>errors || echo $? >code; } | head -c 10 | wc -c; cat code errors; rm code errors"
        )
        #expect(output.hasPrefix("10\n1\n"))
        #expect(output.contains("PackingError: standard output: the archive could not be written (write): Broken pipe"))
    }

    /// A20: also through a link.
    @Test(arguments: ["model/x.tar.gz", "model/sub/x.tar.gz", "alias/x.tar.gz"])
    func anArchiveInsideTheDirectoryIsRefused(_ path: String) throws {
        let tree = try filled()
        defer { tree.remove() }
        try tree.makeDirectory("model/sub")
        try tree.shell("ln -s model/sub ml/alias")
        let result = try tree.train(["pack", tree.model.string, tree.base.appending(path).string]).run()
        try expectFailure(result, tree, "the archive is inside the directory that it is made of")
    }

    /// A19: an archive of an earlier run is there as it was, or the new one is.
    @Test func aFailureKeepsTheOldArchive() throws {
        let tree = try filled()
        defer { tree.remove() }
        try tree.shell("echo old > model.tar.gz; ln -s /nowhere/at/all ml/model/dangling")
        #expect(try tree.train(["pack", tree.model.string + "/text", tree.archive.string]).run().status == 1)
        #expect(try tree.shell("cat model.tar.gz") == "old\n")
        #expect(try tree.pack().status == 0)
        try tree.shell("gzip -t model.tar.gz")
        #expect(try tree.leftBehind() == "model.tar.gz\n")
    }
}
