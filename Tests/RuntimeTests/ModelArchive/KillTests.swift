import SystemPackage
import TestSupport
import Testing

@testable import ContainerRuntime

#if canImport(Glibc)
import Glibc
#endif

/// A17: ended at any moment, there is a whole archive or none, and the next run clears up.
@Suite(.timeLimit(.minutes(60))) struct KillTests {
    private func filled() throws -> JobTree {
        let tree = try JobTree()
        try tree.write("model/text", Samples.bytes(.text, 6_000_000))
        return tree
    }

    private func expectWholeOrNone(_ tree: JobTree) throws {
        try tree.shell("[ ! -e model.tar.gz ] || { gzip -t model.tar.gz && rm model.tar.gz; }")
    }

    @Test func aKillLeavesAWholeArchiveOrNone() throws {
        let tree = try filled()
        defer { tree.remove() }
        for moment in 0..<20 {
            let running = try tree.train(["pack", tree.model.string, tree.archive.string]).start()
            usleep(UInt32(moment * 9_000))
            running.send(SIGKILL)
            _ = running.wait()
            try expectWholeOrNone(tree)
        }
        #expect(try tree.pack().status == 0)
        #expect(try tree.leftBehind() == "model.tar.gz\n")
    }

    /// At the system calls that name the archive, where a moment is too short to hit by chance.
    @Test(
        .enabled(if: Faults.canInject, "strace is missing or forbidden"),
        arguments: ["linkat", "rename", "fsync", "flock", "writev"]
    )
    func aKillAtEachStepLeavesAWholeArchiveOrNone(_ call: String) throws {
        let tree = try filled()
        defer { tree.remove() }
        #expect(try tree.pack(withFault: "\(call):signal=SIGKILL").status == 137)
        try expectWholeOrNone(tree)
        #expect(try tree.pack().status == 0)
        #expect(try tree.leftBehind() == "model.tar.gz\n")
    }

    /// Where the file system knows no files without a name, signals clear up, and the next run does.
    @Test(
        .enabled(if: Faults.canInject, "strace is missing or forbidden"),
        arguments: [SIGTERM, SIGINT, SIGHUP, SIGKILL]
    )
    func aSignalRemovesTheTemporaryName(_ signal: Int32) throws {
        let tree = try filled()
        defer { tree.remove() }
        let opens = try tree.calls("openat")
        let nameless = try #require(opens.firstIndex { $0.contains("O_TMPFILE") }) + 1
        let running = try Command(
            "/usr/bin/env",
            [
                "strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=openat,writev",
                "-e", "inject=openat:error=EOPNOTSUPP:when=\(nameless)", "-e", "inject=writev:delay_enter=20000000",
                Command.train, "pack", tree.model.string, tree.archive.string,
            ]
        ).start()
        #expect(running.wait { _ in (try? tree.leftBehind().contains(".model.tar.gz.train-pack-")) == true })
        let packing = try tree.shell("pgrep -P \(running.pid)")
        let pid = try #require(Int32(packing.prefix { $0 != "\n" }))
        try #require(pid > 1)
        kill(pid, signal)
        let result = running.wait()
        #expect(result.status == 128 + signal)
        #expect(try tree.leftBehind().isEmpty == (signal != SIGKILL))
        #expect(try tree.pack().status == 0)
        #expect(try tree.leftBehind() == "model.tar.gz\n")
    }

    /// PID 1 does not die of the signal that it sends to itself: `docker run IMAGE train pack …`, `docker stop`.
    @Test(arguments: Surroundings.available)
    func aStopEndsAPackThatNobodyReads(_ surroundings: Surroundings) throws {
        let tree = try filled()
        defer { tree.remove() }
        try tree.shell("mkfifo unread")
        let text = "exec 3<>\"$1\"; exec \"$2\" pack \"$3\" - --level store >&3"
        let words = ["-c", text, "sh", tree.scratch.appending("unread").string, Command.train, tree.model.string]
        let running = try surroundings.wrap(Command("/bin/sh", words)).start()
        let pid = try #require(running.trainPID())
        let hasThreads = running.wait { _ in
            (try? Command("/bin/ls", ["/proc/\(pid)/task"]).run().outputText.split(separator: "\n").count > 2) == true
        }
        #expect(hasThreads)
        running.signalTrain(SIGTERM)
        #expect(running.wait().status == 128 + SIGTERM)
    }

    @Test func leftoversOfOthersStay() throws {
        let tree = try filled()
        defer { tree.remove() }
        try tree.shell(
            """
            touch .model.tar.gz.train-pack-1-0 .other.tar.gz.train-pack-1-0 model.tar.gz.train-pack-1-0
            mkdir -p .model.tar.gz.train-pack-2-0/sub; ln -s ml .model.tar.gz.train-pack-3-0
            """
        )
        // Locked: somebody is writing it.
        let busy = try AtomicFile(tree.archive, named: true)
        try ModelArchive.removeLeftovers(for: tree.archive)
        #expect(
            try tree.shell("ls -A").split(separator: "\n").map(String.init).sorted()
                == [
                    ".model.tar.gz.train-pack-3-0", ".model.tar.gz.train-pack-\(getpid())-0",
                    ".other.tar.gz.train-pack-1-0",
                    "ml", "model.tar.gz.train-pack-1-0",
                ].sorted()
        )
        busy.discard()
    }
}
