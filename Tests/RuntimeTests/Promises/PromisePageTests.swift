import SystemPackage
import TestSupport
import Testing

@testable import ContainerRuntime

/// docs/promises.md and the tests speak of each other: a promise without a test is not on the sheet.
@Suite struct PromisePageTests {
    private static let root: FilePath = {
        var root = FilePath(#filePath)
        for _ in 0..<4 { root.removeLastComponent() }
        return root
    }()

    /// The text of every file of tests, by its path.
    private static func tests() throws -> [String: String] {
        let found = try Command("/usr/bin/find", [root.appending("Tests").string, "-name", "*.swift"]).run()
        var texts: [String: String] = [:]
        for path in found.outputText.split(separator: "\n").map(String.init) {
            texts[path] = Files.read(FilePath(path)).map { String(decoding: $0, as: UTF8.self) }
        }
        return texts
    }

    private static func page() throws -> String {
        String(decoding: try #require(Files.read(root.appending("docs/promises.md"))), as: UTF8.self)
    }

    /// What stands between backticks and looks like the name of a test: a sentence in camel case.
    private static func names(in page: String) -> [Substring] {
        page.split(separator: "`").enumerated().filter { $0.offset % 2 == 1 }.map(\.element).filter { word in
            word.first?.isLowercase == true && word.contains { $0.isUppercase }
                && word.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) }
        }
    }

    @Test func everyTestThatThePageNamesIsThere() throws {
        let tests = try Self.tests()
        let names = Self.names(in: try Self.page())
        #expect(names.count > 50)
        for name in names {
            #expect(tests.values.contains { $0.contains("func \(name)(") || $0.contains("var \(name):") }, "\(name)")
        }
    }

    @Test func everyFileThatThePageLinksIsThere() throws {
        let links = try Self.page().split(separator: "](../").dropFirst().map { $0.prefix { $0 != ")" } }
        #expect(links.count > 10)
        for link in links { #expect((try? FileStatus(Self.root.appending(String(link)))) != nil, "\(link)") }
    }

    /// A suite that nobody names holds up nothing, or the page has forgotten a promise.
    @Test func everySuiteOfThePromisesIsOnThePage() throws {
        let page = try Self.page()
        let folder = Self.root.appending("Tests/RuntimeTests/Promises").string
        let suites = try Self.tests().keys.filter { $0.hasPrefix(folder) }.compactMap { FilePath($0).stem }
        let isHelp: Set = ["PromiseJob", "PromisePageTests"]
        for suite in suites where !isHelp.contains(suite) { #expect(page.contains("/\(suite).swift)"), "\(suite)") }
    }
}
