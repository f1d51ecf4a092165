import SystemPackage
import TestSupport
import Testing

@testable import ContainerRuntime

#if canImport(Glibc)
import Glibc
#endif

/// A11, A12, A13: what happens to a file between being listed and being read.
@Suite struct TreeReadingTests {
    static let size = 10_000
    private typealias Listed = (root: TreeRoot, path: [UInt8], file: TreeFile)

    /// Lists a tree of one file, and gives the file as it was listed.
    private func listed(_ tree: JobTree) throws -> Listed {
        try tree.write("model/weights", Samples.bytes(.weights, Self.size))
        let root = try TreeRoot(tree.model)
        let walk = try TreeWalk(root, links: .follow, warnings: PackingWarnings(silent: true))
        let entry = try #require(try walk.next())
        guard case .file(let identity) = entry.kind else { throw Errno.invalidArgument }
        return (root, walk.path, TreeFile(identity, throughLink: entry.throughLink))
    }

    private func read(_ listed: Listed, _ range: Range<Int>) throws {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: range.count, alignment: 16)
        defer { buffer.deallocate() }
        try listed.file.read(buffer, at: range.lowerBound, of: listed.path[...], below: listed.root)
    }

    private func expectFailure(_ expected: Failure.Code, _ change: (JobTree) throws -> Void) throws {
        for inTheMiddle in [false, true] {
            let tree = try JobTree()
            defer { tree.remove() }
            var file = try listed(tree)
            if inTheMiddle {
                file.file = file.file.inParts()
                try read(file, 0..<100)
            }
            try change(tree)
            let failure = #expect(throws: Failure.self) {
                try read(file, inTheMiddle ? 100..<Self.size : 0..<Self.size)
            }
            #expect(failure?.code == expected)
            #expect(failure?.subject == tree.model.appending("weights").string)
        }
    }

    @Test func anUnchangedFileIsReadInParts() throws {
        let tree = try JobTree()
        defer { tree.remove() }
        var file = try listed(tree)
        file.file = file.file.inParts()
        // In any order, as threads come to it.
        for range in [5_000..<Self.size, 0..<1, 1..<5_000] { try read(file, range) }
    }

    @Test func aFileThatShrinksFails() throws {
        try expectFailure(.packingChanged(expected: Self.size, found: 4_000)) {
            try $0.write("model/weights", Samples.bytes(.weights, 4_000))
        }
    }

    @Test func aFileThatGrowsFails() throws {
        try expectFailure(.packingChanged(expected: Self.size, found: Self.size + 1)) {
            try $0.write("model/weights", Samples.bytes(.weights, Self.size + 1))
        }
    }

    @Test func aFileThatIsWrittenInPlaceFails() throws {
        try expectFailure(.packingReplaced) {
            // The clock of a file system ticks every few milliseconds.
            let moment = WallTime.ofFiles
            while WallTime.ofFiles <= moment { usleep(1_000) }
            try $0.write("model/weights", Samples.bytes(.text, Self.size))
        }
    }

    @Test func aFileThatVanishesFails() throws {
        let tree = try JobTree()
        defer { tree.remove() }
        let file = try listed(tree)
        try tree.shell("rm ml/model/weights")
        let failure = #expect(throws: Failure.self) { try read(file, 0..<Self.size) }
        #expect(failure?.code == .packingUnreadable)
        #expect(failure?.underlying == .noSuchFileOrDirectory)
    }

    @Test(arguments: ["ln -s /etc/passwd", "mkfifo", "mkdir", "cp other"])
    func aFileThatIsReplacedFails(_ command: String) throws {
        let tree = try JobTree()
        defer { tree.remove() }
        let file = try listed(tree)
        try tree.write("model/other", Samples.bytes(.weights, Self.size))
        try tree.shell("cd ml/model && mv weights old && \(command) weights")
        #expect(throws: Failure.self) { try read(file, 0..<Self.size) }
    }
}
