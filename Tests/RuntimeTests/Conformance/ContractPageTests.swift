import ContainerRuntime
import SystemPackage
import Testing

/// docs/contract.md and the code list the same things.
@Suite struct ContractPageTests {
    /// The rows of the tables of one section of a page, as their cells.
    static func rows(_ heading: String, of page: String = "docs/contract.md") throws -> [[String]] {
        var root = FilePath(#filePath)
        for _ in 0..<4 { root.removeLastComponent() }
        let page = try #require(Files.read(root.appending(page)))
        let lines = String(decoding: page, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
        let start = try #require(lines.firstIndex { $0 == "## \(heading)" })
        let section = lines[(start + 1)...].prefix { !$0.hasPrefix("## ") }
        return section.filter { $0.hasPrefix("|") && !$0.hasPrefix("|---") }.dropFirst().map { line in
            line.split(separator: "|").map { String($0.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed()) }
        }
    }

    private static func names(_ heading: String) throws -> [String] {
        try rows(heading).compactMap(\.first).map { $0.replacing("`", with: "") }
    }

    @Test func everyVariableThatTheProgramGetsIsListed() throws {
        #expect(try Self.names("Variables that the program gets") == ContractVariable.names)
    }

    @Test func everyVariableThatIsReadIsListed() throws {
        #expect(try Self.names("Variables that are read") == ContractVariable.read)
    }

    @Test func everySettingIsListedWithItsOptionDefaultAndMeaning() throws {
        let expected = RuntimeSetting.all.map { ["`\($0.variable)`", "`\($0.option ?? "")`", $0.defaultText, $0.help] }
        #expect(try Self.rows("Settings").map { [$0[0], $0[1], $0[2], $0[4]] } == expected)
    }

    @Test func everyFailureClassIsListed() throws {
        let listed = Set(try Self.rows("Exit code").map { $0[1].replacing("`", with: "") })
        #expect(listed.subtracting(["none; the usage is on stderr"]) == Set(FailureClass.all.map(\.rawValue)))
    }

    @Test func everyRowHasAnExample() throws {
        for heading in ["Files that are read", "Variables that the program gets", "Variables that are read"] {
            for row in try Self.rows(heading) { #expect(row.count == 3 && row[2].hasPrefix("`"), "\(row)") }
        }
    }

    /// What a job makes is what the page lists, and nothing else.
    @Test func aJobMakesTheVariablesOfThePageAndNoOthers() throws {
        var settings = RuntimeSettings()
        settings.baseDirectory = "/nonexistent"
        var environment = try TrainingEnvironment(
            JobConfiguration.read(paths: settings.paths, environment: EnvironmentVariables()),
            settings: settings,
            incoming: EnvironmentVariables(),
            machine: Machine(processors: 1)
        )
        environment.stopNotice = "/tmp/notice"
        let made = environment.allVariables().variables.entries
            .compactMap {
                $0.description.split(separator: "=", omittingEmptySubsequences: false).first.map(String.init)
            }
        let listed = try Self.names("Variables that the program gets").filter {
            !$0.contains("…") && !["SM_TOPOLOGY", "SM_LATEST_CHECKPOINT", "SM_TENSORBOARD_DIR"].contains($0)
        }
        #expect(made == listed.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) })
    }
}
