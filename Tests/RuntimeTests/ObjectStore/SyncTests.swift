import ContainerRuntime
import SystemPackage
import TestSupport
import Testing

@testable import ObjectStore

#if canImport(Glibc)
import Glibc
#endif

/// `train sync` and directories in which anything can be: what is there arrives, or is named.
@Suite(.timeLimit(.minutes(60))) struct SyncTests {
    private static let sharedMemory = "/dev/shm"

    /// A directory with a server that takes everything, and the command that sends the one to the other.
    private func start(
        _ tree: JobTree,
        _ server: HostileServer,
        _ directory: String? = nil,
        _ place: String = "sink"
    ) throws -> RunningCommand {
        let words = ["sync", directory ?? tree.base.appending("dir").string, "s3://\(place)/x"]
        return try Command(Command.train, words, environment: server.environment).start()
    }

    private func hasArrived(_ server: HostileServer, _ name: String) -> Bool {
        server.requests.contains { $0.hasPrefix("PUT /") && $0.contains("/x/\(name) ") }
    }

    private func shell(_ script: String, in tree: JobTree) throws {
        let result = try Command("/bin/sh", ["-ec", script], workingDirectory: tree.base.string).run()
        #expect(result.status == 0, "\(result.errorText)")
    }

    @Test(arguments: ["rm -r dir; mkdir dir", "mv dir old; mkdir dir", "rm -r dir; sleep 1; mkdir dir"])
    func aDirectoryThatIsMadeAnewIsWatchedAgain(_ script: String) throws {
        let tree = try JobTree()
        defer { tree.remove() }
        let server = try HostileServer(tree)
        defer { server.stop() }
        try tree.write("dir/first", "1")
        let sync = try start(tree, server)
        #expect(sync.wait { _ in hasArrived(server, "first") })
        try shell("\(script); echo 2 >dir/second", in: tree)
        #expect(sync.wait { _ in hasArrived(server, "second") }, "\(server.requests)")
        try tree.write("dir/third", "3")
        #expect(sync.wait { _ in hasArrived(server, "third") }, "\(server.requests)")
        sync.send(SIGTERM)
        #expect(sync.wait().status == 0)
    }

    @Test func namesAreBytesAndOneThatNoObjectCanHaveIsNamed() throws {
        let tree = try JobTree()
        defer { tree.remove() }
        let server = try HostileServer(tree)
        defer { server.stop() }
        // One letter, and the same letter in two pieces: two files.
        try shell(
            "mkdir dir; cd dir; for n in '\\303\\251' 'e\\314\\201' '\\377.bin'; do echo 1 >\"$(printf \"$n\")\"; done",
            in: tree
        )
        let sync = try start(tree, server)
        for name in ["%C3%A9", "e%CC%81"] {
            #expect(sync.wait { _ in hasArrived(server, name) }, "\(name): \(server.requests)")
        }
        sync.send(SIGTERM)
        let result = sync.wait()
        #expect(result.status == 1)
        #expect(result.errorText.contains("did not arrive: \u{fffd}.bin (its name is no UTF-8"), "\(result.errorText)")
    }

    @Test(.enabled(if: access(sharedMemory, W_OK) == 0, "no tmpfs, which takes any time for a file's"))
    func aFileMayHaveAnyTime() throws {
        let tree = try JobTree()
        defer { tree.remove() }
        let server = try HostileServer(tree)
        defer { server.stop() }
        let directory = "\(Self.sharedMemory)/\(tree.scratch.lastComponent?.string ?? "train-test")"
        defer { _ = try? Command("/bin/rm", ["-r", directory]).run() }
        let script =
            "import os, sys; os.mkdir(sys.argv[1]); f = sys.argv[1] + '/f'; open(f, 'w').write('1'); "
            + "os.utime(f, (-2**63,) * 2)"
        let made = try Command("/usr/bin/env", ["python3", "-c", script, directory]).run()
        #expect(made.status == 0, "\(made.errorText)")
        let sync = try start(tree, server, directory)
        #expect(sync.wait { $0.hasEnded || hasArrived(server, "f") })
        sync.send(SIGTERM)
        #expect(sync.wait().status == 0 && hasArrived(server, "f"))
    }

    /// The server answers when it is told to, and the file has grown meanwhile.
    @Test func aFileThatChangesWhileItIsSentTheLastTimeIsNamed() throws {
        let tree = try JobTree()
        defer { tree.remove() }
        let server = try HostileServer(tree)
        defer { server.stop() }
        try tree.write("dir/ready", "1")
        let sync = try start(tree, server, nil, "late")
        #expect(sync.wait { _ in hasArrived(server, "ready") })
        // Written while nobody looks, so that it is sent at the end and not before.
        try tree.write("dir/growing", "1")
        sync.send(SIGTERM)
        try tree.write("../served/ready.answer", "")
        #expect(sync.wait { _ in hasArrived(server, "growing") })
        try tree.write("dir/growing", "12")
        try tree.write("../served/growing.answer", "")
        let result = sync.wait()
        #expect(result.status == 1)
        #expect(
            result.errorText.contains("did not arrive: growing (it was still being written)"),
            "\(result.errorText)"
        )
    }

    @Test(arguments: ["/proc/nope", "/etc/passwd"]) func aDirectoryThatCannotBeIsNamed(_ path: String) throws {
        let tree = try JobTree()
        defer { tree.remove() }
        let server = try HostileServer(tree)
        defer { server.stop() }
        let sync = try start(tree, server, path)
        #expect(sync.wait { $0.hasEnded })
        sync.send(SIGTERM)
        let result = sync.wait()
        #expect(result.status == 1 && result.errorText.contains("\(path): "), "\(result.errorText)")
    }

    @Test func aTreeMayBeDeeperThanFilesMayBeOpen() throws {
        let tree = try JobTree()
        defer { tree.remove() }
        let server = try HostileServer(tree)
        defer { server.stop() }
        let deep = (0..<100).map { _ in "d" }.joined(separator: "/") + "/deep"
        try tree.write("dir/\(deep)", "1")
        let script = "ulimit -n 64; exec \"$0\" sync dir s3://sink/x"
        let sync = try Command(
            "/bin/sh",
            ["-c", script, Command.train],
            environment: server.environment,
            workingDirectory: tree.base.string
        ).start()
        #expect(sync.wait { _ in hasArrived(server, deep) }, "\(sync.errorText)")
        sync.send(SIGTERM)
        #expect(sync.wait().status == 0)
    }

    /// A path of more than 4,095 bytes: as root there is no other directory that cannot be read.
    @Test func aDirectoryThatCannotBeReadIsNamed() throws {
        let tree = try JobTree()
        defer { tree.remove() }
        let server = try HostileServer(tree)
        defer { server.stop() }
        try tree.write("dir/ready", "1")
        let script =
            "import os\nfor _ in range(20): os.mkdir('d' * 250); os.chdir('d' * 250)\nopen('f', 'w').write('1')"
        let directory = tree.base.appending("dir").string
        let made = try Command("/usr/bin/env", ["python3", "-c", script], workingDirectory: directory).run()
        #expect(made.status == 0, "\(made.errorText)")
        let sync = try start(tree, server)
        #expect(sync.wait { _ in hasArrived(server, "ready") })
        sync.send(SIGTERM)
        let result = sync.wait()
        #expect(result.status == 1)
        #expect(result.errorText.contains("the directory cannot be read: File name too long"), "\(result.errorText)")
    }

    @Test func aFileThatCannotBeReadIsNamedWithTheReason() throws {
        let null = FilePath("/dev/null")
        let unreadable = try FileDescriptor.open(null, .writeOnly, options: .closeOnExec)
        try unreadable.closeAfter {
            let file = LocalFile(descriptor: unreadable, size: 10, name: "dir/file")
            #expect(throws: Failure(.sourceUnreadable, "dir/file", .badFileDescriptor)) { try file.read(0..<10) }
        }
        let empty = try FileDescriptor.open(null, .readOnly, options: .closeOnExec)
        try empty.closeAfter {
            let shorter = LocalFile(descriptor: empty, size: 10, name: "dir/file")
            #expect(throws: Failure(.sourceUnreadable, "dir/file")) { try shorter.read(0..<10) }
        }
    }
}
