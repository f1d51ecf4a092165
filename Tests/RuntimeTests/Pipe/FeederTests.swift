import SystemPackage
import TestSupport
import Testing

@testable import ContainerRuntime

#if canImport(Glibc)
import Glibc
#endif

/// The feeder of a local run: what the platform does in Pipe mode, seen by three readers.
@Suite(.timeLimit(.minutes(60))) struct FeederTests {
    enum Reader: CaseIterable { case swift, python, cat }

    private static let noise = FedChannel.noise(3_000_000)

    private func fill(_ tree: JobTree) throws {
        try tree.write("source/b", "four\n")
        try tree.write("source/a/z", "three\n")
        try tree.write("source/a-b", "two\n")
        try tree.write("source/a\nline", "one\n")
        try tree.write("source/.hidden", "zero\n")
        try tree.write("source/empty", "")
        try tree.write("source/noise", Self.noise)
        // A key that is no UTF-8 comes last.
        let name = FilePath(
            platformString: Array(tree.base.appending("source/").string.utf8CString.dropLast()) + [47, -1, 0]
        )
        try SmallFile.write(Array("last\n".utf8), to: name)
    }

    private static let expected = Array("zero\none\ntwo\nthree\nfour\n".utf8) + noise + Array("last\n".utf8)

    // The case of Python needs it.
    @Test(arguments: Reader.allCases.filter { $0 != .python || Python.isThere })
    func everyEpochHasAllFilesInTheOrderOfTheirKeys(_ reader: Reader) throws {
        let fed = try FedChannel(fill: fill)
        defer { fed.remove() }
        let hashes: [String]
        switch reader {
        case .swift: hashes = try (0..<3).map { FedChannel.hash(try fed.bytes($0)) }
        case .python:
            let program = """
                import hashlib
                for _ in range(3):
                    with channel.open() as stream:
                        print(hashlib.sha256(stream.read()).hexdigest())
                """
            hashes = try fed.python(program).split(separator: "\n").map(String.init)
        case .cat:
            // No retries: after the first, each FIFO has to be there when it is asked for.
            let script = """
                cd \(fed.tree.base)
                until test -p input/data/training_0; do sleep 0.01; done
                for epoch in 0 1 2; do cat input/data/training_$epoch | sha256sum | cut -c 1-64; done
                """
            hashes = try Command.shell(script).run().outputText.split(separator: "\n").map(String.init)
        }
        #expect(hashes == Array(repeating: FedChannel.hash(Self.expected), count: 3))
    }

    @Test func aReaderThatLeavesEarlyFindsTheNextEpochAtOnceAndWhole() throws {
        let fed = try FedChannel(fill: fill)
        defer { fed.remove() }
        for epoch in [0, 1] {
            var stream = try fed.channel.open(epoch)
            #expect(try stream.nextChunk()?.isEmpty == false)
            #expect(fed.fifos.contains("training_\(epoch + 1)"))
        }
        #expect(try fed.bytes(2) == Self.expected)
    }

    @Test func anEpochThatWasReadIsGone() throws {
        let fed = try FedChannel { try $0.write("source/a", "x") }
        defer { fed.remove() }
        #expect(try fed.bytes(0) == Array("x".utf8))
        // The feeder is at the next one when it is opened.
        #expect(try fed.bytes(1) == Array("x".utf8))
        #expect(!fed.fifos.contains("training_0"))
        var channel = fed.channel
        channel.patience = .milliseconds(50)
        let failure = #expect(throws: Failure.self) { _ = try channel.open(0).offset }
        #expect(failure?.description.contains("training_0: no such FIFO within 0.1 s") == true)
    }

    @Test func anotherUserCanOpenTheFIFOWhateverTheUmask() throws {
        let tree = try JobTree()
        defer { tree.remove() }
        try tree.write("source/a", "x")
        let words = FedChannel.feed(tree, "source")
        let script = "umask 077; exec \(words.executable) \(words.arguments.joined(separator: " "))"
        let feeder = try Command.shell(script).start()
        defer {
            feeder.send(SIGKILL)
            _ = feeder.wait()
        }
        let first = tree.base.appending("input/data/training_0")
        #expect(feeder.wait { _ in (try? FileStatus(first))?.permissions == 0o666 })
    }

    @Test(arguments: [false, true])
    func aStopEndsItAndLeavesNoFIFO(whileWriting: Bool) throws {
        let fed = try FedChannel(fill: fill)
        defer { fed.remove() }
        if whileWriting {
            // Three million bytes do not fit into a pipe of one mebibyte.
            var stream = try fed.channel.open(0)
            _ = try stream.nextChunk()
            #expect(fed.stop() == 128 + SIGTERM)
            #expect(stream.offset > 0)
        } else {
            #expect(fed.feeder.wait { _ in fed.fifos.contains("training_1") })
            #expect(fed.stop() == 128 + SIGTERM)
        }
        #expect(fed.fifos == [])
    }

    @Test func aFileThatVanishesIsAnErrorAndNotASilentLack() throws {
        let fed = try FedChannel(fill: fill)
        defer { fed.remove() }
        #expect(try fed.bytes(0) == Self.expected)
        try SmallFile.remove(fed.tree.base.appending("source/a/z"))
        _ = try? fed.bytes(1)
        let result = fed.feeder.wait()
        #expect(result.status == 1 && result.errorText.utf8.filter { $0 == 0x0a }.count == 1)
        #expect(
            result.errorText.contains("source/a/z: cannot be read for its channel: No such file"),
            "\(result.errorText)"
        )
        #expect(fed.fifos == [])
    }

    /// The reader saw an end that was none, and the program ended well: a local run that stops its feeder then has to know.
    @Test(.enabled(if: Faults.canInject, "strace is missing or forbidden"))
    func aStopHidesNoFailure() throws {
        let tree = try JobTree()
        defer { tree.remove() }
        try tree.write("source/a", "x")
        let feed = FedChannel.feed(tree, "source")
        let words = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=unlink,unlinkat"]
        let inject = ["-e", "inject=unlink,unlinkat:delay_enter=10000000"]
        let command = Command(
            "/usr/bin/env",
            words + inject + [feed.executable] + feed.arguments,
            environment: feed.environment
        )
        let running = try command.start()
        let fifo = tree.base.appending("input/data/training_0").string
        try #require(running.wait { _ in access(fifo, F_OK) == 0 })
        try SmallFile.remove(tree.base.appending("source/a"))
        // Opened after the file has gone; the end comes before the FIFOs are removed, which takes twenty seconds here.
        let read = try Command("/bin/cat", [fifo]).run()
        #expect(read.status == 0 && read.output.isEmpty)
        #expect(running.signalTrain(SIGTERM))
        let result = running.wait()
        #expect(
            result.status == 1 && result.errorText.contains("cannot be read for its channel"),
            "\(result.errorText)"
        )
        #expect(DirectoryListing.names(tree.base.appending("input/data")) == [])
    }

    @Test(arguments: [
        ("source", "source: there is no file in it"),
        ("nothing", "nothing: cannot be read for its channel: No such file"),
    ])
    func aChannelWithoutFilesIsRefused(_ source: String, _ says: String) throws {
        let tree = try JobTree()
        defer { tree.remove() }
        try tree.makeDirectory("source/deep")
        let result = try FedChannel.feed(tree, source).run()
        #expect(result.status == 1 && result.errorText.contains(says), "\(result.errorText)")
        #expect(result.errorText.utf8.filter { $0 == 0x0a }.count == 1 && !tree.exists("input"))
    }

    @Test func linksAreFollowedAndWhatCannotBeFedIsLeftOutWithAWarning() throws {
        let fed = try FedChannel { tree in
            try tree.write("elsewhere/file", "far\n")
            try tree.write("source/a", "near\n")
            let source = tree.base.appending("source")
            for (target, name) in [("../elsewhere", "b"), ("a", "c"), ("..", "loop"), ("nowhere", "dangling")] {
                try #require(symlink(target, source.appending(name).string) == 0)
            }
            try #require(mkfifo(source.appending("pipe").string, 0o600) == 0)
        }
        defer { fed.remove() }
        // The link that leads up has the rest once, and itself not again.
        #expect(try fed.bytes(0) == Array("near\nfar\nnear\nfar\n".utf8))
        for name in ["loop/source", "dangling", "pipe"] {
            let words = "source/\(name) is left out"
            #expect(fed.feeder.wait { $0.errorText.contains(words) }, "\(fed.feeder.errorText)")
        }
    }

    @Test func whatAKilledFeederLeftIsReplacedAndAFileInTheWayIsKept() throws {
        let tree = try JobTree()
        defer { tree.remove() }
        try tree.write("source/a", "x")
        try tree.write("input/data/training_1", "mine")
        try #require(mkfifo(tree.base.appending("input/data/training_0").string, 0o600) == 0)
        let result = try FedChannel.feed(tree, "source").run()
        #expect(
            result.status == 1 && result.errorText.contains("training_1: the FIFO cannot be made"),
            "\(result.errorText)"
        )
        #expect(tree.text("input/data/training_1") == "mine" && !tree.exists("input/data/training_0"))
    }

    @Test(arguments: [
        ["files=x"], ["files=x", "channel=/"], ["manifest=x", "channel=y"], ["files=x", "channel=y", "attribute=a"],
        ["manifest=x", "channel=y"] + (0..<17).map { "attribute=a\($0)" },
    ])
    func aWrongUseEndsWith64(_ words: [String]) throws {
        let result = try Command(Command.train, ["internal", "feed", "records=false"] + words).run()
        #expect(result.status == 64 && result.errorText.hasPrefix("[train] error: train internal feed must be given "))
    }
}
