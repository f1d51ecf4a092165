import SystemPackage
import TestSupport
import Testing

@testable import ContainerRuntime

#if canImport(Glibc)
import Glibc
#endif

/// Very many hyperparameters below mpirun, which gets a word for each of their variables.
@Suite(.timeLimit(.minutes(60)))
struct LaunchLengthTests {
    /// The plan for so many hyperparameters, whose names are so long.
    private func plan(_ tree: JobTree, count: Int, length: Int, hosts: Int = 1) throws -> LaunchPlan {
        for tool in ["mpirun", "ssh"] { try tree.write("bin/\(tool)", "#!/bin/sh\nexit 0\n", mode: 0o755) }
        var members = (0..<count).map { number in
            let digits = String(number)
            return (
                "p" + String(repeating: "0", count: max(0, length - digits.utf8.count - 1)) + digits,
                JSONValue.string("v")
            )
        }
        members.append(("sagemaker_mpi_enabled", .bool(true)))
        let names = (1...hosts).map { "algo-\($0)" }
        let resources = JSONObject([("current_host", "algo-1"), ("hosts", .strings(names))])
        let environment = try ProgramVariablesTests.environment(
            tree,
            hyperparameters: JSONWriter.text(.object(JSONObject(members))),
            hosts: JSONWriter.text(.object(resources)),
            incoming: [RawString("PATH=\(tree.base.appending("bin")):/usr/bin:/bin") ?? ""]
        )
        try tree.makeDirectory("tmp")
        let (variables, _) = try environment.variables(files: VariableFiles(below: tree.base.appending("tmp")))
        let step = Step(
            name: "program",
            executable: "/bin/true",
            arguments: ["true"] + environment.arguments.rawStrings,
            environment: variables.entries
        )
        let launch = try DistributedLaunch(
            environment: environment,
            settings: RuntimeSettings(),
            privateDirectory: tree.base.appending("tmp"),
            helper: "/proc/self/exe"
        )
        return try launch.plan(LaunchPlan(step: step), EntryPoint(name: "train.sh", kind: .command))
    }

    @Test func aSingleHostsRanksGetThemWithoutAWordWhereThereAreTooMany() throws {
        let tree = try JobTree()
        defer { tree.remove() }
        let few = try plan(tree, count: 10, length: 200)
        #expect(few.step.arguments.contains { $0.description.hasPrefix("SM_HP_P000") })
        let many = try plan(tree, count: 4_000, length: 200)
        #expect(!many.step.arguments.contains { $0.description.hasPrefix("SM_HP_P000") })
        let pairs = many.step.environment.map { entry in
            let parts = entry.description.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return (String(parts[0]), String(parts[1]))
        }
        let words = many.step.arguments.dropFirst().map(\.description)
        let command = Command(many.step.executable.string, words, environment: Dictionary(pairs) { $1 })
        #expect(try command.run().status == 0)
    }

    @Test func ofSeveralHostsTheJobIsRefusedWithTheNumbers() throws {
        let tree = try JobTree()
        defer { tree.remove() }
        let failure = try #require(throws: Failure.self) { _ = try plan(tree, count: 4_000, length: 200, hosts: 2) }
        let (bytes, limit) = try failure.bytesAndLimit
        #expect(bytes > 2_200_000 && limit < 2_100_000)
    }

    /// mpirun's words pass a command line of ours; read by the parser, they took its time squared.
    @Test func manyWordsOfALauncherAreNoProblem() throws {
        let words: [RawString] = ["/bin/sh", "-c", "echo $#", "sh"] + (0..<60_000).compactMap { RawString("w\($0)") }
        let request = HelperRequest(.lines(words, LineFormat()))
        let result = try Command(Command.train, request.arguments.map(\.description), limit: 60).run()
        #expect(result.outputText == "60000\n", "\(result.errorText)")
    }

    /// Looked up one by one among all, they took minutes.
    @Test func manyNamesAreNoProblem() throws {
        let tree = try JobTree()
        defer { tree.remove() }
        let plan = try plan(tree, count: 15_000, length: 6)
        #expect(plan.step.arguments.contains("SM_HP_P14999"))
    }
}
