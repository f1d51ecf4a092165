import SystemPackage
import TestSupport
import Testing

@testable import ContainerRuntime

@Suite struct EntryPointTests {
    private func withTree(_ files: [String], _ body: (FilePath) throws -> Void) throws {
        let tree = try JobTree()
        defer { tree.remove() }
        try tree.makeDirectory("code")
        for file in files { try tree.write("code/\(file)", "x\n") }
        try body(tree.base.appending("code"))
    }

    private func code(of failure: () throws -> EntryPoint) -> Failure.Code? {
        do {
            _ = try failure()
            return nil
        } catch {
            return (error as? Failure)?.code
        }
    }

    @Test(arguments: [
        (["train.py"], "train.py", EntryPoint.Kind.pythonScript),
        (["a b.py"], "a b.py", .pythonScript),
        (["run.sh", "setup.py"], "run.sh", .command),
        (["train.py", "setup.py"], "train.py", .pythonPackage(module: "train")),
        (["pkg/main.py", "setup.py"], "pkg/main.py", .pythonPackage(module: "pkg.main")),
        (["go"], "go", .command),
    ])
    func theNameAndItsNeighboursDecideTheKind(_ files: [String], _ name: String, _ kind: EntryPoint.Kind) throws {
        try withTree(files) { directory in
            let found = try EntryPoint.find(program: name, in: directory).kind
            #expect(found == kind)
        }
    }

    @Test(arguments: [
        ("[tool.black]\nline-length = 100\n", EntryPoint.Kind.pythonScript),
        ("[project]\nname = \"x\"\n", .pythonPackage(module: "train")),
        ("# a comment\n  [build-system]\n", .pythonPackage(module: "train")),
        ("[project-like]\n", .pythonScript),
    ])
    func aPyprojectThatOnlyConfiguresToolsMakesNoPackage(_ text: String, _ kind: EntryPoint.Kind) throws {
        let tree = try JobTree()
        defer { tree.remove() }
        try tree.write("code/train.py", "x\n")
        try tree.write("code/pyproject.toml", text)
        #expect(try EntryPoint.find(program: "train.py", in: tree.base.appending("code")).kind == kind)
    }

    @Test func withoutANameTheKnownOnesAreLookedForInOrder() throws {
        try withTree(["train", "train.sh"]) { directory in
            let found = try EntryPoint.find(program: nil, in: directory).name
            #expect(found == "train.sh")
        }
        try withTree(["train", "train.sh", "train.py"]) { directory in
            let found = try EntryPoint.find(program: nil, in: directory).name
            #expect(found == "train.py")
        }
    }

    @Test func whatTheDirectoryHoldsIsListed() throws {
        try withTree(["b.txt", "a.txt"]) { directory in
            let missing = code { try EntryPoint.find(program: nil, in: directory) }
            #expect(missing == .entryPointMissing(holds: ["a.txt", "b.txt"]))
            let expected = Failure.Code.entryPointNotFound(directory: directory.string, holds: ["a.txt", "b.txt"])
            let absent = code { try EntryPoint.find(program: "nope.py", in: directory) }
            #expect(absent == expected)
        }
    }

    @Test(arguments: ["../x.py", "a/../../x", "/etc/passwd", "-m", "a\u{0}b"])
    func aNameThatLeadsOutsideOrLooksLikeAnOptionIsRefused(_ name: String) throws {
        try withTree(["x.py"]) { directory in
            let refused = code { try EntryPoint.find(program: name, in: directory) }
            #expect(refused?.name == "entryPointNotAllowed", "\(name) was not refused")
        }
    }

    @Test func aDirectoryIsNoEntryPoint() throws {
        try withTree(["d/x"]) { directory in
            let refused = code { try EntryPoint.find(program: "d", in: directory) }
            #expect(refused == .entryPointNotExecutable)
        }
    }

    @Test(arguments: [
        ("# nothing\n\n   \n", false), ("", false), ("numpy\n", true), ("\r\n# x\r\nscipy\r\n", true),
    ])
    func requirementsOfBlanksAndCommentsStartNoPip(_ text: String, _ needed: Bool) throws {
        let tree = try JobTree()
        defer { tree.remove() }
        try tree.write("code/train.sh", "x\n")
        try tree.write("code/requirements.txt", text)
        let directory = tree.base.appending("code")
        let entryPoint = try EntryPoint.find(program: "train.sh", in: directory)
        #expect((Installation(.entryPoint(entryPoint), in: directory) != nil) == needed)
    }
}
