import TestSupport
import Testing

@testable import ContainerRuntime

/// Matching costs a fixed budget, however hostile the regex and the log are.
@Suite struct MetricLimitTests {
    private static let hostile = ["((x+x+)+[yz])", "((?:x|xx)+[yz])", "(.*.*.*.*.*[yz])"]

    private func scanner(_ regex: String) throws -> MetricScanner {
        MetricScanner([
            try MetricDefinition(name: "hostile", regex: regex), try MetricDefinition(name: "good", regex: "good (.)"),
        ])
    }

    @Test(.timeLimit(.minutes(60)), arguments: hostile)
    func aHostileRegexIsGivenUpAndTheOthersAreFound(_ regex: String) throws {
        let scanner = try scanner(regex)
        let line = String(repeating: "x", count: 60_000) + "\ngood 1\n"
        let log = Array(String(repeating: line, count: 40).utf8)
        #expect(MetricReferenceTests.found(log, scanner).count { $0 == "good 1.0" } == 40)
        #expect(scanner.counts[0].givenUp > 0 || scanner.counts[0].isSpent, "\(scanner.counts)")
        #expect(!scanner.counts[1].isSpent)
    }

    /// A pattern without steps back whose work grows with the square of the line: seconds for each line.
    @Test(.timeLimit(.minutes(60))) func aRegexThatHasSpentItsBudgetIsNotLookedForAnyMore() throws {
        let scanner = try scanner("(?=.)([^yz]*[yz])")
        let line = String(repeating: "x", count: 60_000) + "\ngood 1\n"
        let log = Array(String(repeating: line, count: 400).utf8)
        #expect(MetricReferenceTests.found(log, scanner).count { $0 == "good 1.0" } == 400)
        #expect(scanner.counts[0].isSpent && !scanner.counts[1].isSpent)
    }

    @Test func aPatternThatIsTooLargeIsTold() throws {
        let scanner = try scanner("((((a{999}){999}){99}){9})(1)")
        #expect(scanner.problems.count >= 1)
        #expect(MetricReferenceTests.found(Array("good 1".utf8), scanner) == ["good 1.0"])
    }
}
