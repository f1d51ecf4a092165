import ContainerRuntime
import SystemPackage
import Testing

@Suite struct RuntimeSettingsTests {
    @Test(
        arguments: [
            ("30", .seconds(30)), ("30s", .seconds(30)), ("5m", .seconds(300)), ("1h", .seconds(3_600)),
            ("500ms", .milliseconds(500)), ("1.5h", .seconds(5_400)), ("0", .zero), ("2d", .seconds(172_800)),
            ("", nil), ("-1", nil), ("5 m", nil), ("1e3", nil), ("h", nil), (".5", nil), ("5.", nil), ("1.2.3", nil),
            ("5x", nil), ("99999999999999999999h", nil), ("∞", nil), ("٣", nil),
        ] as [(String, Duration?)]
    )
    func aLengthOfTimeIsReadAsPeopleWriteIt(_ text: String, _ expected: Duration?) {
        #expect(DurationText.parse(text) == expected)
    }

    @Test func anOptionBeatsItsVariableAndAVariableTheDefault() throws {
        let none = try RuntimeSettings(environment: EnvironmentVariables())
        #expect(none.gracePeriod == .seconds(100))
        #expect(none.paths.base == "/opt/ml")
        #expect(none.maximumRunTime == nil)
        #expect(none.packs)
        let variables = EnvironmentVariables(entries: [
            "TRAIN_GRACE_PERIOD=5m", "TRAIN_PACK=never", "SAGEMAKER_BASE_DIR=/a/", "TRAIN_MAX_RUNTIME=1h",
            "TRAIN_IDLE_TIMEOUT=0", "TRAIN_PYTHON=",
        ])
        let set = try RuntimeSettings(environment: variables)
        #expect(set.gracePeriod == .seconds(300))
        #expect(set.maximumRunTime == .seconds(3_600))
        #expect(set.idleTimeout == nil)
        #expect(!set.packs)
        #expect(set.paths.model == "/a/model")
        #expect(set.python == nil)
        let given = try RuntimeSettings(
            options: [.gracePeriod: "1s", .pack: "always", .baseDirectory: "/b", .logLevel: "10"],
            environment: variables
        )
        #expect(given.gracePeriod == .seconds(1))
        #expect(given.packs)
        #expect(given.paths.base == "/b")
        #expect(given.logLevel == 10)
    }

    @Test(arguments: [
        (
            "TRAIN_GRACE_PERIOD=soon",
            #"TRAIN_GRACE_PERIOD must be a length of time such as 30, 30s, 5m, 1h or 500ms, found "soon""#
        ),
        ("TRAIN_PACK=yes", #"TRAIN_PACK must be auto, always or never, found "yes""#),
        ("SAGEMAKER_BASE_DIR=ml", #"SAGEMAKER_BASE_DIR must be an absolute path, found "ml""#),
    ])
    func aUselessVariableIsRefusedByNameAndValue(_ entry: String, _ words: String) {
        let variables = EnvironmentVariables(entries: [RawString(entry) ?? ""])
        let failure = #expect(throws: Failure.self) { try RuntimeSettings(environment: variables) }
        #expect(failure?.description == words)
        #expect(failure?.failureClass == .configuration)
    }

    @Test func aUselessOptionIsNamedAsAnOption() {
        let failure = #expect(throws: Failure.self) {
            try RuntimeSettings(options: [.pack: "x"], environment: EnvironmentVariables())
        }
        #expect(failure?.description == #"--pack must be auto, always or never, found "x""#)
        #expect(RuntimeSetting.pack.problem(with: "x") == failure?.description)
        #expect(RuntimeSetting.pack.problem(with: "never") == nil)
    }

    @Test(arguments: [
        ("TRAINING_JOB_NAME=j", false), ("TRAINING_JOB_ARN=a", false), ("TRAINING_JOB_NAME=", true), ("OTHER=1", true),
    ])
    func aPlatformThatStartedTheJobPacksByItself(_ entry: String, _ packs: Bool) throws {
        #expect(
            try RuntimeSettings(environment: EnvironmentVariables(entries: [RawString(entry) ?? ""])).packs == packs
        )
    }

    @Test func everySettingHasADistinctVariableAndOption() {
        #expect(Set(RuntimeSetting.all.map(\.variable)).count == RuntimeSetting.all.count)
        #expect(Set(RuntimeSetting.all.compactMap(\.option)).count == RuntimeSetting.all.count)
    }
}
