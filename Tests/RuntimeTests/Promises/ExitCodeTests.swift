import TestSupport
import Testing

/// P01, P02, P03, P19: the exit code is the program's own.
///
/// tini's exit code test, dumb-init's test_exit_status_*.
@Suite struct ExitCodeTests {
    /// The numbers of all signals that end a program that does nothing about them.
    static let deadly = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 24, 25, 26, 27, 29, 30, 31, 34, 64]

    private func statuses(of program: String, for numbers: [Int], _ surroundings: Surroundings) throws -> [Int: Int] {
        let command = surroundings.wrap(Command.supervised(["/bin/sh", "-c", program]))
        let list = numbers.map(String.init).joined(separator: " ")
        let text = "ulimit -c 0; for N in \(list); do export N; \(quoted(command)); echo $N $?; done"
        let result = try Command.shell(text).run()
        var found: [Int: Int] = [:]
        for line in result.outputText.split(separator: "\n") {
            let words = line.split(separator: " ").compactMap { Int($0) }
            if words.count == 2 { found[words[0]] = words[1] }
        }
        return found
    }

    @Test(arguments: Surroundings.available)
    func everyExitCodeIsTheProgramsOwn(_ surroundings: Surroundings) throws {
        let found = try statuses(of: "exit $N", for: Array(0...255), surroundings)
        #expect(found == Dictionary(uniqueKeysWithValues: (0...255).map { ($0, $0) }))
    }

    @Test(arguments: Surroundings.available)
    func aDeadlySignalIs128AndItsNumber(_ surroundings: Surroundings) throws {
        let found = try statuses(of: "kill -$N $$", for: Self.deadly, surroundings)
        #expect(found == Dictionary(uniqueKeysWithValues: Self.deadly.map { ($0, 128 + $0) }))
    }

    @Test(arguments: Surroundings.available)
    func aJobThatEndsWith0HasAnArchiveAndNoFailure(_ surroundings: Surroundings) throws {
        let ending = try PromiseJob.run(surroundings, "echo weights > \"$SM_MODEL_DIR/w.bin\"; echo done")
        #expect(ending.status == 0, "\(ending.errors)")
        #expect(ending.failure == nil)
        #expect(ending.archive == ["w.bin"])
        #expect(ending.success)
        #expect(ending.result.outputText == "done\n")
        let lines = ending.errors.split(separator: "\n")
        #expect(lines.last?.hasSuffix("job ended with success") == true, "\(ending.errors)")
        #expect(lines.filter { $0.contains("success") }.count == 1, "\(ending.errors)")
    }

    @Test(arguments: Surroundings.available, [1, 3, 124, 126, 127, 255])
    func aJobsFailureFileNamesTheCodeAndTheCommand(_ surroundings: Surroundings, _ code: Int32) throws {
        let ending = try PromiseJob.run(surroundings, "echo the cause >&2; exit \(code)")
        #expect(ending.status == code)
        #expect(ending.isConsistent)
        #expect(ending.cause == "ExecuteUserScriptError: the cause")
        let lines = (ending.failure ?? "").split(separator: "\n")
        #expect(lines.contains("ExitCode \(code)"))
        #expect(lines.contains { $0.hasPrefix("Command \"") && $0.contains("train.sh") })
    }

    @Test(
        arguments: Surroundings.available,
        [
            "SIGHUP (1)", "SIGINT (2)", "SIGQUIT (3)", "SIGILL (4)", "SIGABRT (6)", "SIGFPE (8)", "SIGKILL (9)",
            "SIGSEGV (11)", "SIGPIPE (13)", "SIGTERM (15)", "SIGXFSZ (25)",
        ]
    )
    func aJobsFailureFileNamesTheSignal(_ surroundings: Surroundings, _ name: String) throws {
        let signal = name.split(whereSeparator: { "()".contains($0) })[1]
        let ending = try PromiseJob.run(surroundings, "ulimit -c 0; kill -\(signal) $$")
        #expect(ending.status == 128 + (Int32(signal) ?? 0))
        #expect(ending.isConsistent)
        #expect(ending.failure?.contains("Signal \(name)") == true, "\(ending.failure ?? "no file")")
    }
}
