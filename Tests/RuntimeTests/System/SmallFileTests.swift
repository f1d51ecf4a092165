import SystemPackage
import TestSupport
import Testing

@testable import ContainerRuntime

@Suite struct SmallFileTests {
    @Test func aFileIsReplacedWholeAndNothingIsLeftBeside() throws {
        let tree = try JobTree()
        defer { tree.remove() }
        try tree.write("output/failure", "old and longer")
        try SmallFile.write(Array("new".utf8), to: tree.base.appending("output/failure"))
        #expect(tree.text("output/failure") == "new")
        #expect(DirectoryListing.names(tree.base.appending("output")) == ["failure"])
    }

    @Test func aDirectoryThatIsNotThereIsAnError() throws {
        let tree = try JobTree()
        defer { tree.remove() }
        #expect(throws: Errno.noSuchFileOrDirectory) {
            try SmallFile.write([1], to: tree.base.appending("nowhere/failure"))
        }
    }

    @Test func removingWhatIsNotThereIsNoError() throws {
        try SmallFile.remove("/nonexistent/failure")
    }

    @Test func aPidOfOneOrLessCannotBeMade() {
        for number in [Int32.min, -1, 0, 1] { #expect(ProcessID(number) == nil) }
        #expect(ProcessID(2) != nil)
    }

    @Test func rawStringsHoldNoNULAndCompareByBytes() throws {
        #expect(RawString(bytes: [1, 0, 2]) == nil)
        #expect(RawString(bytes: "a\u{0}".utf8) == nil)
        let composed: RawString = "\u{e9}"
        let decomposed: RawString = "e\u{301}"
        #expect(composed != decomposed)
        #expect(("Z" as RawString) < "a")
    }
}
