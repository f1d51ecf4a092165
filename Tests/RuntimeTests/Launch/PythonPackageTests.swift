import SystemPackage
import TestSupport
import Testing

#if canImport(Glibc)
import Glibc
#endif

/// The Python side's own tests, run as one of ours; an interpreter is needed, Python 3.8 or later.
@Suite struct PythonPackageTests {
    private static let interpreter: String? =
        (getenv("TRAIN_PYTHON").map { [String(cString: $0)] } ?? [])
        .first ?? ["/usr/local/bin/python3", "/usr/bin/python3"].first { access($0, X_OK) == 0 }

    @Test(.enabled(if: interpreter != nil, "no python3 on this machine"), .timeLimit(.minutes(60)))
    func itsOwnTestsPass() throws {
        let python = try #require(Self.interpreter)
        let root = FilePath(#filePath).removingLastComponent().removingLastComponent().removingLastComponent()
            .removingLastComponent()
        let tests = Command(
            python,
            ["-m", "unittest", "discover", "-t", "Python", "-s", "Python/tests"],
            workingDirectory: root.string,
            limit: 500
        )
        let result = try tests.run()
        #expect(result.status == 0, "\(result.errorText.suffix(4000))")
        // A discovery that finds nothing ends with 0 before Python 3.12.
        #expect(!result.errorText.contains("Ran 0 tests"))
    }
}
