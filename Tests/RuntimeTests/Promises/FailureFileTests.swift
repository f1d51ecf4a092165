import SystemPackage
import TestSupport
import Testing

#if canImport(Glibc)
import Glibc
#endif

/// F01 to F08: the failure file says why, whole, short, and in UTF-8.
@Suite struct FailureFileTests {
    private func isValid(_ bytes: [UInt8]) -> Bool { String(validating: bytes, as: UTF8.self) != nil }

    @Test(arguments: Surroundings.available)
    func theCauseOfALongTracebackIsInTheFirstLine(_ surroundings: Surroundings) throws {
        let program = """
            import sys
            sys.stderr.write("noise \\u2603 " * 90000 + "\\n")
            def f(n):
                sys.stderr.write("é" * 100 + "\\n")
                if n == 0:
                    raise ValueError("bad learning rate")
                f(n - 1)
            f(300)
            """
        let job = try PromiseJob(surroundings, program, named: "train.py")
        defer { job.tree.remove() }
        let ending = try job.run()
        #expect(ending.status == 1)
        #expect(ending.isConsistent)
        #expect(ending.cause == "ExecuteUserScriptError: ValueError: bad learning rate")
        let bytes = job.tree.read("output/failure") ?? []
        #expect(bytes.count <= 1024)
        #expect(isValid(bytes))
        #expect(ending.failure?.contains("train.py") == true)
        #expect(ending.errors.contains("noise ☃ noise"))
    }

    /// Wherever the cut falls, it falls between two characters.
    @Test(arguments: ["é", "☃", "🚂"])
    func theCutIsAtACharactersBorder(_ character: String) throws {
        for shift in 0..<4 {
            let job = try PromiseJob(.subreaper, "", named: "train.sh")
            defer { job.tree.remove() }
            let text = String(repeating: "x", count: shift) + String(repeating: character, count: 900)
            try job.tree.write("code/train.sh", "echo '\(text)' >&2; exit 2", mode: 0o755)
            _ = try job.run()
            let bytes = job.tree.read("output/failure") ?? []
            #expect(bytes.count > 300 && bytes.count <= 1024)
            #expect(isValid(bytes))
        }
    }

    @Test(arguments: Surroundings.available, [0, 3])
    func aFailureFileOfTheProgramStays(_ surroundings: Surroundings, _ status: Int32) throws {
        let job = try PromiseJob(
            surroundings,
            "printf 'mine \\377' >\"$ML/output/failure\"; echo e >&2; exit \(status)"
        )
        defer { job.tree.remove() }
        let ending = try job.run()
        #expect(ending.status == status)
        #expect(job.tree.read("output/failure") == Array("mine ".utf8) + [0xff])
        #expect(ending.errors.contains("kept"), "\(ending.errors)")
        #expect(ending.success == (status == 0))
    }

    @Test(arguments: Surroundings.available)
    func theFilesOfAnEarlierRunAreGone(_ surroundings: Surroundings) throws {
        let job = try PromiseJob(surroundings, "ls \"$ML/output\"; exit \"$STATUS\"")
        defer { job.tree.remove() }
        for status in [0, 5, 0] as [Int32] {
            for name in ["failure", "success", "model.tar.gz"] { try job.tree.write("output/\(name)", "stale") }
            // Without samples, which a program of more than a second has.
            let ending = try job.run(["STATUS": "\(status)", "TRAIN_METRICS": "off"])
            #expect(ending.status == status)
            #expect(ending.isConsistent, "\(ending.errors)")
            #expect(ending.failure != "stale")
            #expect(ending.result.outputText == "data\n", "\(ending.result.outputText)")
        }
    }

    /// F04: the status stays, and the text goes to stderr instead.
    @Test(.requires(.mounts))
    func aFailureFileThatCannotBeWrittenIsOnStderr() throws {
        for options in ["ro", "size=4k,nr_inodes=3"] {
            let job = try PromiseJob(.subreaper, "echo the reason >&2; exit 7")
            defer { job.tree.remove() }
            let output = job.tree.base.appending("output").string
            let inner = job.command()
            let fill = options == "ro" ? ":" : "head -c 4096 /dev/zero >'\(output)/data/full'"
            let text =
                "mount -t tmpfs -o size=64k none '\(output)' && mkdir '\(output)/data' && "
                + "mount -o remount,\(options) '\(output)'; \(fill); exec \"$@\""
            var command = inner
            command.executable = Command.unshare
            command.arguments =
                Command.namespaceOptions + ["--mount", "/bin/sh", "-c", text, "sh", inner.executable] + inner.arguments
            let result = try command.run()
            #expect(result.status == 7, "\(result.errorText)")
            #expect(result.errorText.contains("ExecuteUserScriptError: the reason"), "\(result.errorText)")
            let reasons = ["Read-only file system", "No space left on device"]
            #expect(reasons.contains { result.errorText.contains($0) }, "\(result.errorText)")
        }
    }

    /// Without a success file a job has not succeeded, whatever was made before: a directory is in its place here.
    @Test(arguments: Surroundings.available)
    func aSuccessFileThatCannotBeWrittenIsAFailure(_ surroundings: Surroundings) throws {
        let ending = try PromiseJob.run(surroundings, "echo w >\"$SM_MODEL_DIR/w\"; mkdir \"$ML/output/success\"")
        #expect(ending.status == 1, "\(ending.errors)")
        #expect(ending.cause.hasPrefix("RuntimeError: ") && ending.cause.contains("output/success"), "\(ending.cause)")
        #expect(ending.archive == nil)
        #expect(!ending.errors.contains("ended with success"))
    }

    @Test(arguments: Surroundings.available)
    func bytesThatAreNotUTF8AreReplacedInTheFileAlone(_ surroundings: Surroundings) throws {
        let job = try PromiseJob(surroundings, "printf 'caf\\351 \\303\\251 broken\\n' >&2; exit 2")
        defer { job.tree.remove() }
        let ending = try job.run()
        #expect(ending.cause == "ExecuteUserScriptError: caf\u{fffd} é broken")
        #expect(isValid(job.tree.read("output/failure") ?? []))
        let raw = Array("caf".utf8) + [0xe9] + Array(" é broken\n".utf8)
        let errors = ending.result.errors
        #expect(errors.indices.contains { errors[$0...].starts(with: raw) })
    }

    /// F06: killed at any system call of its end, `train` leaves the file whole or not at all.
    @Test(.requires(.strace))
    func aKillAtAnySystemCallLeavesTheFileWholeOrAbsent() throws {
        let calls = "write,fsync,rename,renameat,renameat2,unlink,unlinkat,linkat,fchmod,ftruncate"
        let job = try PromiseJob(.subreaper, "echo the reason >&2; exit 3")
        defer { job.tree.remove() }
        let whole = try #require(try job.run().failure)
        var survived = false
        var killed = 0
        for turn in 1...60 where !survived {
            var command = job.command()
            // Not -f: the calls of the supervisor alone.
            command.executable = "/usr/bin/strace"
            command.arguments = ["-o", "/dev/null", "-e", "trace=\(calls)"]
            command.arguments += ["-e", "inject=\(calls):signal=SIGKILL:when=\(turn)", Command.train]
            let ending = job.ending(try command.run())
            survived = ending.status == 3
            if !survived { killed += 1 }
            #expect(ending.failure == nil || ending.failure == whole, "at call \(turn): \(ending.failure ?? "")")
            #expect(survived || ending.status == 137)
        }
        #expect(survived)
        #expect(killed > 3)
        #expect(try job.run().isConsistent)
    }

    @Test(arguments: Surroundings.available)
    func anArchiveThatCannotBeMadeIsAFailure(_ surroundings: Surroundings) throws {
        let program = "\"$PROBE\" flood 3 4000000 65536 3>\"$SM_MODEL_DIR/w.bin\""
        let job = try PromiseJob(surroundings, program)
        defer { job.tree.remove() }
        let inner = Command(Command.train, [], environment: job.command().environment)
        let limited = Command(
            Command.probe,
            ["with", "--file-size", "1000000", "--", inner.executable],
            environment: inner.environment
        )
        // The program's own file would be cut as well: it lies there already.
        try job.tree.write("code/train.sh", "exit 0", mode: 0o755)
        _ = try Command.shell(
            "'\(Command.probe)' flood 3 4000000 65536 3>'\(job.tree.base.string)/model/w.bin'"
        ).run()
        let ending = job.ending(try surroundings.wrap(limited).run())
        #expect(ending.status == 1, "\(ending.errors)")
        #expect(ending.isConsistent)
        #expect(ending.cause.hasPrefix("PackingError: "), "\(ending.cause)")
        #expect(ending.cause.contains("File too large"), "\(ending.cause)")
    }

    /// Its reason, and not where the use of the helper is told; whatever its log says.
    @Test(arguments: ["": "", "TRAIN_LOG_FORMAT": "json", "SM_LOG_LEVEL": "50"])
    func aSettingThatAHelperRefusesIsTheCause(_ name: String, _ value: String) throws {
        let job = try PromiseJob(.subreaper, "exit 0")
        defer { job.tree.remove() }
        let ending = try job.run(["SOURCE_DATE_EPOCH": "abc"].merging(name.isEmpty ? [:] : [name: value]) { $1 })
        #expect(ending.status == 1 && ending.isConsistent)
        #expect(ending.cause == #"PackingError: SOURCE_DATE_EPOCH must be seconds since 1970, found "abc""#)
    }
}
