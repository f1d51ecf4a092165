import SystemPackage
import TestSupport
import Testing

@testable import ContainerRuntime

#if canImport(Glibc)
import Glibc
#endif

/// `TRAIN_LOG_FORMAT`: lines of JSON for collectors.
@Suite(.timeLimit(.minutes(60))) struct LogFormatTests {
    private func objects(_ bytes: [UInt8]) throws -> [JSONObject] {
        try bytes.split(separator: 0x0a, omittingEmptySubsequences: true).map { line in
            try #require(try? JSONReader.read(Array(line)).object, "no JSON: \(String(decoding: line, as: UTF8.self))")
        }
    }

    @Test func theRuntimesOwnLinesAreJSONAndTheProgramsItsOwn() throws {
        let job = try PromiseJob(.subreaper, "#!/bin/sh\nprintf 'raw \\377 bytes\\n' >&2; echo out; exit 3\n")
        defer { job.tree.remove() }
        try job.tree.write("output/data/x", "x")
        let ending = try job.run(["TRAIN_LOG_FORMAT": "json"])
        #expect(ending.status == 3 && ending.isConsistent)
        #expect(ending.result.output == Array("out\n".utf8))
        var lines = ending.result.errors.split(separator: 0x0a).map(Array.init)
        let raw = try #require(lines.firstIndex(of: Array("raw ".utf8) + [255] + Array(" bytes".utf8)))
        lines.remove(at: raw)
        let objects = try objects(Array(lines.joined(separator: [0x0a])))
        #expect(objects.count > 2)
        for object in objects {
            #expect(object["stream"] == "runtime" && object["time"]?.double ?? 0 > 1.7e9)
            #expect(object["level"]?.string != nil && object["message"]?.string != nil)
        }
        // The helpers too: `train pack` of the output data.
        #expect(objects.contains { $0["message"]?.string?.hasPrefix("packed ") == true && $0["host"] == "algo-1" })
        let last = try #require(objects.last)
        #expect(last["level"] == "error" && last["host"] == "algo-1" && last["rank"] == .integer(0))
        #expect(last["message"]?.string?.hasPrefix("job failed, exit status 3") == true)
    }

    @Test func onRequestTheProgramsLinesAreJSONToo() throws {
        let program = #"""
            import os, sys, time
            os.write(1, b"one\ntwo\xff\n10%\r20%\r\nno end")
            time.sleep(0.2)
            os.write(2, b"x" * 40000 + b"\n")
            raise ValueError("bad \u00e9 rate")
            """#
        let job = try PromiseJob(.subreaper, program, named: "train.py")
        defer { job.tree.remove() }
        let ending = try job.run(["TRAIN_LOG_FORMAT": "json-all"])
        #expect(ending.status == 1 && ending.isConsistent)
        // The cause is found behind the JSON.
        #expect(ending.cause == "ExecuteUserScriptError: ValueError: bad é rate")
        let output = try objects(ending.result.output)
        #expect(output.map { $0["message"]?.string } == ["one", "two\u{fffd}", "10%", "20%", "no end"])
        #expect(output.allSatisfy { $0["stream"] == "stdout" && $0["host"] == "algo-1" && $0["rank"] == .integer(0) })
        let errors = try objects(ending.result.errors)
        let long = errors.filter { $0["message"]?.string?.hasPrefix("xxx") == true }
        #expect(long.map { $0["message"]?.string?.count } == [16_384, 16_384, 7_232])
        #expect(long.map { $0["partial"] } == [.bool(true), .bool(true), nil])
        #expect(errors.contains { $0["message"] == "ValueError: bad é rate" && $0["stream"] == "stderr" })
    }

    @Test func theEndingOfTheProgramIsItsOwn() throws {
        for (program, status, words) in [
            ("kill -9 $$", 137, "Signal SIGKILL (9)"), ("exit 7", 7, "ExitCode 7"),
            ("trap 'exit 0' TERM; touch \"$ML/ready\"; while :; do sleep 0.05; done", 0, ""),
        ] {
            let job = try PromiseJob(.subreaper, "#!/bin/sh\n\(program)\n")
            defer { job.tree.remove() }
            let running = try job.command(["TRAIN_LOG_FORMAT": "json-all"]).start()
            if program.contains("trap") {
                #expect(running.wait { _ in job.tree.exists("ready") })
                kill(try #require(running.trainPID()), SIGTERM)
            }
            let ending = job.ending(running.wait())
            #expect(ending.status == status, "\(ending.errors)")
            #expect(ending.failure?.contains(words) ?? words.isEmpty)
        }
    }

    /// What the program left running writes for ever; its own last line is passed on.
    @Test(arguments: ["yes more", "while sleep 0.1; do echo more; done"])
    func whatIsLeftRunningHoldsNothingUp(_ leftover: String) throws {
        let job = try PromiseJob(.subreaper, "#!/bin/sh\n(\(leftover)) &\nsleep 0.3\necho last\n")
        defer { job.tree.remove() }
        let ending = try job.run(["TRAIN_LOG_FORMAT": "json-all"])
        #expect(!ending.result.timedOut && ending.status == 0, "\(ending.errors.suffix(1000))")
        #expect(ending.result.outputText.contains("\"last\""))
    }

    /// Each signal once: the group has it from us, and nobody passes it on a second time.
    @Test func aSignalComesOnce() throws {
        // It goes on for a second, in which a second one would come.
        let program =
            "trap 'echo got >&2' USR1; trap 'sleep 1; exit 0' USR2; touch \"$ML/ready\"; while :; do sleep 0.05; done"
        let job = try PromiseJob(.subreaper, "#!/bin/sh\n\(program)\n")
        defer { job.tree.remove() }
        let running = try job.command(["TRAIN_LOG_FORMAT": "json-all"]).start()
        #expect(running.wait { _ in job.tree.exists("ready") })
        let pid = try #require(running.trainPID())
        kill(pid, SIGUSR1)
        #expect(running.wait { $0.errorText.contains("got") })
        kill(pid, SIGUSR2)
        let messages = try objects(running.wait().errors).compactMap { $0["message"]?.string }
        #expect(messages.filter { $0 == "got" }.count == 1)
    }

    @Test func aScriptWithoutAnInterpreterRunsAllTheSame() throws {
        let job = try PromiseJob(.subreaper, "echo \"args: $*\"\n")
        defer { job.tree.remove() }
        let ending = try job.run(["TRAIN_LOG_FORMAT": "json-all"])
        #expect(ending.isConsistent && ending.status == 0)
        #expect(try objects(ending.result.output).first?["message"] == "args: ")
    }

    @Test(
        arguments: [
            ("a\n", ["a"]), ("a", ["a"]), ("", []), ("\n\n", ["", ""]), ("a\r\nb\r\n", ["a", "b"]),
            ("1\r2\r3\n", ["1", "2", "3"]), ("\r\r\r", []), ("a\r", ["a"]), ("a\n\rb", ["a", "b"]),
        ] as [(String, [String])]
    )
    func aLineEndsAtItsEnd(_ text: String, _ expected: [String]) throws {
        for size in [1, 2, 100] {
            var lines = JSONLines(stream: "stdout", place: nil)
            var output: [UInt8] = []
            let bytes = Array(text.utf8)
            for start in stride(from: 0, to: bytes.count, by: size) {
                output += lines.take(bytes[start..<min(bytes.count, start + size)])
            }
            output += lines.finish()
            #expect(try objects(output).map { $0["message"]?.string ?? "" } == expected)
        }
    }

    @Test func aCharacterIsNotCutInTwo() throws {
        for shift in 0..<4 {
            var lines = JSONLines(stream: "stderr", place: LogPlace(host: "h", rank: 2))
            let text = String(repeating: "x", count: shift) + String(repeating: "😀", count: 9_000)
            let output = lines.take(Array(text.utf8)[...]) + lines.finish()
            let found = try objects(output)
            #expect(found.compactMap { $0["message"]?.string }.joined() == text)
            #expect(found.allSatisfy { $0["rank"] == .integer(2) })
        }
    }

    @Test func ranksOfAnEngineAreToldByTheirNumbers() throws {
        let tagger = RankTagger(perHost: 2, hosts: ["algo-1", "algo-2"])
        var lines = JSONLines(stream: "stdout", place: LogPlace(host: "algo-1", rank: 0), ranks: tagger)
        let output = lines.take(Array("[1,3]<stdout>:hello\n[1,0]<stdout>:[x] y\n".utf8)[...]) + lines.finish()
        let found = try objects(output)
        #expect(found.map { $0["host"]?.string } == ["algo-2", "algo-1"])
        #expect(found.map { $0["rank"]?.integer } == [3, 0])
        #expect(found.map { $0["message"]?.string } == ["hello", "[x] y"])
    }
}
