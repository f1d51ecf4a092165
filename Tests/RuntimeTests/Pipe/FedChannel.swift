import SystemPackage
import TestSupport
import Testing

@testable import ContainerRuntime

#if canImport(Glibc)
import Glibc
#endif

/// A channel "training" that the built `train` feeds from what is in `source`.
struct FedChannel {
    let tree: JobTree
    let feeder: RunningCommand

    /// What is fed, relative to the tree.
    static let source = "source"

    /// Fills `source`, and starts a feeder.
    init(
        records: Bool = false,
        attributes: [String] = [],
        source: String = FedChannel.source,
        fill: (JobTree) throws -> Void
    ) throws {
        tree = try JobTree()
        try tree.makeDirectory(Self.source)
        try fill(tree)
        feeder = try Self.feed(tree, source, records: records, attributes: attributes).start()
    }

    /// The command, which nobody has started.
    static func feed(
        _ tree: JobTree,
        _ source: String,
        records: Bool = false,
        attributes: [String] = []
    ) -> Command {
        let feed = LocalFeed(wrapsRecords: records, attributes: attributes)
        let channel = tree.base.appending("input/data/training")
        let request = HelperRequest(.feed(feed.feeder(of: tree.base.appending(source), to: channel)))
        return tree.train(request.arguments.map(\.description))
    }

    /// The library's reader.
    var channel: PipeChannel {
        PipeChannel("training", directory: tree.base.appending("input/data"), patience: .seconds(150))
    }

    /// All bytes of an epoch, by the library's reader.
    func bytes(_ epoch: Int) throws -> [UInt8] {
        var stream = try channel.open(epoch)
        var bytes: [UInt8] = []
        while let chunk = try stream.nextChunk() { bytes += chunk }
        return bytes
    }

    /// All records of an epoch, by the library's reader.
    func records(_ epoch: Int) throws -> [[UInt8]] {
        var stream = try channel.open(epoch)
        var records: [[UInt8]] = []
        while let record = try stream.nextRecord() { records.append(record) }
        return records
    }

    /// What a program of Python prints that has the channel as `channel`.
    func python(_ program: String) throws -> String {
        var root = FilePath(#filePath)
        for _ in 0..<4 { root.removeLastComponent() }
        let head = """
            import sys
            sys.path.insert(0, sys.argv[1])
            from container_runtime.pipe import PipeChannel
            channel = PipeChannel("training", sys.argv[2], timeout=150)

            """
        let words = ["-c", head + program, root.appending("Python").string, tree.base.appending("input/data").string]
        let result = try Command(Python.path, words).run()
        try #require(result.status == 0, "\(result.errorText)")
        return result.outputText
    }

    /// The names in input/data.
    var fifos: [String] { DirectoryListing.names(tree.base.appending("input/data")) }

    /// Stops the feeder as a local run does, and gives its status.
    func stop() -> Int32 {
        feeder.send(SIGTERM)
        return feeder.wait().status
    }

    /// Ends the feeder and removes the tree.
    func remove() {
        feeder.send(SIGKILL)
        _ = feeder.wait()
        tree.remove()
    }

    /// Bytes that no two places have in common.
    static func noise(_ count: Int) -> [UInt8] {
        var state: UInt64 = 88_172_645_463_325_252
        return (0..<count).map { _ in
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return UInt8(truncatingIfNeeded: state)
        }
    }

    /// The SHA-256 of bytes, in hexadecimal digits.
    static func hash(_ bytes: [UInt8]) -> String {
        var hash = SHA256()
        bytes.withUnsafeBytes { hash.add($0) }
        return hash.text()
    }
}
