import SystemPackage
import TestSupport
import Testing

@testable import ContainerRuntime
@testable import ObjectStore

/// Every code with its class, its exit status and its words, as failures.txt has them to be reviewed as a text.
@Suite struct FailureTableTests {
    private static let tab = "\t"

    /// Each code at least once, and once for each of its forms, in the order of a job.
    private static let codes: [Failure.Code] = [
        .directoryUnavailable, .outputForbidden(user: 1000), .notDirectory,

        .configurationUnreadable, .malformedJSON(line: 3, column: 7, expected: "E"),
        .unexpectedValue(key: "", expected: "E", found: "F"), .unexpectedValue(key: "K", expected: "E", found: "F"),
        .channelNameUnusable(name: ".."), .settingUnusable(expected: "E", found: "F"),
        .hyperparametersRefused(problems(1)), .hyperparametersRefused(problems(7)),

        .containsNUL, .argumentTooLong(bytes: 9, limit: 8), .argumentsTooLarge(bytes: 9, limit: 8),
        .variableFileUnwritable, .channelUnknown(has: []), .channelUnknown(has: names(3)),
        .channelUnknown(has: names(14)),

        .checkpointNameUnusable, .checkpointCountUnusable, .checkpointMissing, .checkpointUnwritable,

        .entryPointMissing(holds: []), .entryPointMissing(holds: names(2)), .entryPointMissing(holds: names(14)),
        .entryPointNotFound(directory: "D", holds: []), .entryPointNotFound(directory: "D", holds: names(13)),
        .entryPointNotAllowed(reason: "R"), .entryPointNotExecutable, .pythonMissing, .installerMissing(path: "P"),

        .sourceNotUnderstood(expected: "E"), .sourceUnreadable, .codeDirectoryNotEmpty(holds: names(12)),
        .codeUnwritable, .archiveFormatUnsupported(found: "F"), .archiveUnreadable(reason: "R"), .archiveTruncated,
        .archiveEmpty, .memberRefused(reason: "R"), .tooManyEntries(limit: 8), .tooManyBytes(limit: 8, name: "N"),
        .archiveExpands(ratio: 200), .prefixEmpty, .objectRefused(reason: "R"),

        .objectNotFound(code: ""), .objectNotFound(code: "NoSuchKey"), .listingUnusable(reason: "R"), .objectChanged,
        .storeRefused(status: 403, code: "", message: ""), .storeRefused(status: 403, code: "C", message: "M"),
        .storeUnreachable(reason: "R"), .credentialsMissing(places: "P"), .credentialsUnusable(reason: "R"),
        .networkMissing, .certificateAuthoritiesUnreadable, .checksumWrong(name: "N"),
        .syncIncomplete(missing: "M", reason: "R"), .interrupted(signal: 15),

        .commandNotFound, .commandNotExecutable, .interpreterMissing(name: "I", endsInReturn: false),
        .interpreterMissing(name: "I", endsInReturn: true), .wrongFormat(kind: "K"), .spawnFailed(program: "P"),
        .launcherMissing(chosenBy: "C", path: ""), .launcherMissing(chosenBy: "C", path: "P"),
        .launcherUnsuitable(launcher: "L", takes: "T"), .launchOptionUnusable(expected: "E", found: "F"),
        .launchTooLarge(bytes: 9, limit: 8, hosts: 2),
        .hostsUnresolved(names: names(2), words: "W", time: "T"),
        .hostsUnresolved(names: names(14), words: "W", time: "T"), .peersUnprepared(what: "W"),
        .loopUnavailable(call: "C"),

        .packingUnreadable, .packingChanged(expected: 9, found: 8), .packingReplaced, .packingFailed(step: "fsync"),
        .archiveDamaged(offset: 9, reason: "R"), .manifestDiffers(file: "F"), .manifestMalformed(line: 3),
        .packingInside,

        .outcomeUnwritable, .reportMissing, .reportUnusable(reason: "R"),

        .pipeMissing(waited: "W", there: "T"), .pipeSilent(waited: "W"), .pipeIsFile, .pipeUnreadable,
        .recordUnusable(record: 3, offset: 9, reason: "R"), .sampleIncomplete(missing: []),
        .sampleIncomplete(missing: names(2)), .feedEmpty, .feedUnreadable, .feedChanged(expected: 9, found: 8),
        .feedUnwritable, .recordTooLong(bytes: 9), .manifestLineUnusable(line: 3, reason: "R"),
    ]

    private static func names(_ count: Int) -> [String] { (1...count).map { "n\($0)" } }

    private static func problems(_ count: Int) -> [HyperparameterProblem] {
        names(count).map { HyperparameterProblem(key: $0, kind: .missing) }
    }

    @Test func everyCodeHasItsClassItsStatusAndItsWords() throws {
        let file = FilePath(#filePath).removingLastComponent().appending("failures.txt")
        let expected = String(decoding: try #require(Files.read(file)), as: UTF8.self).split(separator: "\n")
        let rows = Self.codes.map { code in
            let failure = Failure(code, "S")
            return [
                code.name, failure.failureClass.rawValue, "\(failure.exitStatus.rawValue)", failure.description,
            ].joined(separator: Self.tab)
        }
        for (row, line) in zip(rows, expected) { #expect(row == line) }
        #expect(rows.count == expected.count)
    }

    /// Words without a row would be words that nobody reviewed, and a name of two codes would make them one.
    @Test func everyCodeOfTheSourcesIsHereUnderTheNameOfItsMember() throws {
        var sources = FilePath(#filePath)
        for _ in 0..<4 { sources.removeLastComponent() }
        let found = try Command("/usr/bin/find", [sources.appending("Sources").string, "-name", "Failure+*.swift"])
            .run()
        var names: [String] = []
        for path in found.outputText.split(separator: "\n").map(String.init) {
            let text = String(decoding: try #require(Files.read(FilePath(path))), as: UTF8.self)
            for code in text.matches(of: #/static (?:let|func) (\w+)[^={]*[={]\s*Self\("(\w+)"/#) {
                #expect(code.1 == code.2, "\(path)")
                names.append("\(code.1)")
            }
        }
        #expect(names.count == Set(names).count)
        #expect(Set(names) == Set(Self.codes.map(\.name)))
    }

    @Test func codesAreEqualWhereTheirDataIs() {
        #expect(Set(Self.codes).count == Self.codes.count)
        #expect(Failure.Code.argumentTooLong(bytes: 9, limit: 8) == .argumentTooLong(bytes: 9, limit: 8))
        #expect(Failure.Code.argumentTooLong(bytes: 9, limit: 8) != .argumentTooLong(bytes: 9, limit: 7))
        // Their words are the same, and they are not.
        #expect(Failure.Code.codeUnwritable != .outcomeUnwritable)
    }

    @Test func aSubjectIsOneLineAndTheSystemHasTheLastWord() {
        #expect(
            "\(Failure(.notDirectory, "a\nb", .notDirectory))" == "a\\nb: a directory is expected here: Not a directory"
        )
    }
}
