import ContainerRuntime
import SystemPackage
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(60))) struct RoundTripTests {
    /// A03: sizes around every border of tar's blocks, deflate's stored blocks and our own.
    static let sizes = [
        0, 1, 511, 512, 513, 32_767, 32_768, 32_769, 65_535, 65_536, 1_048_575 - 512, 1_048_576 - 512, 1_048_577 - 512,
        1_048_576, 2_500_000,
    ]

    @Test(arguments: PackingOptions.Level.allCases)
    func everySizeIsReadBackByStrangers(_ level: PackingOptions.Level) throws {
        let tree = try JobTree()
        defer { tree.remove() }
        for (index, size) in Self.sizes.enumerated() {
            try tree.write("model/size-\(size)", Samples.bytes(Samples.Kind.allCases[index % 5], size))
        }
        let result = try tree.pack(["--level", level.rawValue])
        #expect(result.status == 0, "\(result.errorText)")
        for reader in ArchiveReader.allCases {
            let extracted = try reader.extract(tree.archive, tree)
            #expect(try tree.differences(tree.model, extracted) == "")
        }
        try tree.shell("gzip -t model.tar.gz && pigz -t model.tar.gz")
    }

    @Test func theBytesDoNotDependOnTheNumberOfThreads() throws {
        let tree = try JobTree()
        defer { tree.remove() }
        for kind in Samples.Kind.allCases { try tree.write("model/\(kind)", Samples.bytes(kind, 300_000)) }
        var digests: Set<String?> = []
        for threads in [1, 2, 7, 64] {
            let options = PackingOptions(threads: threads, digest: true)
            digests.insert(try ModelArchive.pack(directory: tree.model, to: tree.archive, options: options).digest)
        }
        #expect(digests.count == 1)
        #expect(try tree.shell("sha256sum < model.tar.gz").prefix(64) == digests.first??.prefix(64) ?? "")
    }
}
