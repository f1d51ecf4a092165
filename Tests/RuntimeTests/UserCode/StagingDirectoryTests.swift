import ContainerRuntime
import SystemPackage
import TestSupport
import Testing

#if canImport(Glibc)
import Glibc
#endif

/// Code takes its place whole, under the names that it has, and what is left behind does not stay.
@Suite(.timeLimit(.minutes(60))) struct StagingDirectoryTests {
    private func shell(_ script: String, in tree: JobTree) throws -> String {
        let result = try Command("/bin/sh", ["-ec", script], workingDirectory: tree.base.string).run()
        #expect(result.status == 0, "\(result.errorText)")
        return result.outputText
    }

    private func deliver(_ source: FilePath, to tree: JobTree) throws {
        try CodeDelivery(to: tree.base.appending("code")).deliver(source)
    }

    @Test func aDirectoryIsCopiedWithNamesThatAreNoUTF8() throws {
        let tree = try JobTree()
        defer { tree.remove() }
        _ = try shell(
            "d=$(printf '\\376'); mkdir -p \"src/$d\"; echo 1 >\"src/$d/$(printf '\\377.txt')\"; echo 2 >src/a",
            in: tree
        )
        try deliver(tree.base.appending("src"), to: tree)
        #expect(try shell("diff -r src code && find code -type f | wc -l", in: tree) == "2\n")
    }

    @Test(arguments: ["", ".keep"]) func anArchiveMayHaveNamesThatAreNoUTF8AtItsTop(_ dotFile: String) throws {
        let tree = try JobTree()
        defer { tree.remove() }
        if !dotFile.isEmpty { try tree.write("code/\(dotFile)", "") }
        let path = try Archives.tar(tree, "s.tar.gz", "add('bad\\udcff.py'); add('dir\\udcfe/bad\\udcff.py')")
        try deliver(FilePath(path), to: tree)
        let names = try shell("find code -name '*.py' | LC_ALL=C grep -ac \"$(printf 'bad\\377.py')\"", in: tree)
        #expect(names == "2\n")
    }

    @Test func aDotFileIsReplaced() throws {
        let tree = try JobTree()
        defer { tree.remove() }
        for name in [".keep", ".other"] { try tree.write("code/\(name)", "old") }
        try deliver(FilePath(try Archives.tar(tree, "s.tar.gz", "add('.keep', b'new'); add('train.py')")), to: tree)
        #expect(try shell("ls -A code", in: tree) == ".keep\n.other\ntrain.py\n")
        #expect(tree.text("code/.keep") == "new" && tree.text("code/.other") == "old")
    }

    /// The names of a directory come in any order: among so many some are moved before the one that cannot be.
    @Test func whatWasThereIsThereAgainWhereSomethingCannotBeMoved() throws {
        let tree = try JobTree()
        defer { tree.remove() }
        for index in 0..<40 { try tree.write("code/.old\(index)", "old") }
        try tree.write("code/.dir/mine", "old")
        let before = try shell("cd code; find . -type f | sort | xargs grep .", in: tree)
        let body =
            "[add('.old%d' % i, b'new') for i in range(20)]; add('.dir/theirs'); add('train.py')\n"
            + "[add('.old%d' % i, b'new') for i in range(20, 40)]"
        let path = FilePath(try Archives.tar(tree, "s.tar.gz", body))
        let place = tree.base.appending("code/.dir").string
        #expect(throws: Failure(.codeUnwritable, place, .directoryNotEmpty)) { try deliver(path, to: tree) }
        #expect(try shell("cd code; find . -type f | sort | xargs grep .", in: tree) == before)
        #expect(try shell("ls -A; ls -A code", in: tree).contains(".train-fetch-") == false)
    }

    @Test(arguments: [".", "code"]) func whatAKilledFetchLeftIsRemovedAndWhatARunningOneFillsIsNot(
        _ place: String
    ) throws {
        let tree = try JobTree()
        defer { tree.remove() }
        try tree.write("\(place)/.train-fetch-1-1/code/train.py", "left behind")
        try tree.write("\(place)/.train-fetch-1-2/code/train.py", "being filled")
        try tree.write("src/train.py", "1")
        let running = open(tree.base.appending("\(place)/.train-fetch-1-2").string, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        defer { close(running) }
        #expect(flock(running, LOCK_EX | LOCK_NB) == 0)
        try deliver(tree.base.appending("src"), to: tree)
        #expect(tree.text("code/train.py") == "1")
        #expect(!tree.exists("\(place)/.train-fetch-1-1"))
        #expect(tree.text("\(place)/.train-fetch-1-2/code/train.py") == "being filled")
    }

    /// What follows an archive's end is read to its end, and a signal is heard meanwhile.
    @Test func aSignalBehindTheArchivesEndLeavesNothing() throws {
        let tree = try JobTree()
        defer { tree.remove() }
        let path = try Archives.tar(tree, "s.tar", "add('train.py')", mode: "w")
        #expect(truncate(path, 1 << 39) == 0)
        let running = try fetch(path, tree, Command.plainEnvironment).start()
        let names = { try shell("find . -name '.train-fetch-*'; find . -name train.py", in: tree) }
        #expect(running.wait { _ in (try? names())?.contains("train.py") == true })
        running.send(SIGTERM)
        #expect(running.wait().status == 128 + SIGTERM)
        #expect(try names() == "")
    }

    @Test(arguments: [("022", "644"), ("027", "640")]) func aDownloadedFileHasTheModeThatIsAskedFor(
        _ mask: String,
        _ mode: String
    ) throws {
        let tree = try JobTree()
        defer { tree.remove() }
        let server = try HostileServer(tree)
        defer { server.stop() }
        try tree.write("../served/x.py", "1")
        let script = "umask \(mask); exec \"$0\" fetch \(server.address)/plain/x.py code"
        let result = try Command("/bin/sh", ["-c", script, Command.train], workingDirectory: tree.base.string).run()
        #expect(result.status == 0, "\(result.errorText)")
        #expect(try shell("stat -c %a code/x.py", in: tree) == "\(mode)\n")
    }
}
