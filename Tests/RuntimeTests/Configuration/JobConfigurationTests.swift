import ContainerRuntime
import SystemPackage
import TestSupport
import Testing

#if canImport(Glibc)
import Glibc
#endif

@Suite struct JobConfigurationTests {
    private func read(_ tree: JobTree, _ variables: [RawString] = []) throws(Failure) -> JobConfiguration {
        try JobConfiguration.read(
            paths: TrainingPaths(base: tree.base),
            environment: EnvironmentVariables(entries: variables)
        )
    }

    @Test func nothingAtAllIsAJobOfOneHostWithoutHyperparameters() throws {
        let tree = try JobTree()
        defer { tree.remove() }
        let configuration = try read(tree)
        #expect(configuration.hyperparameters.all.isEmpty)
        #expect(configuration.resources.hosts == ["algo-1"])
        #expect(configuration.inputData.channels.isEmpty)
        #expect(configuration.warnings.count == 3)
        #expect(configuration.checkpointDirectory == tree.base.appending("checkpoints"))
    }

    @Test func withoutTheFileTheDirectoriesAreTheChannels() throws {
        let tree = try JobTree()
        defer { tree.remove() }
        for name in ["b/x", "a/x", "Z/x"] { try tree.write("input/data/\(name)", "") }
        try tree.write("input/data/b-manifest", "")
        #expect(try read(tree).inputData.channels == ["Z", "a", "b"])
    }

    @Test(arguments: ["hyperparameters", "inputdataconfig", "resourceconfig"])
    func aFaultyFileIsRefusedByPathLineAndColumn(_ name: String) throws {
        let tree = try JobTree()
        defer { tree.remove() }
        let path = tree.base.appending("input/config/\(name).json").string
        try tree.write("input/config/\(name).json", "{\n  \"a\": \"b\",\n}")
        #expect(
            #expect(throws: Failure.self) { try read(tree) }?.description
                == "\(path): line 3, column 1: a key in double quotation marks is expected, found \"}\""
        )
        for (text, kind) in [("[1]", "a list"), ("null", "null"), ("\"x\"", "a string"), ("3", "a number")] {
            try tree.write("input/config/\(name).json", text)
            #expect(
                #expect(throws: Failure.self) { try read(tree) }?.description
                    == "\(path): an object is expected, found \(kind)"
            )
        }
    }

    @Test(.timeLimit(.minutes(60)))
    func whatIsNoRegularFileIsRefusedAndNeverWaitedFor() throws {
        let tree = try JobTree()
        defer { tree.remove() }
        let path = tree.base.appending("input/config/hyperparameters.json").string
        try tree.makeDirectory("input/config/hyperparameters.json")
        let expected = "\(path): a regular file is expected, found something else"
        #expect(#expect(throws: Failure.self) { try read(tree) }?.description == expected)
        try #require(rmdir(path) == 0 && mkfifo(path, 0o600) == 0)
        #expect(#expect(throws: Failure.self) { try read(tree) }?.description == expected)
    }

    @Test func aFileThatCannotBeReachedIsNotAMissingOne() throws {
        let tree = try JobTree()
        defer { tree.remove() }
        try tree.write("input/config", "")
        let failure = #expect(throws: Failure.self) { try read(tree) }
        #expect(failure?.code == .configurationUnreadable)
        #expect(failure?.underlying == .notDirectory)
    }

    @Test(arguments: ["../../etc", "/etc", "a/b", "..", ".", "", "a\u{0}b"])
    func aChannelThatLeadsOutOfInputDataIsRefused(_ name: String) throws {
        let failure = #expect(throws: Failure.self) {
            try InputDataConfiguration(JSONObject([("train", .null), (name, .null)]))
        }
        #expect(failure?.code == .channelNameUnusable(name: name))
        #expect(failure?.description.contains("channel name \"\(name)\" may not") == true)
    }

    @Test func aChannelThatIsNotThereIsAWarningThatListsWhatIs() throws {
        let tree = try JobTree()
        defer { tree.remove() }
        try tree.write("input/config/inputdataconfig.json", #"{"train": {}, "pipe": {"TrainingInputMode": "Pipe"}}"#)
        try tree.write("input/data/training/x", "")
        let words = try read(tree).warnings.map(\.description).filter { $0.hasPrefix("channel") }
        let path = tree.base.appending("input/data/train")
        #expect(words == ["channel \"train\": \(path) is not there; input/data holds training"])
    }

    @Test func checkpointsGoWhereTheirFileSays() throws {
        let tree = try JobTree()
        defer { tree.remove() }
        try tree.write("input/config/checkpointconfig.json", #"{"LocalPath": "/data/checkpoints"}"#)
        #expect(try read(tree).checkpointDirectory == "/data/checkpoints")
        try tree.write("input/config/checkpointconfig.json", "{")
        let configuration = try read(tree)
        #expect(configuration.checkpointDirectory == tree.base.appending("checkpoints"))
        #expect(configuration.warnings.contains { $0.description.contains("checkpointconfig.json: line 1, column 2") })
    }

    @Test(
        arguments: [
            (#""10""#, nil, 10, 10, false), ("30", "40", 30, 30, false), (#""debug""#, nil, 20, 20, true),
            ("2.5", "10", 20, 20, true), (nil, "10", 20, 10, false), (nil, "debug", 20, 20, true),
            (nil, nil, 20, 20, false),
        ] as [(String?, String?, Int, Int, Bool)]
    )
    func aUselessLogLevelIsAWarning(
        _ parameter: String?,
        _ variable: String?,
        _ exported: Int,
        _ own: Int,
        _ isWarned: Bool
    ) throws {
        let tree = try JobTree()
        defer { tree.remove() }
        if let parameter {
            try tree.write("input/config/hyperparameters.json", #"{"sagemaker_container_log_level": \#(parameter)}"#)
        }
        let configuration = try read(tree, variable.map { [RawString("SM_LOG_LEVEL=\($0)") ?? ""] } ?? [])
        #expect(configuration.logLevel == exported)
        #expect(configuration.ownLogLevel == own)
        #expect(configuration.warnings.contains { $0.description.contains("the log level must be") } == isWarned)
    }

    @Test func theProgramIsTheVariablesThenTheHyperparametersAndAlwaysAString() throws {
        let tree = try JobTree()
        defer { tree.remove() }
        let paths = TrainingPaths(base: tree.base)
        try tree.write("input/config/hyperparameters.json", #"{"sagemaker_program": "5"}"#)
        let configuration = try read(tree)
        let none = EnvironmentVariables()
        let named = EnvironmentVariables(entries: ["SAGEMAKER_PROGRAM=a.py"])
        #expect(try configuration.program(environment: named, paths: paths) == "a.py")
        let failure = #expect(throws: Failure.self) { try configuration.program(environment: none, paths: paths) }
        #expect(failure?.description.hasSuffix("\"sagemaker_program\" must be a string, found a number, 5") == true)
    }
}
