import ContainerRuntime
import SystemPackage
import TestSupport
import Testing

#if canImport(Glibc)
import Glibc
#endif

/// Against moto, which checks every signature with AWS's own code: conformance cases 210 to 215.
@Suite(.enabled(if: StoreServer.isInstalled, StoreServer.missing), .timeLimit(.minutes(60))) struct StoreTests {
    @Test(arguments: [
        ("bucket", "job/source/sourcedir.tar.gz"), ("bucket", "a b+c%20d/é?x=1#frag/~!*'()&$@=;:, ./s.tar.gz"),
        ("bucket.with.dots", "s.tar.gz"),
    ]) func anArchiveIsBroughtWhateverItsKey(_ bucket: String, _ key: String) throws {
        let store = try #require(StoreServer.shared)
        let tree = try JobTree()
        defer { tree.remove() }
        let archive = try Archives.tar(tree, "s.tar.gz", "add('train.py', b'print(1)')")
        let order = JSONWriter.text(
            .object(
                JSONObject([
                    ("do", "put"), ("bucket", .string(bucket)), ("key", .string(key)), ("file", .string(archive)),
                ])
            )
        )
        _ = try store.order("[\(order)]")
        let result = try fetch("s3://\(bucket)/\(key)", tree, store.environment).run()
        #expect(result.status == 0, "\(result.errorText)")
        #expect(tree.text("code/train.py") == "print(1)")
        #expect(!result.errorText.contains(store.secret) && !result.errorText.contains(store.key))
    }

    @Test(arguments: ["CRC32", "SHA1", "SHA256"])
    func checksumsThatAWSComputedAreRight(_ algorithm: String) throws {
        let store = try #require(StoreServer.shared)
        let tree = try JobTree()
        defer { tree.remove() }
        try tree.write("data.py", [UInt8](repeating: 7, count: 100_003))
        let file = tree.base.appending("data.py").string
        let name = "sum-\(algorithm).py"
        _ = try store.order(
            "[{\"do\":\"put\",\"bucket\":\"bucket\",\"key\":\"\(name)\",\"file\":\"\(file)\",\"checksum\":\"\(algorithm)\"}]"
        )
        let result = try fetch("s3://bucket/\(name)", tree, store.environment).run()
        #expect(result.status == 0, "\(result.errorText)")
        #expect(tree.read("code/\(name)")?.count == 100_003)
    }

    @Test func aMissingObjectIsNamed() throws {
        let store = try #require(StoreServer.shared)
        let tree = try JobTree()
        defer { tree.remove() }
        let result = try fetch("s3://bucket/nope.tar.gz", tree, store.environment).run()
        #expect(result.status == 1)
        #expect(
            result.errorText.contains("ClientError: s3://bucket/nope.tar.gz: not found (NoSuchKey)"),
            "\(result.errorText)"
        )
        #expect(!tree.exists("code"))
    }

    @Test func aWrongSecretIsRefusedAndNotShown() throws {
        let store = try #require(StoreServer.shared)
        let tree = try JobTree()
        defer { tree.remove() }
        var environment = store.environment
        environment["AWS_SECRET_ACCESS_KEY"] = "wrong-secret-text"
        let result = try fetch("s3://bucket/job/source/sourcedir.tar.gz", tree, environment).run()
        #expect(result.status == 1)
        #expect(result.errorText.contains("SignatureDoesNotMatch"), "\(result.errorText)")
        #expect(!result.errorText.contains("wrong-secret-text"))
    }

    @Test func filesArriveWhileTheyAreWrittenAndAtTheEnd() throws {
        let store = try #require(StoreServer.shared)
        let tree = try JobTree()
        defer { tree.remove() }
        let directory = tree.base.appending("intermediate").string
        let prefix = "pre/fix/job/output/intermediate"
        let sync = try Command(
            Command.train,
            ["sync", directory, "s3://bucket/\(prefix)"],
            environment: store.environment
        ).start()
        #expect(sync.wait { _ in tree.exists("intermediate") })
        try tree.write("intermediate/a.txt", "one")
        try tree.write("intermediate/sub/deep/b.txt", "two")
        let list = "[{\"do\":\"list\",\"bucket\":\"bucket\",\"prefix\":\"\(prefix)\"}]"
        var seen = ""
        for _ in 0..<30 where !seen.contains("b.txt") || !seen.contains("a.txt") { seen = try store.order(list) }
        #expect(seen.contains("\(prefix)/a.txt") && seen.contains("\(prefix)/sub/deep/b.txt"), "\(seen)")
        // What comes last: a rename, a second writing, a file of several parts, one that is still open.
        let last = "mv a.txt renamed.txt; echo three > sub/deep/b.txt; head -c 20000000 /dev/zero > big; mkfifo fifo"
        #expect(try Command("/bin/sh", ["-c", last], workingDirectory: directory).run().status == 0)
        sync.send(SIGTERM)
        let result = sync.wait()
        #expect(result.status == 0, "\(result.errorText)")
        let names = try store.order(list)
        for name in ["renamed.txt", "sub/deep/b.txt", "big"] {
            #expect(names.contains("\(prefix)/\(name)"), "\(names)")
        }
        for (name, bytes) in [
            ("sub/deep/b.txt", Array("three\n".utf8)), ("big", [UInt8](repeating: 0, count: 20_000_000)),
        ] {
            let copy = tree.base.appending("copy").string
            _ = try store.order(
                "[{\"do\":\"get\",\"bucket\":\"bucket\",\"key\":\"\(prefix)/\(name)\",\"file\":\"\(copy)\"}]"
            )
            #expect(tree.read("copy") == bytes, "\(name)")
        }
        #expect(try store.order("[{\"do\":\"uploads\",\"bucket\":\"bucket\"}]").contains("0"), "parts were left behind")
    }

    @Test func whatDidNotArriveIsNamed() throws {
        let store = try #require(StoreServer.shared)
        let tree = try JobTree()
        defer { tree.remove() }
        try tree.write("intermediate/a.txt", "one")
        let arguments = ["sync", tree.base.appending("intermediate").string, "s3://no-such-bucket/x"]
        let sync = try Command(Command.train, arguments, environment: store.environment).start()
        #expect(sync.wait { $0.errorText.contains("did not arrive") })
        sync.send(SIGTERM)
        let result = sync.wait()
        #expect(result.status == 1)
        #expect(result.errorText.contains("did not arrive: a.txt"), "\(result.errorText)")
    }
}
