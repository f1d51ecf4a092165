import SystemPackage
import TestSupport
import Testing

@testable import ContainerRuntime

/// A25: our reader finds every damage.
@Suite(.timeLimit(.minutes(60))) struct VerifyTests {
    private func packed(_ level: PackingOptions.Level = .fast) throws -> JobTree {
        let tree = try JobTree()
        for kind in Samples.Kind.allCases { try tree.write("model/\(kind)", Samples.bytes(kind, 5_000)) }
        try tree.write("model/\(String(repeating: "n", count: 200))", "long name")
        try ModelArchive.pack(
            directory: tree.model,
            to: tree.archive,
            options: PackingOptions(level: level, manifest: tree.scratch.appending("manifest"))
        )
        return tree
    }

    @Test(arguments: PackingOptions.Level.allCases)
    func aWholeArchiveIsWhole(_ level: PackingOptions.Level) throws {
        let tree = try packed(level)
        defer { tree.remove() }
        let summary = try ModelArchive.verify(tree.archive, manifest: tree.scratch.appending("manifest"))
        #expect(summary.files == 6)
        #expect(summary.bytesIn == 25_009)
    }

    @Test(arguments: [PackingOptions.Level.fast, .store])
    func everyFlippedBitIsFound(_ level: PackingOptions.Level) throws {
        let tree = try packed(level)
        defer { tree.remove() }
        let bytes = try Command("/bin/cat", [tree.archive.string]).run().output
        var random: UInt64 = 4_101_842_887_655_102_017
        let edges = Array(0..<80) + (1...80).map { bytes.count * 8 - $0 }
        for round in 0..<500 {
            random ^= random >> 21
            random ^= random << 35
            random ^= random >> 4
            let bit = round < edges.count ? edges[round] : Int(random % UInt64(bytes.count * 8))
            var damaged = bytes
            damaged[bit / 8] ^= 1 << UInt8(bit % 8)
            try tree.write("damaged.tar.gz", damaged)
            let failure = #expect(throws: Failure.self, "bit \(bit) of \(bytes.count * 8)") {
                try ModelArchive.verify(tree.base.appending("damaged.tar.gz"))
            }
            #expect(failure?.code.name == "archiveDamaged", "\(String(describing: failure))")
        }
    }

    /// Sizes that no file has, in headers that are whole: base 256 takes any number.
    @Test(arguments: [[-1], [.min, .min], [.max - 511, .max - 511]])
    func aSizeThatNoFileHasIsDamage(_ sizes: [Int]) throws {
        let tree = try JobTree()
        defer { tree.remove() }
        var bytes: [UInt8] = []
        for (index, size) in sizes.enumerated() {
            TarHeader.append(.init(name: Array("f\(index)".utf8), kind: .file, size: size), to: &bytes)
        }
        try tree.write("hostile.tar", bytes + [UInt8](repeating: 0, count: 1024))
        let failure = #expect(throws: Failure.self) { try ModelArchive.verify(tree.base.appending("hostile.tar")) }
        #expect(failure?.code.name == "archiveDamaged", "\(String(describing: failure))")
    }

    @Test func everyCutIsFound() throws {
        let tree = try packed()
        defer { tree.remove() }
        let bytes = try Command("/bin/cat", [tree.archive.string]).run().output
        for count in Array(0..<30) + stride(from: 30, to: bytes.count, by: 211) + ((bytes.count - 12)..<bytes.count) {
            try tree.write("cut.tar.gz", Array(bytes.prefix(count)))
            #expect(throws: Failure.self, "\(count)") { try ModelArchive.verify(tree.base.appending("cut.tar.gz")) }
        }
        try tree.write("longer.tar.gz", bytes + [0])
        #expect(throws: Failure.self) { try ModelArchive.verify(tree.base.appending("longer.tar.gz")) }
    }

    @Test func aManifestIsComparedFileByFile() throws {
        let tree = try packed()
        defer { tree.remove() }
        try tree.shell("cd ml/model && sha256sum -c --quiet ../../manifest")
        for (change, file) in [
            ("sed -i 's/^[0-9a-f]/0/; s/^0\\(.*text\\)/1\\1/' manifest", nil as String?),
            ("sed -i /weights/d manifest", "weights"),
            ("echo $(printf %064d 0)'  more' >> manifest", "more"),
        ] {
            try tree.shell("cp manifest kept; \(change)")
            let failure = #expect(throws: Failure.self) {
                try ModelArchive.verify(tree.archive, manifest: tree.scratch.appending("manifest"))
            }
            if let file { #expect(failure?.code == .manifestDiffers(file: file)) }
            try tree.shell("mv kept manifest")
        }
        try tree.shell("echo nonsense >> manifest")
        let failure = #expect(throws: Failure.self) {
            try ModelArchive.verify(tree.archive, manifest: tree.scratch.appending("manifest"))
        }
        #expect(failure?.code == .manifestMalformed(line: 7))
    }

    @Test func difficultNamesAreInTheManifest() throws {
        let tree = try JobTree()
        defer { tree.remove() }
        for name in ["back\\slash", "new\nline", " blank ", "empty"] {
            try tree.write("model/\(name)", name == "empty" ? "" : name)
        }
        let manifest = tree.scratch.appending("manifest")
        try ModelArchive.pack(directory: tree.model, to: tree.archive, options: PackingOptions(manifest: manifest))
        try tree.shell("cd ml/model && sha256sum -c --quiet ../../manifest && [ $(wc -l < ../../manifest) = 4 ]")
        try ModelArchive.verify(tree.archive, manifest: manifest)
    }
}
