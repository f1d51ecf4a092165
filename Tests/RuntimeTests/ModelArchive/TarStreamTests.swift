import SystemPackage
import TestSupport
import Testing

@testable import ContainerRuntime

/// The stream of an archive is the same however it is cut into blocks.
@Suite struct TarStreamTests {
    private func archive(_ tree: JobTree, blocks size: Int) throws -> [UInt8] {
        let root = try TreeRoot(tree.model)
        let walk = try TreeWalk(root, links: .keep, warnings: PackingWarnings(silent: true))
        let stream = TarStream(root, walk, modified: 0, tellsEmptyFiles: true)
        let block = UnsafeMutableRawBufferPointer.allocate(byteCount: size, alignment: 16)
        defer { block.deallocate() }
        var archive: [UInt8] = []
        var bodies = BlockBodies()
        while true {
            bodies.removeAll()
            // What is not written is seen.
            block.initializeMemory(as: UInt8.self, repeating: 0xaa)
            let count = try stream.fill(block, &bodies)
            for body in bodies.all where !body.place.isEmpty {
                let part = UnsafeMutableRawBufferPointer(rebasing: block[body.place])
                try body.file.read(part, at: body.offset, of: bodies.path(of: body), below: root)
            }
            archive += block[..<count]
            if count < size { return archive }
        }
    }

    @Test(arguments: [1, 100, 511, 512, 513, 700, 1_024, 4_000])
    func blocksOfEverySizeHoldTheSame(_ size: Int) throws {
        let tree = try JobTree()
        defer { tree.remove() }
        for bytes in [0, 1, 511, 512, 513, 1_023, 3_000] {
            try tree.write("model/\(bytes)", Samples.bytes(.text, bytes))
            try tree.write("model/\(String(repeating: "d/", count: 60))\(bytes)", Samples.bytes(.text, bytes))
        }
        try tree.shell("ln -s \(String(repeating: "t", count: 150)) ml/model/link")
        let whole = try archive(tree, blocks: 1 << 20)
        #expect(whole.count > 30_000 && whole.count.isMultiple(of: 512))
        #expect(try archive(tree, blocks: size) == whole)
        let listed = try Command("/bin/tar", ["-df", "-", "-C", tree.model.string], input: whole).run()
        // Times and owners are others; contents are not.
        let differences = listed.outputText.split(separator: "\n").filter { !$0.hasSuffix("differs") }
        #expect(differences.isEmpty && !listed.outputText.contains("Contents"), "\(listed.outputText)")
    }
}
