import SystemPackage
import TestSupport
import Testing

@testable import ContainerRuntime

#if canImport(Glibc)
import Glibc
#endif

/// Checkpoints: whole or not at all, found by the same rules as the Python package's.
@Suite struct CheckpointsTests {
    private struct Problem: Error {}

    private func withTree(_ body: (JobTree, Checkpoints) throws -> Void) throws {
        let tree = try JobTree()
        defer { tree.remove() }
        try body(tree, Checkpoints(directory: tree.base.appending("checkpoints")))
    }

    private func write(_ text: String, to path: FilePath) throws {
        try SmallFile.write(Array(text.utf8), to: path)
    }

    private func names(_ tree: JobTree) -> [String] {
        DirectoryListing.names(tree.base.appending("checkpoints")).filter { !$0.hasPrefix(".train-save-") }
    }

    @Test func nothingHasItsNameBeforeItIsWhole() throws {
        try withTree { tree, checkpoints in
            #expect(checkpoints.newest() == nil)
            let saved = try checkpoints.save("epoch-1.bin") { path in
                try write("half", to: path)
                #expect(names(tree) == ["epoch-1.bin.sagemaker-ignore"])
                #expect(checkpoints.newest() == nil)
            }
            #expect(names(tree) == ["epoch-1.bin"])
            #expect(checkpoints.newest() == saved)
        }
    }

    @Test func aSaveThatFailsLeavesWhatWasThere() throws {
        try withTree { tree, checkpoints in
            try checkpoints.save("last") { try write("old", to: $0) }
            #expect(throws: Problem.self) {
                try checkpoints.save("last") { path in
                    try write("new", to: path)
                    throw Problem()
                }
            }
            #expect(names(tree) == ["last"] && tree.text("checkpoints/last") == "old")
            let failure = #expect(throws: Failure.self) { try checkpoints.save("empty") { _ in } }
            #expect(failure?.code == .checkpointMissing)
        }
    }

    @Test(arguments: ["", ".", "..", "../x", "a/b", "/x", "x.sagemaker-ignore", "x.sagemaker-uploaded", "a\0b"])
    func namesThatLeaveTheDirectoryOrAreThePlatformsAreRefused(_ name: String) throws {
        try withTree { tree, checkpoints in
            let failure = #expect(throws: Failure.self) { try checkpoints.save(name) { _ in } }
            #expect(failure?.code == .checkpointNameUnusable)
            #expect(!tree.exists("checkpoints"))
        }
    }

    @Test func aDirectoryIsCompleteWhenAllOfItsListIsThereAndMayReplaceAnother() throws {
        try withTree { tree, checkpoints in
            for text in ["one", "twoo"] {
                try checkpoints.save("step-5") { path in
                    try FileSystem.makeDirectories(path.appending("deep"))
                    try write(text, to: path.appending("deep/weights"))
                }
            }
            #expect(tree.text("checkpoints/step-5/deep/weights") == "twoo")
            #expect(tree.text("checkpoints/step-5/.complete.json") == #"{"deep/weights":4}"#)
            #expect(checkpoints.newest()?.lastComponent?.string == "step-5")
            try tree.write("checkpoints/step-5/deep/weights", "two")
            #expect(checkpoints.newest() == nil)
        }
    }

    @Test func theOldestGoButForThoseOnTheirWay() throws {
        try withTree { tree, checkpoints in
            for number in 0..<5 { try checkpoints.save("epoch-\(number)") { try write("x", to: $0) } }
            try tree.write("checkpoints/epoch-0.sagemaker-uploading", "")
            #expect(try checkpoints.keep(2).compactMap(\.lastComponent?.string) == ["epoch-1", "epoch-2"])
            #expect(names(tree) == ["epoch-0", "epoch-0.sagemaker-uploading", "epoch-3", "epoch-4"])
            try tree.write("checkpoints/step-1/weights.sagemaker-uploading", "")
            #expect(Checkpoints.isUploading(checkpoints.directory.appending("step-1")))
        }
    }

    /// A directory with everything in it that the rules tell apart.
    private func fill(_ tree: JobTree) throws {
        for name in [
            "model-v2-epoch-9.pt", "model-v2-epoch-100.pt", "model-v2-epoch-10.pt", "007", "7.5", "a", "b", "..9",
            "x.1.2",
            "99999999999999999999999999", "empty/.complete.json", "other/model.bin", "unfinished/x.sagemaker-ignore",
            "epoch-50.sagemaker-uploaded", "epoch-51.sagemaker-ignore", ".hidden-90", "half/weights",
            "whole-3/deep/weights",
            "broken-80/.complete.json", "list-81/.complete.json", "éclair-4", "zero-0",
        ] { try tree.write("checkpoints/\(name)", "12345") }
        try tree.write("checkpoints/epoch-60", "")
        try tree.write("checkpoints/half/.complete.json", #"{"weights": 6}"#)
        try tree.write("checkpoints/empty/.complete.json", "{}")
        try tree.write("checkpoints/whole-3/.complete.json", #"{"deep/weights": 5}"#)
        try tree.write("checkpoints/list-81/.complete.json", "[]")
        try tree.makeDirectory("checkpoints/nothing-70")
        _ = symlink("nowhere", tree.base.appending("checkpoints/dangling-98").string)
        _ = symlink("a", tree.base.appending("checkpoints/link-97").string)
        for (name, time) in [("b", 100), ("a", 200), ("other", 50)] {
            let path = tree.base.appending("checkpoints/\(name)").string
            _ = try Command("/usr/bin/touch", ["-d", "@\(time)", path]).run()
        }
    }

    // Needs Python.
    @Test(.enabled(if: Python.isThere, "python3 is not installed"))
    func thePythonPackageSeesTheSameOnes() throws {
        try withTree { tree, checkpoints in
            try fill(tree)
            var root = FilePath(#filePath)
            for _ in 0..<4 { root.removeLastComponent() }
            let program = """
                import sys
                sys.path.insert(0, sys.argv[1])
                from container_runtime.checkpoints import Checkpoints
                print("\\n".join(path.rsplit("/", 1)[1] for path in Checkpoints(sys.argv[2]).all()))
                """
            let words = ["-c", program, root.appending("Python").string, checkpoints.directory.string]
            let told = try Command(Python.path, words).run()
            try #require(told.status == 0, "\(told.errorText)")
            let own = checkpoints.all().compactMap(\.lastComponent?.string)
            #expect(own == told.outputText.split(separator: "\n").map(String.init))
            #expect(own.count > 10 && checkpoints.newest()?.lastComponent?.string == own.last)
        }
    }

    /// A list of 60 MB, as anybody may have written it, and a directory that ends nowhere.
    @Test func theNewestIsLookedForOnceAndInAProcessOfItsOwn() throws {
        let job = try PromiseJob(.subreaper, "echo ${SM_LATEST_CHECKPOINT-none}")
        defer { job.tree.remove() }
        try job.tree.write("checkpoints/epoch-2.bin", "x")
        try job.tree.write("checkpoints/epoch-3/weights", "x")
        try job.tree.write("checkpoints/epoch-3/.complete.json", String(repeating: "[", count: 60_000_000))
        let ending = try job.run(["SM_LOG_LEVEL": "10"])
        #expect(ending.result.outputText == "\(job.tree.base)/checkpoints/epoch-2.bin\n")
        var environment = try ProgramVariablesTests.environment(job.tree)
        environment.latestCheckpoint = "/as/found"
        #expect(environment.allVariables().variables.text("SM_LATEST_CHECKPOINT") == "/as/found")
        environment.latestCheckpoint = .some(nil)
        #expect(environment.allVariables().variables.text("SM_LATEST_CHECKPOINT") == nil)
    }

    @Test func theNewestIsExportedWhenTheJobStarts() throws {
        let job = try PromiseJob(.subreaper, "echo ${SM_LATEST_CHECKPOINT-none}")
        defer { job.tree.remove() }
        #expect(try job.run().result.outputText == "none\n")
        try job.tree.write("checkpoints/epoch-2.bin", "x")
        try job.tree.write("checkpoints/epoch-10.bin", "x")
        #expect(try job.run().result.outputText == "\(job.tree.base)/checkpoints/epoch-10.bin\n")
    }
}
