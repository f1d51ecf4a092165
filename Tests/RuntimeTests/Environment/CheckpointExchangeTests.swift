import SystemPackage
import TestSupport
import Testing

@testable import ContainerRuntime

#if canImport(Glibc)
import Glibc
#endif

/// Checkpoints that Swift and Python save in turn: one record, one order, one rule.
@Suite(.enabled(if: Python.isThere, "python3 is not installed"))
struct CheckpointExchangeTests {
    private let tree: JobTree
    private let checkpoints: Checkpoints

    init() throws {
        tree = try JobTree()
        checkpoints = Checkpoints(directory: tree.base.appending("checkpoints"))
    }

    /// Does something with the package's checkpoints of a directory, and returns the names that it prints.
    private func python(_ statements: String, in directory: FilePath? = nil) throws -> [String] {
        var root = FilePath(#filePath)
        for _ in 0..<4 { root.removeLastComponent() }
        let program = """
            import os, sys
            sys.path.insert(0, sys.argv[1])
            from container_runtime.checkpoints import Checkpoints
            checkpoints = Checkpoints(sys.argv[2])
            def save(name):
                with checkpoints.save(name) as path, open(path, "w") as file: file.write("weights")
            def save_directory(name):
                with checkpoints.save(name) as path:
                    os.mkdir(path)
                    with open(path + "/weights", "w") as file: file.write("weights")
            def keep(count): print("\\n".join(map(os.path.basename, checkpoints.keep(count))))
            \(statements)
            """
        let words = ["-c", program, root.appending("Python").string, (directory ?? checkpoints.directory).string]
        let done = try Command(Python.path, words).run()
        try #require(done.status == 0, "\(done.errorText)")
        return done.outputText.split(separator: "\n").map(String.init)
    }

    private func save(_ name: String) throws {
        try checkpoints.save(name) { try SmallFile.write(Array("weights".utf8), to: $0) }
    }

    private func kept(_ count: Int) throws -> [String] {
        try checkpoints.keep(count).compactMap(\.lastComponent?.string)
    }

    @Test func eachContinuesTheOthersDirectory() throws {
        defer { tree.remove() }
        #expect(try python("save('epoch-9'); save_directory('step-1')") == [])
        try save("epoch-2")
        try checkpoints.save("step-3") { path in
            try FileSystem.makeDirectories(path)
            try SmallFile.write(Array("weights".utf8), to: path.appending("wéights"))
        }
        #expect(try python("save('épôque-1')") == [])
        let records = [("epoch-9", 1, "7"), ("step-1", 2, "null"), ("epoch-2", 3, "7"), ("épôque-1", 5, "7")]
        for (name, order, size) in records {
            let text = tree.text("checkpoints/.train-save-\(name).json")
            #expect(text == #"{"host":"algo-1","order":\#(order),"rank":0,"size":\#(size)}"#)
        }
        #expect(try kept(4) == ["epoch-9"])
        #expect(try python("keep(3)") == ["step-1"])
        #expect(try python("keep(1)") == ["epoch-2", "step-3"])
        try save("epoch-1")
        #expect(try kept(1) == ["épôque-1"])
    }

    private static let own = #"{"host":"algo-1","order":1,"rank":0,"size":7}"#

    /// Records that say nothing, or of another host or rank.
    private static let damaged: [[UInt8]] = {
        let changes = [
            (#""algo-1""#, ["1", "null", #""algo-2""#, #""algo-1\u0000""#]),
            (
                #""order":1"#,
                [#""order":"1""#, #""order":-1"#, #""order":1.0"#, #""order":9007199254740992"#, #""order":true"#]
            ),
            (#""rank":0"#, [#""rank":1"#, #""rank":false"#, #""rank":0.0"#, #""rank":null"#, #""rank":-1"#]),
            (":7", [#":"7""#, ":7.0", ":-7", ":null", ":8", ":1e400", ":[]"]),
        ]
        var texts = changes.flatMap { old, new in new.map { own.replacingOnce(old, with: $0) } }
        texts += [#""host":"algo-1","#, #""order":1,"#, #""rank":0,"#, #","size":7"#].map {
            own.replacingOnce($0, with: "")
        }
        texts += [
            "", "{", "[]", "null", "1", String(own.dropLast()), own + "x", own + String(repeating: " ", count: 4_096),
        ]
        texts += [String(repeating: "\0", count: 80), String(repeating: "[", count: 4_000)]
        return texts.map { Array($0.utf8) } + [[0xff] + Array(own.utf8), own.utf16.flatMap { [UInt8($0), 0] }]
    }()

    @Test func bothReadTheSameRecords() throws {
        defer { tree.remove() }
        let good = [Self.own, " \n\(Self.own)\n", #"{"size":7,"more":{},"rank":0,"order":1,"host":"algo-1"}"#]
        for (place, bytes) in (Self.damaged + good.map { Array($0.utf8) }).enumerated() {
            let name = place < Self.damaged.count ? "damaged-\(place)" : "good-\(place - Self.damaged.count)"
            try tree.write("checkpoints/\(name)", "weights")
            try tree.write("checkpoints/.train-save-\(name).json", bytes)
        }
        try save("epoch-1")
        let copy = tree.base.appending("copy")
        _ = try Command("/bin/cp", ["-r", checkpoints.directory.string, copy.string]).run()
        let all = ["good-0", "good-1", "good-2"]
        #expect(try kept(1) == all)
        #expect(try python("keep(1)", in: copy) == all)
    }
}

extension String {
    fileprivate func replacingOnce(_ old: String, with new: String) -> String {
        guard let range = firstRange(of: old) else { return self }
        return self[..<range.lowerBound] + new + self[range.upperBound...]
    }
}
