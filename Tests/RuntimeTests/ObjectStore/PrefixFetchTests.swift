import ContainerRuntime
import SystemPackage
import TestSupport
import Testing

#if canImport(Glibc)
import Glibc
#endif

/// `train fetch --prefix` from a server on a bad day.
@Suite(.timeLimit(.minutes(60)))
struct PrefixFetchTests {
    private func fetch(
        _ source: String,
        _ keys: [String] = [],
        changing: [String: String] = [:],
        _ check: (JobTree, HostileServer, Command.Result) throws -> Void
    ) throws {
        let tree = try JobTree()
        defer { tree.remove() }
        let server = try HostileServer(tree)
        defer { server.stop() }
        try tree.write("../served/keys", JSONWriter.text(.strings(keys)))
        let environment = server.environment.merging(changing) { $1 }
        try check(tree, server, try prefixFetch(source, tree, environment).run())
    }

    private func files(_ tree: JobTree) throws -> [String] {
        let told = try Command(
            "/usr/bin/find",
            [tree.base.appending("data").string, "-mindepth", "1", "-printf", "%P%y\\n"]
        )
        .run()
        return told.outputText.split(separator: "\n").map(String.init).sorted {
            Array($0.utf8).lexicographicallyPrecedes(Array($1.utf8))
        }
    }

    @Test(
        arguments: [
            (["d/a", "d/b/c", "d/b/e.empty"], "list-keys/d/", ["af", "b/cf", "b/e.emptyf", "bd"]),
            // The prefix is one of keys, and what follows its last slash is the name.
            (["d/part-1", "d/parts/x"], "list-keys/d/part", ["part-1f", "parts/xf", "partsd"]),
            (["d/model.tar.gz"], "list-keys/d/model.tar.gz", ["model.tar.gzf"]),
            (["a", "b/c"], "list-keys", ["af", "b/cf", "bd"]), (["a"], "list-keys/", ["af"]),
            (["d/", "d/e/", "d/f/g/", "d/x"], "list-keys/d/", ["ed", "f/gd", "fd", "xf"]),
            (["d/a//b", "d/./c"], "list-keys/d/", ["a/bf", "ad", "cf"]),
            (["d/a b+c%20é&<>\"'\r\n\t;x"], "list-plain/d/", nil),
            (["d/a b+c%20é&<>\"'\r\t\u{1};x"], "list-keys/d/", ["a b+c%20é&<>\"'\r\t\u{1};xf"]),
            (["d/x"], "list-storm/d/", ["xf"]),
        ] as [([String], String, [String]?)]
    )
    func keysBecomeNames(_ keys: [String], _ source: String, _ expected: [String]?) throws {
        try fetch("s3://\(source)", keys) { tree, _, result in
            #expect(result.status == 0, "\(result.errorText)")
            let found = try files(tree)
            #expect(found == expected ?? found)
        }
    }

    @Test func pagesThatBreakOffAreAskedForAgain() throws {
        try fetch("s3://list-pages/p/") { tree, server, result in
            #expect(result.status == 0, "\(result.errorText)")
            let found = try files(tree)
            #expect(found == ["1f", "2f", "3f", "4f", "5f"])
            #expect(tree.text("data/3") == "x")
            let pages = server.requests.filter { $0.contains("list-type=2") }
            #expect(pages.count == 6, "each of three pages fails once: \(pages)")
            #expect(pages.allSatisfy { $0.contains("Signature=") && $0.contains("prefix=p%2F") })
        }
    }

    @Test func aPageIsAskedForWhenThereIsAConnectionForIt() throws {
        try fetch("s3://list-held/p/") { tree, server, result in
            #expect(result.status == 0, "\(result.errorText)")
            let second = try #require(server.requests.firstIndex { $0.contains("continuation-token=second") })
            let objects = server.requests[..<second].count { $0.contains("/list-held/p/") }
            #expect(objects == 8, "the objects of the first page hold all connections: \(server.requests)")
            #expect(tree.text("data/last") == "x" && tree.text("data/7") == "x")
        }
    }

    @Test(arguments: [
        ("/etc/passwd", "its name is absolute"), ("../escape", "its name leaves the directory"),
        ("a/../../escape", "its name leaves the directory"), ("a\u{0}b", "its name holds a NUL"),
        (String(repeating: "n", count: 256), "a part of its name is longer than 255 bytes"),
        (String(repeating: "d/", count: 201) + "x", "it is more than 200 directories deep"),
        ("x/", "another object has its name, or one above or below it"),
        ("x/y", "another object has its name, or one above or below it"),
        ("./x", "another object has its name, or one above or below it"),
        ("b", "another object has its name, or one above or below it"),
    ]) func aKeyThatCanBeNoNameIsRefusedByName(_ name: String, _ words: String) throws {
        try fetch("s3://list-keys/d/", ["d/b/c", "d/x", "d/\(name)"]) { tree, _, result in
            #expect(result.status == 1)
            let shown = name.replacing("\0", with: "\\0").prefix(200)
            #expect(result.errorText.contains("ClientError: s3://list-keys/d/"), "\(result.errorText)")
            #expect(result.errorText.contains("this object is refused: \(words)"), "\(shown) \(result.errorText)")
            #expect(DirectoryNames.of(tree.base) == [], "nothing is left")
            #expect(!tree.exists("../escape") && !tree.exists("escape"))
        }
    }

    @Test(arguments: [
        ("list-keys/d/", ["e/x"], "s3://list-keys/e/x: this object is refused: its key does not begin with d/"),
        ("list-keys/d/", ["d/BADx"], "x: this object is refused: its key is no UTF-8"),
        ("list-keys/d/", [], "s3://list-keys/d/: no object's key begins with it"),
        ("list-keys/d/", ["d/", "d/e/"], "no object's key begins with it"),
        ("list-same/p/", [], "s3://list-same/p/: the list of its objects cannot be used: it does not come to an end"),
        ("list-round/p/", [], "s3://list-round/p/b: this object is refused: another object has its name"),
        ("list-empty/p/", [], "it does not come to an end"),
        ("list-huge/p/", [], "a page has more than 16777216 bytes"),
        ("list-lost/p/", [], "a page names no next one, and is not the last"),
        ("list-down/p/", [], "s3://list-down/p/: the list of its objects cannot be used: "),
        ("list-denied/p/", [], "s3://list-denied/p/: refused with 200 AccessDenied: m"),
        ("forbidden/p/", [], "s3://forbidden/p/: refused with 403 AccessDenied: m"),
        ("list-longer/p/", [], "s3://list-longer/p/1: changed while it was downloaded"),
        ("list-shorter/p/", [], "s3://list-shorter/p/1: changed while it was downloaded"),
        ("list-large/p/", [], "s3://list-large/p/: more than 10737418240 bytes; TRAIN_FETCH_MAX_BYTES is the limit"),
        ("list-checksum/p/", [], "s3://list-checksum/p/1: the crc32 checksum is wrong"),
        ("list-one-missing/p/", [], "s3://list-one-missing/p/20: not found (NoSuchKey)"),
    ]) func whatCannotBeHadIsNamedAndNothingIsLeft(_ source: String, _ keys: [String], _ words: String) throws {
        try fetch("s3://\(source)", keys) { tree, server, result in
            #expect(result.status == 1 && !result.timedOut)
            #expect(
                result.errorText.contains("ClientError: ") && result.errorText.contains(words),
                "\(result.errorText)"
            )
            #expect(DirectoryNames.of(tree.base) == [], "nothing is left")
            #expect(server.requests.count < 250, "\(server.requests.count)")
        }
    }

    @Test func aPageBeyondTheLimitIsRefusedBeforeAnythingOfItIsAskedFor() throws {
        try fetch("s3://list-keys/d/", ["d/a", "d/b", "d/c"], changing: ["TRAIN_FETCH_MAX_BYTES": "2"]) {
            _,
            server,
            result in
            #expect(
                result.errorText.contains("s3://list-keys/d/: more than 2 bytes; TRAIN_FETCH_MAX_BYTES is the limit")
            )
            #expect(server.requests.count == 1, "\(server.requests)")
        }
    }

    @Test func aLargeObjectIsGoneOnWithWhereItBrokeOff() throws {
        let tree = try JobTree()
        defer { tree.remove() }
        let server = try HostileServer(tree)
        defer { server.stop() }
        let (large, name) = (server.files.appending("big.bin").string, "big.bin")
        #expect(try Command("/bin/sh", ["-c", "head -c 40000001 /dev/urandom > \"$0\"", large]).run().status == 0)
        let result = try prefixFetch("s3://list-cut/p/", tree, server.environment).run()
        #expect(result.status == 0, "\(result.errorText)")
        let compared = try Command("/usr/bin/cmp", [large, tree.base.appending("data/\(name)").string]).run()
        #expect(compared.status == 0, "\(compared.outputText)\(compared.errorText)")
        #expect(server.requests.count { $0.contains("'range'") } >= 4, "\(server.requests)")
    }

    @Test func moreObjectsThanTheLimitAreRefused() throws {
        let keys = ["d/a.empty", "d/b/c.empty", "d/e.empty"]
        try fetch("s3://list-keys/d/", keys, changing: ["TRAIN_EXTRACT_MAX_ENTRIES": "3"]) { tree, _, result in
            #expect(result.errorText.contains("s3://list-keys/d/e.empty: more than 3 entries"), "\(result.errorText)")
            #expect(DirectoryNames.of(tree.base) == [])
        }
    }

    @Test func anotherSourceIsRefusedAndAFullDirectoryToo() throws {
        let tree = try JobTree()
        defer { tree.remove() }
        for source in ["https://example.invalid/x", "/etc", "s3://", "s3:///x"] {
            let result = try prefixFetch(source, tree, Command.plainEnvironment).run()
            #expect(
                result.status == 1 && result.errorText.contains("s3://BUCKET/PREFIX is expected"),
                "\(result.errorText)"
            )
        }
        try tree.write("data/there", "")
        let full = try prefixFetch("s3://bucket/x", tree, Command.plainEnvironment).run()
        #expect(full.errorText.contains("only be brought to an empty directory"), "\(full.errorText)")
    }

    @Test func aSignalEndsItAtOnceAndLeavesNothing() throws {
        let tree = try JobTree()
        defer { tree.remove() }
        let server = try HostileServer(tree)
        defer { server.stop() }
        let running = try prefixFetch("s3://list-slow/p/", tree, server.environment).start()
        #expect(
            running.wait { _ in server.requests.count { $0.contains("/list-slow/p/") } >= 8 },
            "eight objects come at once"
        )
        running.send(SIGTERM)
        let result = running.wait()
        #expect(result.status == 128 + SIGTERM && !result.timedOut, "\(result.errorText)")
        #expect(DirectoryNames.of(tree.base) == [])
        #expect(server.requests.count { $0.contains("/list-slow/p/") } == 8, "\(server.requests)")
    }
}

/// What is in a directory, hidden names too.
enum DirectoryNames {
    static func of(_ path: FilePath) -> [String] {
        (try? Command("/bin/ls", ["-A", path.string]).run())?.outputText.split(separator: "\n").map(String.init) ?? []
    }
}

/// `train fetch --prefix SOURCE data`, with the base directory's `data`.
func prefixFetch(_ source: String, _ tree: JobTree, _ environment: [String: String], limit: Double = 300) -> Command {
    Command(
        Command.train,
        ["fetch", "--prefix", source, tree.base.appending("data").string],
        environment: environment,
        limit: limit
    )
}
