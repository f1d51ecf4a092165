import ContainerRuntime
import SystemPackage
import TestSupport
import Testing

/// What the library works out is compared with what the toolkit's program saw, without running anything.
@Suite struct VariablesConformance {
    static let same = RecordedCase.all.filter { $0.verdict == "same" }

    @Test func theCasesAreThere() {
        #expect(RecordedCase.all.count > 60)
        #expect(Self.same.count > 20)
    }

    @Test(arguments: same)
    func variablesAndArgumentsEqualTheToolkits(_ recorded: RecordedCase) throws {
        let tree = try JobTree()
        defer { tree.remove() }
        let marks = RecordedMarks(base: tree.base.string, scratch: tree.scratch.string, python: "/usr/bin/python3")
        try marks.makeTree(recorded, in: tree)
        let incoming = EnvironmentVariables(
            entries: marks.environment(of: recorded).map { RawString("\($0.key)=\($0.value)") ?? "" }
        )
        var settings = RuntimeSettings()
        settings.baseDirectory = tree.base
        let environment = try TrainingEnvironment(
            JobConfiguration.read(paths: settings.paths, environment: incoming),
            settings: settings,
            incoming: incoming,
            machine: Machine(processors: 2)
        )
        let (variables, _) = environment.allVariables()

        for (name, value) in recorded.toolkit["environment_added"]?.object ?? JSONObject() {
            let expected = marks.fill(value.string ?? "")
            let actual = variables.text(name)
            switch name {
            case "PYTHONPATH": #expect(actual?.split(separator: ":").first.map(String.init) == expected)
            case "SM_NUM_CPUS", "SM_NUM_GPUS", "SM_NUM_NEURONS": #expect(actual != nil)
            case "SM_TRAINING_ENV": try compare(actual ?? "", expected)
            default: #expect(actual == expected, "\(name)")
            }
            // Swift's == takes two spellings of a letter for one.
            if name.hasPrefix("SM_HP") { #expect(Array((actual ?? "").utf8) == Array(expected.utf8), "\(name)") }
        }
        if let words = recorded.toolkit["argv"]?.array, words.first?.string?.hasSuffix("train.py") ?? false {
            let expected = words.dropFirst().map { Array(marks.fill($0.string ?? "").utf8) }
            #expect(environment.arguments.rawStrings.map(\.bytes) == expected)
        }
    }

    /// Everything but the machine's numbers is the same text.
    private func compare(_ actual: String, _ expected: String) throws {
        func withoutMachine(_ text: String) throws -> String {
            var object = try #require(try JSONReader.read(text: text).object)
            for key in ["num_cpus", "num_gpus", "num_neurons"] {
                #expect(object[key]?.integer != nil)
                object[key] = nil
            }
            return JSONWriter.text(.object(object))
        }
        #expect(try withoutMachine(actual) == withoutMachine(expected))
        // The order of keys and the spelling of values are the toolkit's as well.
        #expect(try JSONWriter.text(JSONReader.read(text: actual)) == actual)
    }
}
