import SystemPackage
import TestSupport
import Testing

#if canImport(Glibc)
import Glibc
#endif

/// What a relay costs those around it: nothing where nothing is read, bounded memory, no changed descriptors.
@Suite struct RelayCostTests {
    /// A line of a file below /proc that starts with a word.
    private func line(_ word: String, of path: String) -> String? {
        (try? Command("/bin/cat", [path]).run().outputText)?.split(separator: "\n").first { $0.hasPrefix(word) }
            .map(String.init)
    }

    @Test(arguments: Surroundings.available)
    func standardOutputIsInheritedWhereNothingIsReadFromIt(_ surroundings: Surroundings) throws {
        let job = try PromiseJob(surroundings, "readlink /proc/$$/fd/1; readlink /proc/$$/fd/0 >&2")
        defer { job.tree.remove() }
        let command = job.command()
        let words = ["-c", "readlink /proc/$$/fd/1; exec \"$@\"", "sh", command.executable] + command.arguments
        let result = try Command("/bin/sh", words, environment: command.environment).run()
        let lines = result.outputText.split(separator: "\n")
        #expect(lines.count == 2 && lines[0] == lines[1], "\(lines)")
    }

    @Test(arguments: Surroundings.available)
    func memoryIsBoundedAndNobodysDescriptorIsChanged(_ surroundings: Surroundings) throws {
        let program = """
            "$PROBE" flood 2 64000000 65536; "$PROBE" flood 1 16000000 100
            : >"$ML/ready"; exec "$PROBE" signals 64
            """
        let job = try PromiseJob(surroundings, program)
        defer { job.tree.remove() }
        let running = try job.command(RelayTests.relayed).start()
        #expect(running.wait { _ in job.tree.exists("ready") })
        // The program has to have its handlers.
        #expect(running.wait { $0.outputBytes.suffix(6).elementsEqual("ready\n".utf8) })
        let pid = try #require(running.trainPID())
        let peak = line("VmHWM", of: "/proc/\(pid)/status")?.split(whereSeparator: \.isWhitespace)
        #expect((peak.flatMap { Int($0[1]) } ?? .max) < 64 << 10, "\(peak ?? [])")
        for descriptor in 0...2 {
            let flags = line("flags", of: "/proc/\(pid)/fdinfo/\(descriptor)")?.split(whereSeparator: \.isWhitespace)
            // O_NONBLOCK is octal 4000, and everybody who shares the descriptor would have it.
            #expect((flags.flatMap { Int($0[1], radix: 8) } ?? 0o4000) & 0o4000 == 0, "\(flags ?? [])")
        }
        running.signalTrain(64)
        #expect(running.wait().status == 0)
    }

    @Test(arguments: Surroundings.available)
    func aLineIsOutWhileTheProgramGoesOn(_ surroundings: Surroundings) throws {
        // The program does not go on until the reader has seen its line: a line held back would be waited for for ever.
        let program = "echo first; echo one >&2; while [ ! -e \"$ML/go\" ]; do sleep 0.02; done; echo second"
        let job = try PromiseJob(surroundings, program)
        defer { job.tree.remove() }
        let running = try job.command(RelayTests.relayed).start()
        #expect(running.printed("first"))
        #expect(running.wait { $0.errorText.contains("one\n") })
        try job.tree.write("go", "")
        #expect(running.wait().outputText == "first\nsecond\n")
    }
}
