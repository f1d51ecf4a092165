import ContainerRuntime
import SystemPackage
import TestSupport
import Testing

/// Case C13: what a hostile archive asks for is refused by name, and nothing changes outside or inside.
@Suite(.timeLimit(.minutes(60))) struct SafeExtractionTests {
    struct Hostile: Sendable, CustomTestStringConvertible {
        let body: String
        let names: String
        var testDescription: String { body }
    }

    static let hostile = [
        Hostile(body: "add('../evil.txt')", names: "../evil.txt"),
        Hostile(body: "add('a/../../evil.txt')", names: "a/../../evil.txt"),
        Hostile(body: "add('/abs.txt')", names: "/abs.txt"),
        Hostile(body: "add('l', type=LINK, target='..'); add('l/evil.txt')", names: "goes through the link l"),
        Hostile(body: "add('l', type=LINK, target='sub'); add('l/x')", names: "goes through the link l"),
        Hostile(body: "add('l', type=LINK, target='/etc/passwd')", names: "to /etc/passwd"),
        Hostile(body: "add('a/l', type=LINK, target='../../secret')", names: "to ../../secret"),
        Hostile(
            body: "add('d/e/up', type=LINK, target='../..'); add('x', type=LINK, target='d/e/up/../secret')",
            names: "x: this member"
        ),
        Hostile(body: "add('h', type=HARD, target='../secret')", names: "its name leaves"),
        Hostile(body: "add('h', type=HARD, target='/etc/passwd')", names: "its name is absolute"),
        Hostile(body: "add('h', type=HARD, target='missing')", names: "h: this member"),
        Hostile(body: "add('l', type=LINK, target='..'); add('h', type=HARD, target='l/secret')", names: "the link l"),
        Hostile(body: "add('fifo', type=FIFO)", names: "it is a FIFO"),
        Hostile(body: "add('dev', type=CHR)", names: "it is a character device"),
        Hostile(body: "add('disk', type=BLK)", names: "it is a block device"),
        Hostile(body: "add('f'); add('f/x')", names: "f/x"),
        Hostile(body: "add('d/x'); add('d')", names: "another member has its name"),
        Hostile(body: "add('a/' * 300 + 'x')", names: "more than 200 directories deep"),
    ]

    @Test(arguments: hostile) func aHostileMemberIsRefusedByName(_ hostile: Hostile) throws {
        let tree = try JobTree()
        defer { tree.remove() }
        try tree.write("../secret", "s")
        let path = try Archives.tar(tree, "s.tar.gz", "add('train.py'); \(hostile.body); add('last.py')")
        let failure = #expect(throws: Failure.self) {
            try CodeDelivery(to: tree.base.appending("code")).deliver(FilePath(path))
        }
        #expect(failure?.description.contains(hostile.names) == true, "\(failure?.description ?? "")")
        #expect(!tree.exists("code"))
        #expect(!tree.exists("evil.txt") && !tree.exists("../evil.txt") && !tree.exists("../../evil.txt"))
        #expect(tree.text("../secret") == "s")
        #expect(try names(tree.base).isEmpty, "a temporary directory is left behind")
    }

    @Test func setIDBitsAreClearedAndTheRestIsKept() throws {
        let tree = try JobTree()
        defer { tree.remove() }
        let path = try Archives.tar(
            tree,
            "s.tar.gz",
            """
            add('suid', mode=0o6755); add('sticky', mode=0o1600); add('none', mode=0); add('./sub//x.py', b'print()')
            add('d', type=DIR, mode=0o4000); add('l', type=LINK, target='sub/x.py'); add('h', type=HARD, target='suid')
            """
        )
        try CodeDelivery(to: tree.base.appending("code")).deliver(FilePath(path))
        let listing = try Command(
            "/bin/sh",
            ["-c", "cd code && stat -c '%a %n' *"],
            workingDirectory: tree.base.string
        )
        .run().outputText
        for line in ["755 suid", "600 sticky", "600 none", "755 d", "755 h", "777 l"] {
            #expect(listing.contains("\(line)\n"), "\(line) in \(listing)")
        }
        #expect(tree.text("code/l") == "print()")
    }

    @Test func theLastOfTwoMembersCounts() throws {
        let tree = try JobTree()
        defer { tree.remove() }
        let path = try Archives.tar(
            tree,
            "s.tar.gz",
            "add('a', b'old'); add('a', b'new'); add('l', type=LINK, target='a'); add('l', b'file')"
        )
        try CodeDelivery(to: tree.base.appending("code")).deliver(FilePath(path))
        #expect(tree.text("code/a") == "new")
        #expect(tree.text("code/l") == "file")
    }

    @Test(arguments: ["GNU_FORMAT", "PAX_FORMAT"]) func namesAreBytes(_ format: String) throws {
        let tree = try JobTree()
        defer { tree.remove() }
        let path = try Archives.tar(
            tree,
            "s.tar",
            "t.format = tarfile.\(format); add('é.py'); add('bad\\udcff\\udcfe.py'); add('x' * 120 + 'ü')",
            mode: "w"
        )
        try CodeDelivery(to: tree.base.appending("code")).deliver(FilePath(path))
        let names = try names(tree.base.appending("code"))
        #expect(
            names.contains(Array("é.py".utf8)) && names.contains(Array("bad".utf8) + [0xff, 0xfe] + Array(".py".utf8))
        )
        #expect(names.contains(Array(String(repeating: "x", count: 120).utf8) + Array("ü".utf8)))
    }

    @Test func bytesAndEntriesAreLimited() throws {
        let tree = try JobTree()
        defer { tree.remove() }
        let path = try Archives.tar(tree, "s.tar.gz", "[add('f%d' % i, b'x' * 1000) for i in range(20)]")
        let fewer = CodeDelivery(to: tree.base.appending("code"), limits: ExtractionLimits(entries: 19))
        #expect(throws: Failure(.tooManyEntries(limit: 19), path)) { try fewer.deliver(FilePath(path)) }
        let less = CodeDelivery(to: tree.base.appending("code"), limits: ExtractionLimits(extractBytes: 19_999))
        #expect(throws: Failure(.tooManyBytes(limit: 19_999, name: "TRAIN_EXTRACT_MAX_BYTES"), path)) {
            try less.deliver(FilePath(path))
        }
        let enough = ExtractionLimits(extractBytes: 20_000, entries: 20)
        try CodeDelivery(to: tree.base.appending("code"), limits: enough).deliver(FilePath(path))
        #expect(tree.exists("code/f19"))
    }

    /// Twenty files, and a thousand directories that no member names.
    @Test func directoriesOnTheWayCountAsEntries() throws {
        let tree = try JobTree()
        defer { tree.remove() }
        let body = "[add('/'.join('d%d_%d' % (i, j) for j in range(50)) + '/f') for i in range(20)]"
        let path = try Archives.tar(tree, "s.tar.gz", body)
        let limits = ExtractionLimits(entries: 60)
        #expect(throws: Failure(.tooManyEntries(limit: 60), path)) {
            try CodeDelivery(to: tree.base.appending("code"), limits: limits).deliver(FilePath(path))
        }
        let named = try Archives.tar(tree, "d.tar.gz", "[add('d/' * i, type=DIR) for i in (1, 2, 3)]; add('d/d/d/f')")
        let exact = ExtractionLimits(entries: 4)
        try CodeDelivery(to: tree.base.appending("code"), limits: exact).deliver(FilePath(named))
        #expect(tree.exists("code/d/d/d/f"))
    }

    /// The map of a GNU sparse file: libarchive makes 48 bytes of each four, before anybody sees the member.
    @Test(arguments: [(1_000, false), (2_000_000, true)])
    func aMapThatNoFileHasIsRefused(_ pieces: Int, _ isRefused: Bool) throws {
        let tree = try JobTree()
        defer { tree.remove() }
        let body = """
            t.format = tarfile.PAX_FORMAT
            b = b'\(pieces)\\n' + b'0\\n0\\n' * \(pieces); b += bytes(-len(b) % 512)
            i = tarfile.TarInfo('f'); i.size = len(b)
            i.pax_headers = {'GNU.sparse.major': '1', 'GNU.sparse.minor': '0', 'GNU.sparse.name': 'f',
                'GNU.sparse.realsize': '0'}
            t.addfile(i, io.BytesIO(b)); add('train.py')
            """
        let path = FilePath(try Archives.tar(tree, "s.tar.gz", body))
        let delivery = CodeDelivery(to: tree.base.appending("code"))
        guard isRefused else {
            try delivery.deliver(path)
            return #expect(tree.text("code/train.py") == "x" && tree.text("code/f") == "")
        }
        let failure = #expect(throws: Failure.self) { try delivery.deliver(path) }
        #expect(failure?.description.contains("more than 4194304 bytes in front of its content") == true)
        #expect(!tree.exists("code"))
    }

    @Test func aGzipBombEndsLongBeforeItsEnd() throws {
        let tree = try JobTree()
        defer { tree.remove() }
        // 400 MB of zeros in 400 KB.
        let path = try Archives.tar(tree, "s.tar.gz", "add('zeros', bytes(400 << 20))")
        #expect(throws: Failure(.archiveExpands(ratio: 200), path)) {
            try CodeDelivery(to: tree.base.appending("code")).deliver(FilePath(path))
        }
        #expect(try names(tree.base).isEmpty)
    }

    private func names(_ path: FilePath) throws -> [[UInt8]] {
        let result = try Command(
            "/usr/bin/find",
            [path.string, "-mindepth", "1", "-maxdepth", "1", "-printf", "%f\\0"]
        ).run()
        return result.output.split(separator: 0).map { Array($0) }
    }
}
