import ContainerRuntime
import SystemPackage
import TestSupport
import Testing

#if canImport(Glibc)
import Glibc
#endif

@Suite struct TrainingPathsTests {
    @Test func whatAJobNeedsIsMadeAndTheInputIsNot() throws {
        let tree = try JobTree()
        defer { tree.remove() }
        let paths = TrainingPaths(base: tree.base.appending("not/yet"))
        #expect(try paths.makeDirectories().isEmpty)
        for path in ["model", "output/data", "code"] { #expect(tree.exists("not/yet/\(path)")) }
        #expect(!tree.exists("not/yet/input"))
        #expect(try paths.makeDirectories().isEmpty)
    }

    @Test(arguments: ["model", "output"])
    func aFileInPlaceOfADirectoryIsRefused(_ name: String) throws {
        let tree = try JobTree()
        defer { tree.remove() }
        try tree.write(name, "")
        let failure = #expect(throws: Failure.self) { try TrainingPaths(base: tree.base).makeDirectories() }
        #expect(failure?.description == "\(tree.base.appending(name)): a directory is expected here")
    }

    @Test func aLinkedModelDirectoryIsFollowedAndSaidSo() throws {
        let tree = try JobTree()
        defer { tree.remove() }
        try tree.makeDirectory("elsewhere")
        let model = tree.base.appending("model").string
        try #require(symlink("elsewhere", model) == 0)
        #expect(try TrainingPaths(base: tree.base).makeDirectories() == [.modelDirectoryIsLink(path: model)])
    }

    @Test func aDanglingLinkInPlaceOfTheModelIsRefused() throws {
        let tree = try JobTree()
        defer { tree.remove() }
        try #require(symlink("nowhere", tree.base.appending("model").string) == 0)
        let failure = #expect(throws: Failure.self) { try TrainingPaths(base: tree.base).makeDirectories() }
        #expect(failure?.code == .directoryUnavailable)
    }

    @Test func codeThatCannotBeMadeIsOnlyAWarning() throws {
        let tree = try JobTree()
        defer { tree.remove() }
        try tree.write("code", "")
        let code = tree.base.appending("code").string
        let warnings = try TrainingPaths(base: tree.base).makeDirectories()
        #expect(warnings == [.directoryNotMade(path: code, reason: "not a directory")])
    }
}
