import SystemPackage
import TestSupport
import Testing

@testable import ContainerRuntime

#if canImport(Glibc)
import Glibc
#endif

/// What `keep` deletes: what this class saved, by its own record, and nothing else.
@Suite struct CheckpointKeepTests {
    private let tree: JobTree
    private let checkpoints: Checkpoints

    init() throws {
        tree = try JobTree()
        checkpoints = Checkpoints(directory: tree.base.appending("checkpoints"))
    }

    /// The checkpoints as another process sees them.
    private func checkpoints(_ variables: String..., host: String = "algo-1") -> Checkpoints {
        let entries = variables.compactMap { RawString($0) }
        let directory = checkpoints.directory
        let records = CheckpointRecords(directory, host: host, EnvironmentVariables(entries: entries))
        return Checkpoints(directory: directory, records)
    }

    private func save(_ names: String..., to checkpoints: Checkpoints? = nil) throws {
        for name in names {
            try (checkpoints ?? self.checkpoints).save(name) { path in
                let file = try FileDescriptor.open(path, .writeOnly, options: .create, permissions: .ownerReadWrite)
                _ = try file.closeAfter { try file.writeAll("weights".utf8) }
            }
        }
    }

    private func saveDirectory(_ name: String) throws {
        try checkpoints.save(name) { path in
            try FileSystem.makeDirectories(path)
            for file in ["state", "weights"] { try SmallFile.write(Array("x".utf8), to: path.appending(file)) }
        }
    }

    private func kept(_ count: Int, by checkpoints: Checkpoints? = nil) throws -> [String] {
        try (checkpoints ?? self.checkpoints).keep(count).compactMap(\.lastComponent?.string)
    }

    /// What a person sees in the directory.
    private func names() -> [String] {
        DirectoryListing.names(checkpoints.directory).filter { !$0.hasPrefix(".") }
    }

    private func record(_ name: String) -> String { "checkpoints/.train-save-\(name).json" }

    private func remove(_ path: String) { _ = unlink(tree.base.appending(path).string) }

    @Test func whatOthersWroteStays() throws {
        defer { tree.remove() }
        let strangers = [
            "best/weights", "config.json", "epoch-1", "events.out.tfevents.17", "last.ckpt", "step-0/weights",
        ]
        for name in strangers { try tree.write("checkpoints/\(name)", "theirs") }
        try save("epoch-2", "epoch-3", "epoch-4")
        #expect(try kept(1) == ["epoch-2", "epoch-3"])
        for name in strangers { #expect(tree.text("checkpoints/\(name)") == "theirs") }
        #expect(names().count == 7)
    }

    @Test func theOrderOfSavingDecidesAndNotTheNumber() throws {
        defer { tree.remove() }
        try save("epoch-9", "epoch-10", "b", "a", "epoch-2")
        #expect(try kept(2) == ["epoch-9", "epoch-10", "b"])
        try save("a")
        #expect(try kept(1) == ["epoch-2"])
        #expect(names() == ["a"])
    }

    @Test func whatAnotherPutInThePlaceOfAnOwnOneStays() throws {
        defer { tree.remove() }
        try save("last", "linked")
        try saveDirectory("step-1")
        try save("best")
        try tree.write("checkpoints/last", "of another library")
        try tree.write("checkpoints/step-1/notes.txt", "mine")
        remove("checkpoints/best")
        try tree.write("checkpoints/best/weights", "theirs")
        remove("checkpoints/linked")
        _ = symlink("last", tree.base.appending("checkpoints/linked").string)
        try save("epoch-1", "epoch-2")
        #expect(try kept(1) == ["epoch-1"])
        #expect(names() == ["best", "epoch-2", "last", "linked", "step-1"])
        remove("checkpoints/step-1/notes.txt")
        try tree.write("checkpoints/step-1/weights.sagemaker-uploaded", "")
        #expect(try kept(1) == ["step-1"])
    }

    @Test func theNewestWholeOneStays() throws {
        defer { tree.remove() }
        try save("epoch-1", "epoch-2")
        try saveDirectory("step-3")
        remove("checkpoints/step-3/weights")
        try save("epoch-4")
        try tree.write("checkpoints/epoch-4", "of another library")
        #expect(try kept(1) == ["epoch-1"])
        try save("epoch-5")
        #expect(try kept(1) == ["epoch-2", "step-3"], "the rest of a directory goes as well")
        #expect(names() == ["epoch-4", "epoch-5"])
    }

    @Test func theListOfADirectoryGoesLast() throws {
        defer { tree.remove() }
        try saveDirectory("step-1")
        try save("epoch-2")
        let gone = try changes(in: "checkpoints/step-1", IN_DELETE) { _ = try kept(1) }
        #expect(gone.sorted() == [".complete.json", "state", "weights"] && gone.last == ".complete.json")
    }

    /// The names in a directory that change meanwhile, in their order; nothing else is heard of.
    private func changes(in path: String, _ kinds: Int32..., during body: () throws -> Void) throws -> [String] {
        let watch = inotify_init1(Int32(IN_NONBLOCK))
        defer { close(watch) }
        let mask = kinds.reduce(0) { $0 | UInt32($1) }
        try #require(inotify_add_watch(watch, tree.base.appending(path).string, mask) >= 0)
        try body()
        var bytes = [UInt8](repeating: 0, count: 1 << 16)
        let count = read(watch, &bytes, bytes.count)
        var rest = bytes[..<max(0, count)]
        var names: [String] = []
        // Four numbers, the last of them how long the name is: inotify(7).
        while rest.count >= 16 {
            let length = Int(rest[rest.startIndex + 12])
            names.append(String(decoding: rest.dropFirst(16).prefix(length).prefix { $0 != 0 }, as: UTF8.self))
            rest = rest.dropFirst(16 + length)
        }
        return names.filter { !$0.isEmpty }
    }

    /// As after a spot interruption: the same bytes, and other times.
    @Test func aDirectoryThatCameBackIsContinued() throws {
        defer { tree.remove() }
        try save("epoch-10", "epoch-11", "epoch-2")
        try saveDirectory("step-3")
        let lost = tree.base.appending("lost").string
        _ = rename(checkpoints.directory.string, lost)
        _ = try Command("/bin/cp", ["-r", lost, checkpoints.directory.string]).run()
        try save("epoch-3")
        #expect(try kept(3) == ["epoch-10", "epoch-11"])
        #expect(try kept(1) == ["epoch-2", "step-3"])
    }

    @Test func eachHostAndEachRankKeepsItsOwn() throws {
        defer { tree.remove() }
        let writers = [
            "a": checkpoints(), "b": checkpoints("SM_CURRENT_HOST=algo-2"), "c": checkpoints("RANK=1"),
            "d": checkpoints("RANK=", "OMPI_COMM_WORLD_RANK=2", host: "algo-3"),
        ]
        for epoch in 1...3 {
            for (name, writer) in writers { try save("epoch-\(epoch)-\(name)", to: writer) }
        }
        for (name, writer) in writers { #expect(try kept(2, by: writer) == ["epoch-1-\(name)"]) }
        #expect(names().count == 8)
        // Rank 0 is what a program without ranks is, and so is a run without a job.
        #expect(try kept(1, by: checkpoints("SM_CURRENT_HOST=algo-1", "RANK=0", host: "other")) == ["epoch-2-a"])
        #expect(try kept(1, by: checkpoints("SM_CURRENT_HOST=", "RANK=no")) == [])
    }

    @Test func oneWithoutARecordStays() throws {
        defer { tree.remove() }
        try save("epoch-1", "epoch-2", "epoch-3")
        remove(record("epoch-1"))
        #expect(try kept(1) == ["epoch-2"])
        #expect(names() == ["epoch-1", "epoch-3"])
    }

    /// So that a kill at any time leaves a checkpoint that is not on record, and no record of another.
    @Test func aRecordGoesBeforeItsCheckpointIsReplacedAndComesAfter() throws {
        defer { tree.remove() }
        try save("last")
        let order = try changes(in: "checkpoints", IN_DELETE, IN_MOVED_TO) { try save("last") }
        #expect(order == [".train-save-last.json", "last", ".train-save-last.json"])
        let gone = try changes(in: "checkpoints", IN_DELETE) {
            try save("epoch-2")
            _ = try kept(1)
        }
        #expect(gone == ["last", ".train-save-last.json"])
    }

    @Test func aRecordThatIsNoFileCountsForNothing() throws {
        defer { tree.remove() }
        try save("a", "b", "c", "d")
        let places = ["a", "b", "c"].map { tree.base.appending(record($0)).string }
        _ = rename(places[0], tree.base.appending("record").string)
        _ = symlink("../record", places[0])
        remove(record("b"))
        try tree.makeDirectory(record("b"))
        remove(record("c"))
        mkfifo(places[2], 0o600)
        #expect(try kept(1) == [])
        try save("a")
        #expect(tree.text("record")?.contains(#""order":1,"#) == true, "not written through the link")
        try tree.write(record("b") + "/theirs", "x")
        let failure = #expect(throws: Failure.self) { try save("b") }
        #expect(failure?.code == .checkpointUnwritable && failure?.subject == places[1])
        #expect(tree.exists(record("b") + "/theirs") && tree.text("checkpoints/b") == "weights")
    }

    @Test func aHostileRecordLeadsNowhere() throws {
        defer { tree.remove() }
        try tree.write("outside", "theirs!")
        for name in ["deep/er", ".hidden"] { try tree.write("checkpoints/\(name)", "theirs!") }
        try save("epoch-1", "epoch-2")
        let size = tree.text(record("epoch-2"))?.utf8.count ?? 0
        try tree.write("checkpoints/epoch-2.sagemaker-ignore", "theirs!")
        // Names with a slash cannot be in the name of a file; these are what is left.
        for name in [
            "", ".", "..", ".hidden", "deep", ".train-save-..json", "epoch-2.sagemaker-ignore", "gone", "\u{301}",
            "\u{600}",
        ] { try tree.write(record(name), #"{"host":"algo-1","order":0,"rank":0,"size":7}"#) }
        try tree.write(record(".train-save-epoch-2.json"), #"{"host":"algo-1","order":0,"rank":0,"size":\#(size)}"#)
        #expect(try kept(1) == ["epoch-1"])
        for path in ["outside", "checkpoints/deep/er", "checkpoints/.hidden", "checkpoints/epoch-2.sagemaker-ignore"] {
            #expect(tree.text(path) == "theirs!", "\(path)")
        }
        #expect(tree.exists(record("epoch-2")) && tree.exists("checkpoints/epoch-2"))
        #expect(!tree.exists(record("gone")), "the record of one that is gone goes too")
    }

    @Test(arguments: ["", "[]", "1", String(repeating: "[", count: 100_000), #"{"weights":"x"}"#, #"{"../outside":7}"#])
    func aHostileListSavesItsDirectory(_ list: String) throws {
        defer { tree.remove() }
        try saveDirectory("step-1")
        try save("epoch-2")
        try tree.write("checkpoints/step-1/.complete.json", list)
        #expect(try kept(1) == [])
    }

    @Test func nothingGoesWhileItOrItsRecordIsOnItsWay() throws {
        defer { tree.remove() }
        try save("epoch-1", "epoch-2")
        try tree.write(record("epoch-1") + ".sagemaker-uploading", "")
        #expect(try kept(1) == [])
        remove(record("epoch-1") + ".sagemaker-uploading")
        #expect(try kept(1) == ["epoch-1"])
    }

    @Test func aRecordIsNoCheckpointAndGoesWithItsOwn() throws {
        defer { tree.remove() }
        try save("1", "epoch-2")
        let all = [".train-save-1.json", ".train-save-epoch-2.json", "1", "epoch-2"]
        #expect(DirectoryListing.names(checkpoints.directory) == all)
        #expect(checkpoints.all().compactMap(\.lastComponent?.string) == ["1", "epoch-2"])
        #expect(try kept(1) == ["1"])
        remove("checkpoints/epoch-2")
        #expect(checkpoints.newest() == nil)
        #expect(DirectoryListing.names(checkpoints.directory) == [".train-save-epoch-2.json"])
    }

    @Test func aSaveWithoutARecordIsASave() throws {
        defer { tree.remove() }
        // The longest name that save itself can write: the temporary file of a record has a longer one.
        let name = String(repeating: "n", count: 255 - ".sagemaker-ignore".count)
        try save(name)
        #expect(names() == [name])
    }

    @Test(arguments: [0, -1, .min]) func lessThanOneIsAnError(_ count: Int) throws {
        defer { tree.remove() }
        try save("epoch-1")
        let failure = #expect(throws: Failure.self) { try checkpoints.keep(count) }
        #expect(failure?.code == .checkpointCountUnusable && failure?.failureClass == .executeUserScript)
        #expect(failure?.description == "at least one checkpoint is kept, not \(count)")
        #expect(names() == ["epoch-1"])
    }
}
