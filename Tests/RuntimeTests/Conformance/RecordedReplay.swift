import ContainerRuntime
import SystemPackage
import TestSupport
import Testing

/// Every recorded case is run by the built `train`: `same` to the byte, `better` by what it expects.
@Suite struct RecordedReplay {
    @Test(
        .enabled(if: Python.isThere, "needs python3 on the PATH"),
        .timeLimit(.minutes(60)),
        arguments: RecordedCase.all
    )
    func isAnsweredAsTheVerdictSays(_ recorded: RecordedCase) throws {
        let needs = (recorded.object["needs"]?.array ?? []).compactMap(\.string)
        guard needs.allSatisfy(Python.has) else { return }
        let tree = try JobTree()
        defer { tree.remove() }
        let marks = RecordedMarks(base: tree.base.string, scratch: tree.scratch.string, python: Python.path)
        try marks.makeTree(recorded, in: tree)
        if recorded.name.hasPrefix("47-") { _ = try Command("/bin/rm", ["-rf", tree.base.string]).run() }
        let command = Command(
            Command.train,
            environment: marks.environment(of: recorded),
            workingDirectory: "/",
            limit: 120
        )
        let result = try command.run()
        #expect(!result.timedOut, "no end within 120 s")
        let run = Answer(recorded: recorded, tree: tree, marks: marks, result: result)
        if recorded.verdict == "same" { try run.equalsTheToolkits() } else { try run.isBetter() }
    }
}

/// What `train` answered to one case.
private struct Answer {
    let recorded: RecordedCase
    let tree: JobTree
    let marks: RecordedMarks
    let result: Command.Result

    private var rule: Comment { "\(recorded.rule)\nstderr: \(result.errorText.suffix(1_500))" }
    private var dump: JSONObject? {
        tree.read("output/data/dump.json").flatMap { try? JSONReader.read($0) }?.object
    }

    func equalsTheToolkits() throws {
        #expect(result.status == 0, rule)
        #expect(tree.text("output/failure") == nil, rule)
        if recorded.toolkit["success_file"] == .bool(true) { #expect(tree.exists("output/success"), rule) }
        if let words = recorded.toolkit["argv"]?.array {
            let expected = JSONValue.strings(words.map { marks.fill($0.string ?? "") })
            #expect(dump?["argv"] == expected, rule)
        }
        guard let dump else { return }
        let variables = try #require(dump["env"]?.object)
        for (name, value) in recorded.toolkit["environment_added"]?.object ?? JSONObject() {
            compare(name, variables[name]?.string, marks.fill(value.string ?? ""))
        }
        if let directory = recorded.toolkit["working_directory"]?.string {
            #expect(dump["cwd"]?.string == marks.fill(directory), rule)
        }
    }

    private func compare(_ name: String, _ actual: String?, _ expected: String) {
        switch name {
        case "SM_NUM_CPUS", "SM_NUM_GPUS", "SM_NUM_NEURONS": return
        case "PYTHONPATH": #expect(actual?.split(separator: ":").first.map(String.init) == expected, rule)
        case "SM_TRAINING_ENV":
            let have = actual.flatMap { try? JSONReader.read(text: $0) }?.object
            for (key, item) in (try? JSONReader.read(text: expected))?.object ?? JSONObject()
            where !["num_cpus", "num_gpus", "num_neurons"].contains(key) {
                #expect(have?[key] == item, "SM_TRAINING_ENV[\(key)]")
            }
        default: #expect(actual == expected, "\(name)")
        }
    }

    func isBetter() throws {
        let expect = recorded.expect
        switch expect["exit_status"] {
        case .string("nonzero"): #expect(result.status != 0, rule)
        case let value?: #expect(Int(result.status) == value.integer, rule)
        case nil: break
        }
        if let allowed = expect["exit_status_in"]?.array {
            #expect(allowed.compactMap(\.integer).contains(Int(result.status)), rule)
        }
        for words in (expect["output_lacks"]?.array ?? []).compactMap(\.string) {
            #expect(!result.outputText.contains(words) && !result.errorText.contains(words), rule)
        }
        if let argv = expect["argv"] { #expect(dump?["argv"] == argv, rule) }
        checkFailureFile()
    }

    private func checkFailureFile() {
        let failure = tree.read("output/failure")
        let isPrograms = ["79-", "80-"].contains { recorded.name.hasPrefix($0) }
        switch recorded.expect["failure_present"] {
        case .bool(true): #expect(failure != nil, rule)
        case .bool(false): #expect(failure == nil, rule)
        default: break
        }
        if result.status == 0, !recorded.name.hasPrefix("80-") { #expect(failure == nil, rule) }
        let hasOutput = DirectoryProbe.isDirectory(tree.base.appending("output"))
        if result.status != 0, hasOutput { #expect(failure != nil, rule) }
        if let failure, !isPrograms {
            #expect(failure.count <= 1_024, rule)
            #expect(String(validating: failure, as: UTF8.self) != nil, rule)
        }
        let text = failure.map { String(decoding: $0, as: UTF8.self) } ?? ""
        for words in (recorded.expect["failure_contains"]?.array ?? []).compactMap(\.string) {
            #expect(text.lowercased().contains(words.lowercased()), rule)
        }
    }
}
