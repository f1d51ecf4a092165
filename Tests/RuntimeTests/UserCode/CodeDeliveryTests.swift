import ContainerRuntime
import SystemPackage
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(60))) struct CodeDeliveryTests {
    @Test func zipNamesAreBytesAndLinksAndBitsAreKept() throws {
        let tree = try JobTree()
        defer { tree.remove() }
        let body = """
            add('é.py', 'print(1)'); add('run.sh', '#!/bin/sh', 0o104755); add('d/', '', 0o040755)
            add('d/l', '../é.py', 0o120777); add('big', bytes(1 << 20))
            """
        let path = try Archives.zip(tree, "s.zip", body)
        try CodeDelivery(to: tree.base.appending("code")).deliver(FilePath(path))
        #expect(tree.text("code/d/l") == "print(1)")
        #expect(tree.read("code/big")?.count == 1 << 20)
        let mode = try Command("/usr/bin/stat", ["-c", "%a", tree.base.appending("code/run.sh").string]).run()
        #expect(mode.outputText == "755\n")
    }

    @Test(arguments: [
        ("add('../evil')", "leaves the directory"), ("add('/evil')", "absolute"),
        ("add('l', '../secret', 0o120777)", "to ../secret"), ("add('f', '', 0o010644)", "a FIFO"),
        ("add('..\\\\evil'); z.filelist[-1].create_system = 0", "leaves the directory"),
    ]) func aHostileZipIsRefusedByName(_ body: String, _ words: String) throws {
        let tree = try JobTree()
        defer { tree.remove() }
        let path = try Archives.zip(tree, "s.zip", "add('train.py'); \(body)")
        let failure = #expect(throws: Failure.self) {
            try CodeDelivery(to: tree.base.appending("code")).deliver(FilePath(path))
        }
        #expect(failure?.description.contains(words) == true, "\(failure?.description ?? "")")
        #expect(!tree.exists("code") && !tree.exists("evil"))
    }

    @Test func aDirectoryIsCopiedAndItsLinksAreFollowed() throws {
        let tree = try JobTree()
        defer { tree.remove() }
        try tree.write("src/train.py", "print(1)")
        try tree.write("src/pkg/run.sh", "#!/bin/sh", mode: 0o755)
        let links = "ln -s ../src/train.py src/link; ln -s . src/loop; ln -s nowhere src/dangling; mkfifo src/fifo"
        #expect(try Command("/bin/sh", ["-c", links], workingDirectory: tree.base.string).run().status == 0)
        try CodeDelivery(to: tree.base.appending("code")).deliver(tree.base.appending("src"))
        let listing = try Command("/bin/sh", ["-c", "find code | sort"], workingDirectory: tree.base.string).run()
        #expect(listing.outputText == "code\ncode/link\ncode/pkg\ncode/pkg/run.sh\ncode/train.py\n")
        #expect(tree.text("code/link") == "print(1)")
    }

    @Test func aSingleScriptKeepsItsName() throws {
        let tree = try JobTree()
        defer { tree.remove() }
        try tree.write("src/train.sh", "#!/bin/sh\n")
        try CodeDelivery(to: tree.base.appending("code")).deliver(tree.base.appending("src/train.sh"))
        #expect(tree.text("code/train.sh") == "#!/bin/sh\n")
    }

    @Test func aDirectoryInsideOfItsSourceIsNotCopiedIntoItself() throws {
        let tree = try JobTree()
        defer { tree.remove() }
        try tree.write("train.py", "1")
        try CodeDelivery(to: tree.base.appending("code")).deliver(tree.base)
        #expect(tree.text("code/train.py") == "1")
        #expect(!tree.exists("code/code"))
    }

    @Test func dotFilesStayAndACodeDirectoryInUseIsRefused() throws {
        let tree = try JobTree()
        defer { tree.remove() }
        try tree.write("src/train.py", "1")
        try tree.write("code/.keep", "")
        let delivery = CodeDelivery(to: tree.base.appending("code"))
        try delivery.deliver(tree.base.appending("src"))
        #expect(tree.exists("code/.keep") && tree.exists("code/train.py"))
        #expect(throws: Failure(.codeDirectoryNotEmpty(holds: [".keep", "train.py"]), delivery.destination.string)) {
            try delivery.deliver(tree.base.appending("src"))
        }
    }

    @Test func anEmptyDirectoryKeepsItsModeAndALinkToOneIsFollowed() throws {
        let tree = try JobTree()
        defer { tree.remove() }
        try tree.write("src/train.py", "1")
        let prepare = "mkdir -m 750 code real; ln -s real linked"
        #expect(try Command("/bin/sh", ["-c", prepare], workingDirectory: tree.base.string).run().status == 0)
        for name in ["code", "linked"] {
            try CodeDelivery(to: tree.base.appending(name)).deliver(tree.base.appending("src"))
        }
        #expect(tree.text("real/train.py") == "1")
        let modes = Command("/usr/bin/stat", ["-c", "%a %F", "code", "linked"], workingDirectory: tree.base.string)
        #expect(try modes.run().outputText == "750 directory\n777 symbolic link\n")
    }

    @Test(arguments: [
        ("page.tar.gz", "<html>", "does not begin like an archive"), ("a.tar.bz2", "BZh91AY", "bzip2"),
        ("empty.zip", "", "is empty"),
    ]) func whatIsNoArchiveIsNamed(_ name: String, _ content: String, _ words: String) throws {
        let tree = try JobTree()
        defer { tree.remove() }
        try tree.write("src/\(name)", content)
        let failure = #expect(throws: Failure.self) {
            try CodeDelivery(to: tree.base.appending("code")).deliver(tree.base.appending("src/\(name)"))
        }
        #expect(failure?.description.contains(words) == true, "\(failure?.description ?? "")")
    }

    @Test func aMissingSourceIsNamed() {
        #expect(throws: Failure(.sourceUnreadable, "/nope/s.tar.gz", .noSuchFileOrDirectory)) {
            try CodeDelivery(to: "/nope/code").deliver("/nope/s.tar.gz")
        }
    }
}
