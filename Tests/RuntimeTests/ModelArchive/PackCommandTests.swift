import ContainerRuntime
import SystemPackage
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(60))) struct PackCommandTests {
    private func filled() throws -> JobTree {
        let tree = try JobTree()
        try tree.write("model/weights", Samples.bytes(.weights, 50_000))
        try tree.write("model/run", "#!/bin/sh\n", mode: 0o755)
        return tree
    }

    /// A01: an empty directory is an archive without entries and one warning.
    @Test func anEmptyDirectoryIsOneWarning() throws {
        let tree = try JobTree()
        defer { tree.remove() }
        try tree.makeDirectory("model")
        let result = try tree.pack()
        #expect(result.status == 0)
        #expect(result.errorText.split(separator: "\n").filter { $0.contains("the directory is empty") }.count == 1)
        #expect(
            try tree.shell("gzip -t model.tar.gz && tar tf model.tar.gz | wc -l && bsdtar tf model.tar.gz | wc -l")
                == "0\n0\n"
        )
    }

    @Test func oneLineSaysWhatWasPacked() throws {
        let tree = try filled()
        defer { tree.remove() }
        let lines = try tree.pack().errorText.split(separator: "\n")
        #expect(lines.count == 1)
        #expect(lines.first?.hasPrefix("[train] info: packed model.tar.gz: 2 files, 50 kB in ") == true, "\(lines)")
    }

    /// A tar is larger than a file of a few bytes; that, and how fast it was made, is of no use to anybody.
    @Test(arguments: ["model.tar.gz", "model.tar", "copy/", "-"]) func ofASmallFileOnlyItsSizeIsSaid(
        _ archive: String
    ) throws {
        let tree = try JobTree()
        defer { tree.remove() }
        try tree.write("model/weights", "1234567")
        let place = archive == "-" ? archive : tree.scratch.appending(archive).string + (archive == "copy/" ? "/" : "")
        let result = try tree.train(["pack", tree.model.string, place]).run()
        let name = ["copy/": "copy", "-": "model"][archive] ?? archive
        #expect(result.errorText == "[train] info: packed \(name): 1 file, 7 bytes\n")
        guard archive == "model.tar.gz" else { return }
        let check = try tree.train(["pack", "--verify", place]).run()
        #expect(check.errorText == "[train] info: \(place) is whole: 1 entry, 7 bytes of files\n")
    }

    @Test func contentIsAtTheRoot() throws {
        let tree = try filled()
        defer { tree.remove() }
        _ = try tree.pack()
        #expect(try tree.shell("tar tf model.tar.gz") == "run\nweights\n")
    }

    @Test func standardOutputHasTheSameBytes() throws {
        let tree = try filled()
        defer { tree.remove() }
        _ = try tree.pack()
        try tree.shell("'\(Command.train)' pack ml/model - 2>/dev/null | cmp - model.tar.gz")
    }

    @Test func aTarIsPlainAndADirectoryIsACopy() throws {
        let tree = try filled()
        defer { tree.remove() }
        try tree.shell(
            """
            '\(Command.train)' pack ml/model model.tar && tar xf model.tar -C . && cmp ml/model/weights weights
            '\(Command.train)' pack ml/model copy/ --manifest sums && diff -r ml/model copy && [ -x copy/run ]
            cd copy && sha256sum -c --quiet ../sums && [ $(stat -c %Y run) = 0 ]
            """
        )
        let again = try tree.train(["pack", tree.model.string, tree.scratch.appending("copy").string + "/"]).run()
        #expect(again.status == 1)
        #expect(again.errorText.contains("copy: the archive could not be written (rename): Directory not empty"))
        #expect(try tree.leftBehind() == "copy\nmodel.tar\nrun\nsums\nweights\n")
    }

    @Test func aFileOfManyBlocksIsCopiedAndListedAsAWhole() throws {
        let tree = try filled()
        defer { tree.remove() }
        try tree.write("model/large", Samples.bytes(.weights, 3 << 20 | 123))
        try tree.shell(
            """
            '\(Command.train)' pack ml/model copy/ --manifest sums && diff -r ml/model copy
            '\(Command.train)' pack ml/model model.tar.gz --threads 4 --manifest others && cmp sums others
            cd copy && sha256sum -c --quiet ../sums
            """
        )
    }

    @Test func anArchiveIsVerified() throws {
        let tree = try filled()
        defer { tree.remove() }
        _ = try tree.pack(["--manifest", tree.scratch.appending("sums").string])
        let whole = try tree.train([
            "pack", "--verify", tree.archive.string, "--manifest", tree.scratch.appending("sums").string,
        ]).run()
        #expect(whole.status == 0)
        #expect(whole.errorText.contains("is whole: 2 entries, 50 kB of files"))
        try tree.shell("printf x | dd of=model.tar.gz bs=1 seek=1000 conv=notrunc status=none")
        let damaged = try tree.train(["pack", "--verify", tree.archive.string]).run()
        #expect(damaged.status == 1)
        #expect(damaged.errorText.contains("PackingError: \(tree.archive): damaged at byte "))
    }

    @Test(arguments: [
        [], ["a"], ["a", "b", "c"], ["--verify"], ["--verify", "a", "b"], ["a", "b", "--level", "fastest"],
        ["a", "b", "--threads", "0"], ["a", "b", "--threads", "x"], ["a", "b", "--symlinks", "drop"],
        ["a", "b", "--nmae"],
    ])
    func wrongUseIs64(_ arguments: [String]) throws {
        #expect(try Command(Command.train, ["pack"] + arguments).run().status == 64)
    }

    @Test(arguments: [
        ("/nowhere", "/tmp/x.tar.gz", "/nowhere: "), ("/etc/passwd", "/tmp/x.tar.gz", "a directory is expected"),
        ("/etc/apt", "/nowhere/x.tar.gz", "(open the directory)"),
    ])
    func whatIsMissingIsNamed(_ directory: String, _ archive: String, _ words: String) throws {
        let result = try Command(Command.train, ["pack", directory, archive]).run()
        #expect(result.status == 1)
        #expect(result.errorText.contains(words))
        #expect(result.errorText.split(separator: "\n").count == 1)
    }

    /// script(1) gives it a terminal.
    @Test func aTerminalSeesProgressAndAPipeDoesNot() throws {
        let tree = try filled()
        defer { tree.remove() }
        // A file of zeros takes long enough for the first line, and no space.
        try tree.shell("truncate -s 2G ml/model/zeros")
        let output = try tree.shell("script -qec \"'\(Command.train)' pack ml/model model.tar.gz\" /dev/null")
        #expect(output.contains(" of 2.1 GB ("))
        #expect(output.contains(" left"))
        #expect(!(try tree.pack().errorText.contains(" left")))
    }
}
