import SystemPackage
import TestSupport
import Testing

/// A job on a terminal: what is read stays a terminal for the program.
@Suite struct JobTerminalTests {
    private func run(
        _ program: String,
        _ steps: [Terminal.Step],
        place: TerminalTests.Place
    ) throws -> PromiseJob.Ending {
        let job = try PromiseJob(.subreaper, program)
        defer { job.tree.remove() }
        let command = job.tree.train(environment: ["PROBE": Command.probe])
        return job.ending(try Terminal.driving(place.wrap(command), steps).run())
    }

    @Test(arguments: TerminalTests.Place.available)
    func outputStaysATerminalOfTheSameSize(_ place: TerminalTests.Place) throws {
        let program = "test -t 1 && echo out; test -t 2 && echo err >&2; stty size <&2"
        let job = try PromiseJob(.subreaper, program)
        defer { job.tree.remove() }
        let command = job.tree.train()
        let sized = Command(
            "/bin/sh",
            ["-c", "stty rows 33 cols 99; exec \"$@\"", "sh", command.executable] + command.arguments,
            environment: command.environment
        )
        let ending = job.ending(try Terminal.driving(place.wrap(sized), []).run())
        #expect(ending.status == 0, "\(ending.result.outputText) \(ending.errors)")
        for line in ["out\r\n", "err\r\n", "33 99\r\n"] {
            #expect(ending.result.outputText.contains(line), "\(ending.result.outputText)")
        }
    }

    @Test(arguments: TerminalTests.Place.available)
    func controlCEndsTheJobWith130(_ place: TerminalTests.Place) throws {
        let ending = try run("echo ready; exec sleep 60", [.expect("ready"), .type("\u{3}")], place: place)
        #expect(ending.status == 130, "\(ending.result.outputText) \(ending.errors)")
        #expect(ending.isConsistent)
        #expect(ending.failure?.contains("SIGINT") == true, "\(ending.failure ?? "")")
    }

    @Test(arguments: TerminalTests.Place.available)
    func linesOfBothStreamsAreShown(_ place: TerminalTests.Place) throws {
        let program = "for i in $(seq 200); do echo o$i; echo e$i >&2; done"
        let ending = try run(program, [.expect("o200"), .expect("e200")], place: place)
        #expect(ending.status == 0, "\(ending.errors)")
    }
}
