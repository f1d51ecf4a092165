import ContainerRuntime
import SystemPackage
import TestSupport
import Testing

#if canImport(Glibc)
import Glibc
#endif

@Suite struct KernelLimitTests {
    /// A job of so many hyperparameters, each of so many bytes.
    private func environment(_ tree: JobTree, count: Int, bytes: Int) throws -> TrainingEnvironment {
        let value = String(repeating: "x", count: bytes)
        let members = (0..<count).map { ("parameter-\($0)", JSONValue.string(value)) }
        return try ProgramVariablesTests.environment(
            tree,
            hyperparameters: JSONWriter.text(.object(JSONObject(members)))
        )
    }

    private func files(_ tree: JobTree) throws -> VariableFiles {
        try tree.makeDirectory("tmp")
        return VariableFiles(below: tree.base.appending("tmp"))
    }

    /// Whether the kernel takes them.
    private func start(_ environment: TrainingEnvironment, _ variables: EnvironmentVariables) throws -> Int32 {
        let pairs = variables.entries.map { entry in
            let parts = entry.description.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return (String(parts[0]), String(parts[1]))
        }
        let command = Command(
            "/bin/true",
            environment.arguments.words,
            environment: Dictionary(pairs) { $1 },
            limit: 60
        )
        return try command.run().status
    }

    @Test func aVariableThatIsTooLongStandsInAFileThatOnlyWeCanRead() throws {
        let tree = try JobTree()
        defer { tree.remove() }
        let environment = try environment(tree, count: 2, bytes: 100_000)
        let files = try files(tree)
        let (variables, warnings) = try environment.variables(files: files)
        #expect(variables.text("SM_HPS") == nil)
        #expect(variables.text("SM_HP_PARAMETER-0")?.utf8.count == 100_000)
        let path = try #require(variables.text("SM_HPS_FILE"))
        let bytes = try #require(Files.read(FilePath(path)))
        #expect(bytes == JSONWriter.bytes(.object(environment.hyperparameters)))
        #expect(warnings.contains(.variableInFile(name: "SM_HPS", bytes: bytes.count, file: path)))
        var status = stat()
        #expect(stat(path, &status) == 0 && status.st_mode & 0o777 == 0o600)
        #expect(stat(FilePath(path).removingLastComponent().string, &status) == 0 && status.st_mode & 0o777 == 0o700)
        #expect(try start(environment, variables) == 0)
        files.remove()
        #expect(stat(path, &status) == -1)
        #expect(DirectoryProbe.isEmpty(tree.base.appending("tmp")))
    }

    @Test func aVariableThatMovedHasNoOtherValueInItsPlace() throws {
        let tree = try JobTree()
        defer { tree.remove() }
        let value = String(repeating: "x", count: 131_071)
        let environment = try ProgramVariablesTests.environment(
            tree,
            hyperparameters: #"{"a": "\#(value.dropLast(5))", "a_file": "mine"}"#,
            incoming: ["SM_HPS=of another job", "SM_HP_A=of another job", "SM_HP_A_FILE=of another job", "MINE=1"]
        )
        let (variables, warnings) = try environment.variables(files: files(tree))
        #expect(variables.text("SM_HPS") == nil && variables.text("SM_HP_A") == nil && variables.text("MINE") == "1")
        let pointers = variables.entries.map(\.description).filter { $0.hasPrefix("SM_HP_A_FILE=") }
        #expect(pointers.count == 1 && pointers.first?.hasPrefix("SM_HP_A_FILE=/") == true, "\(pointers)")
        let collision = JobWarning.variableCollision(
            name: "SM_HP_A_FILE",
            winner: "SM_HP_A",
            losers: ["SM_HP_A_FILE"]
        )
        #expect(warnings.contains(collision))
    }

    @Test func aVariableOfExactlyTheLimitStays() throws {
        let tree = try JobTree()
        defer { tree.remove() }
        for (bytes, isFile) in [(131_071 - 8, false), (131_071 - 7, true)] {
            let value = String(repeating: "x", count: bytes)
            let environment = try ProgramVariablesTests.environment(tree, hyperparameters: #"{"a": "\#(value)"}"#)
            let (variables, _) = try environment.variables(files: files(tree))
            // SM_HP_A= is 8 bytes.
            #expect((variables.text("SM_HP_A_FILE") != nil) == isFile)
            #expect(try start(environment, variables) == 0)
        }
    }

    @Test func whereAllTogetherAreTooMuchTheLargestMoveUntilTheKernelTakesThem() throws {
        let tree = try JobTree()
        defer { tree.remove() }
        let environment = try environment(tree, count: 130, bytes: 10_000)
        let (all, _) = environment.allVariables()
        let (variables, warnings) = try environment.variables(files: files(tree))
        #expect(all.text("SM_HP_PARAMETER-1") != nil)
        #expect(try start(environment, variables) == 0)
        #expect(warnings.contains { if case .variableInFile("SM_HPS", _, _) = $0 { true } else { false } })
        #expect(variables.entries.contains { $0.description.hasPrefix("SM_HP_PARAMETER") })
    }

    @Test func argumentsThatAreTooManyAloneAreRefusedWithTheNumbers() throws {
        let tree = try JobTree()
        defer { tree.remove() }
        let environment = try environment(tree, count: 70, bytes: 100_000)
        let failure = try #require(throws: Failure.self) { try environment.variables(files: try files(tree)) }
        let (bytes, limit) = try failure.bytesAndLimit
        #expect(bytes > 7_000_000 && limit < 7_000_000)
    }

    @Test func aFileThatCannotBeWrittenIsAFailureThatNamesIt() throws {
        let tree = try JobTree()
        defer { tree.remove() }
        let environment = try environment(tree, count: 2, bytes: 100_000)
        let nowhere = VariableFiles(below: tree.base.appending("missing"))
        let failure = #expect(throws: Failure.self) { try environment.variables(files: nowhere) }
        #expect(failure?.code == .variableFileUnwritable)
        #expect(failure?.underlying == .noSuchFileOrDirectory)
    }
}

extension Failure {
    /// The numbers of a failure of arguments that are too large, which only its words have.
    var bytesAndLimit: (bytes: Int, limit: Int) {
        get throws {
            try #require(code.name == "argumentsTooLarge", "\(self)")
            let numbers = description.split { !$0.isNumber }.compactMap { Int($0) }
            try #require(numbers.count == 2, "\(self)")
            return (numbers[0], numbers[1])
        }
    }
}
