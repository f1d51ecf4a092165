import SystemPackage
import TestSupport
import Testing

@testable import ContainerRuntime

#if canImport(Glibc)
import Glibc
#endif

/// Records and augmented manifests, from the feeder to both readers.
@Suite(.timeLimit(.minutes(60))) struct RecordFeedTests {
    /// Lengths around the padding, and around what the feeder and the reader hold.
    private static let lengths = [0, 1, 2, 3, 4, 65_535, 262_136, 262_137, 262_144, 1_000_001]

    private func fillLengths(_ tree: JobTree) throws {
        for (index, length) in Self.lengths.enumerated() {
            try tree.write("source/\(index)", FedChannel.noise(length))
        }
    }

    @Test func eachFileIsARecord() throws {
        let fed = try FedChannel(records: true, fill: fillLengths)
        defer { fed.remove() }
        for epoch in 0..<2 { #expect(try fed.records(epoch) == Self.lengths.map { FedChannel.noise($0) }) }
        let stream = try fed.bytes(2)
        #expect(stream == (try Self.lengths.flatMap { try RecordIO.frame(FedChannel.noise($0)) }))
        #expect(fed.feeder.errorText.isEmpty)
    }

    // Needs Python.
    @Test(.enabled(if: Python.isThere, "python3 is not installed"))
    func thePythonPackageReadsTheSameRecords() throws {
        let fed = try FedChannel(records: true, fill: fillLengths)
        defer { fed.remove() }
        let program = """
            import hashlib
            for record in channel.records():
                print(hashlib.sha256(record).hexdigest())
            """
        let hashes = try fed.python(program).split(separator: "\n").map(String.init)
        #expect(hashes == Self.lengths.map { FedChannel.hash(FedChannel.noise($0)) })
    }

    @Test func recordsInFilesAreWrappedOnceMoreWithAWarning() throws {
        let inner = try RecordIO.frame([1, 2, 3])
        let fed = try FedChannel(records: true) { try $0.write("source/a", inner) }
        defer { fed.remove() }
        #expect(try fed.records(0) == [inner])
        let words = "source/a is RecordIO already"
        #expect(fed.feeder.wait { $0.errorText.contains(words) }, "\(fed.feeder.errorText)")
    }

    @Test(arguments: [(2_000_000, 2_000_000), (4_000_000, 3_000_001)])
    func aRecordWhoseFileChangesMeanwhileIsAnError(_ size: Int, _ found: Int) throws {
        let fed = try FedChannel(records: true) { try $0.write("source/a", FedChannel.noise(3_000_000)) }
        defer { fed.remove() }
        var stream = try fed.channel.open(0)
        // The feeder has at most 1 MiB in the pipe and 256 KiB in hand by then.
        _ = try stream.nextChunk()
        #expect(truncate(fed.tree.base.appending("source/a").string, size) == 0)
        while try stream.nextChunk() != nil {}
        let result = fed.feeder.wait()
        let says = "source/a: changed while it was fed, 3000000 bytes expected, \(found) found"
        #expect(result.status == 1 && result.errorText.contains(says), "\(result.errorText)")
        #expect(fed.fifos == [])
    }

    @Test func aFileThatIsTooLongForARecordIsAnError() throws {
        let fed = try FedChannel(records: true) { tree in
            try tree.write("source/a", "")
            try #require(truncate(tree.base.appending("source/a").string, 1 << 29) == 0)
        }
        defer { fed.remove() }
        #expect(try fed.records(0) == [])
        let result = fed.feeder.wait()
        #expect(result.status == 1 && result.errorText.contains("536870912 bytes are too long"), "\(result.errorText)")
    }

    private let lines = """
        {"label": 3, "source-ref": "images/cat 1.png", "box-metadata": {"b": [1.50, "ü"], "a": null}, "more": 1}

        {"source-ref": "images/dog.png", "label": "four\\n", "box-metadata": true}
        """

    private func fill(_ tree: JobTree, _ lines: String) throws {
        try tree.write("source/list.manifest", lines)
        try tree.write("source/images/cat 1.png", FedChannel.noise(100_000))
        try tree.write("source/images/dog.png", "dog")
    }

    private static let attributes = ["source-ref", "label"]

    @Test func anAugmentedManifestGivesItsAttributesInTheOrderAskedFor() throws {
        let attributes = Self.attributes + ["box-metadata"]
        let fed = try FedChannel(records: true, attributes: attributes, source: "source/list.manifest") {
            try fill($0, lines)
        }
        defer { fed.remove() }
        var stream = try fed.channel.open(0)
        let names = ["source-ref", "label", "box-metadata"]
        let first = try stream.nextSample(names)
        #expect(first?["source-ref"] == FedChannel.noise(100_000) && first?["label"] == Array("3".utf8))
        #expect(first?["box-metadata"] == Array(#"{"a":null,"b":[1.5,"\u00fc"]}"#.utf8))
        let second = try stream.nextSample(names)
        #expect(
            second == [
                "source-ref": Array("dog".utf8), "label": Array("four\n".utf8), "box-metadata": Array("true".utf8),
            ]
        )
        #expect(try stream.nextSample(names) == nil)
        if Python.isThere {
            let program = "print([s['label'] for s in channel.samples(['source-ref', 'label', 'box-metadata'], 1)])"
            #expect(try fed.python(program) == "[b'3', b'four\\n']\n")
        }
    }

    @Test func withoutRecordsTheAttributesFollowEachOther() throws {
        let fed = try FedChannel(attributes: Self.attributes, source: "source/list.manifest") { try fill($0, lines) }
        defer { fed.remove() }
        for epoch in 0..<2 {
            #expect(try fed.bytes(epoch) == FedChannel.noise(100_000) + Array("3dogfour\n".utf8))
        }
    }

    @Test(arguments: [
        ("", "list.manifest: there is no file in it"),
        (
            #"{"source-ref": "s3://bucket/a.png", "label": 1}"#,
            #"line 1: "source-ref" is s3://bucket/a.png, which is not on"#
        ),
        ("\n" + #"{"source-ref": "images/dog.png"}"#, #"line 2: no attribute "label"; it has source-ref"#),
        (#"{"source-ref": 4, "label": 1}"#, #"line 1: "source-ref" must be the path of a file, found a number"#),
        ("[1]", "line 1: an object is expected, found a list"),
        (#"{"label": 1,}"#, "line 1: column 13: a key in double quotation marks is expected"),
    ])
    func aLineThatCannotBeUsedIsToldBeforeAnythingIsMade(_ lines: String, _ says: String) throws {
        let tree = try JobTree()
        defer { tree.remove() }
        try fill(tree, lines)
        let result = try FedChannel.feed(tree, "source/list.manifest", attributes: Self.attributes).run()
        #expect(result.status == 1 && result.errorText.contains(says), "\(result.errorText)")
        #expect(result.errorText.utf8.filter { $0 == 0x0a }.count == 1 && !tree.exists("input"))
    }
}
