import ContainerRuntime
import SystemPackage
import TestSupport
import Testing

/// `train fetch --prefix` from moto, which checks every signature with AWS's own code, and AWS's own client beside it.
@Suite(.enabled(if: StoreServer.isInstalled, StoreServer.missing), .timeLimit(.minutes(60)))
struct StorePrefixTests {
    private func put(_ store: StoreServer, _ keys: [String: String], in bucket: String = "bucket") throws {
        let object = JSONObject(keys.map { ($0.key, JSONValue.string($0.value)) })
        let order = JSONObject([("do", "keys"), ("bucket", .string(bucket)), ("keys", .object(object))])
        _ = try store.order(JSONWriter.text(.array([.object(order)])))
    }

    @Test(arguments: ["bucket", "bucket.with.dots"]) func allObjectsComeAsTheyAre(_ bucket: String) throws {
        let store = try #require(StoreServer.shared)
        let tree = try JobTree()
        defer { tree.remove() }
        let odd = "a b+c%20d/é?x=1#frag/~!*'()&$@=;:, .gz"
        let prefix = "pre fix+1/ü&x"
        try put(
            store,
            [
                "\(prefix)/\(odd)": "odd", "\(prefix)/s.tar.gz": "no archive", "\(prefix)/": "", "\(prefix)/e/": "",
                "\(prefix)-other": "other", "\(prefix)/empty": "",
            ],
            in: bucket
        )
        let result = try prefixFetch("s3://\(bucket)/\(prefix)/", tree, store.environment).run()
        #expect(result.status == 0, "\(result.errorText)")
        #expect(tree.text("data/\(odd)") == "odd" && tree.text("data/s.tar.gz") == "no archive")
        #expect(
            tree.text("data/empty") == "" && tree.exists("data/e")
                && DirectoryNames.of(tree.base.appending("data")).count == 4
        )
        let wider = try Command(
            Command.train,
            ["fetch", "--prefix", "s3://\(bucket)/\(prefix)", tree.base.appending("wider").string],
            environment: store.environment
        ).run()
        #expect(wider.status == 0, "\(wider.errorText)")
        #expect(DirectoryNames.of(tree.base.appending("wider")).sorted() == ["ü&x", "ü&x-other"])
    }

    @Test func moreThanAPageOfObjectsComes() throws {
        let store = try #require(StoreServer.shared)
        let tree = try JobTree()
        defer { tree.remove() }
        _ = try store.order("[{\"do\":\"fill\",\"bucket\":\"bucket\",\"prefix\":\"many/n\",\"count\":1005}]")
        let result = try prefixFetch("s3://bucket/many/", tree, store.environment).run()
        #expect(result.status == 0, "\(result.errorText)")
        #expect(DirectoryNames.of(tree.base.appending("data")).count == 1_005)
        #expect(tree.text("data/n01004") == "many/n01004" && tree.text("data/n00000") == "many/n00000")
    }

    @Test(arguments: [
        ("s3://bucket/none/", "no object's key begins with it"), ("s3://no-such-bucket/x", "not found (NoSuchBucket)"),
    ])
    func whatIsNotThereIsNamed(_ source: String, _ words: String) throws {
        let store = try #require(StoreServer.shared)
        let tree = try JobTree()
        defer { tree.remove() }
        let result = try prefixFetch(source, tree, store.environment).run()
        #expect(
            result.status == 1 && result.errorText.contains("ClientError: \(source): \(words)"),
            "\(result.errorText)"
        )
        #expect(!tree.exists("data"))
    }
}
