import SystemPackage
import TestSupport
import Testing

/// P05 to P09: what cannot be started says why.
///
/// tini's smoke tests, dumb-init's test_fails_nonzero_with_bad_exec.
@Suite struct CannotStartTests {
    private func exec(_ surroundings: Surroundings, _ words: [String]) throws -> Command.Result {
        try surroundings.wrap(Command.supervised(words)).run()
    }

    @Test(arguments: Surroundings.available)
    func aCommandThatIsNotThereIs127(_ surroundings: Surroundings) throws {
        for name in ["no-such-command", "/no/such/command"] {
            let result = try exec(surroundings, [name])
            #expect(result.status == 127)
            #expect(result.errorText.contains(name))
        }
    }

    @Test(arguments: Surroundings.available)
    func aDirectoryIs126(_ surroundings: Surroundings) throws {
        let result = try exec(surroundings, ["/etc"])
        #expect(result.status == 126)
        #expect(result.errorText.contains("/etc"))
    }

    @Test(arguments: Surroundings.available)
    func aMissingInterpreterIs127AndNamed(_ surroundings: Surroundings) throws {
        let tree = try JobTree()
        defer { tree.remove() }
        try tree.write("script", "#!/no/interpreter\n", mode: 0o755)
        let result = try exec(surroundings, [tree.base.appending("script").string])
        #expect(result.status == 127)
        #expect(result.errorText.contains("/no/interpreter"), "\(result.errorText)")
    }

    @Test(arguments: Surroundings.available)
    func aFileWithoutAnExecBitIs126(_ surroundings: Surroundings) throws {
        let tree = try JobTree()
        defer { tree.remove() }
        try tree.write("script", "#!/bin/sh\n", mode: 0o644)
        #expect(try exec(surroundings, [tree.base.appending("script").string]).status == 126)
    }

    @Test(arguments: Surroundings.available)
    func aTextWithoutAnInterpreterLineIsRunByTheShell(_ surroundings: Surroundings) throws {
        let tree = try JobTree()
        defer { tree.remove() }
        try tree.write("script", "exit 7\n", mode: 0o755)
        #expect(try exec(surroundings, [tree.base.appending("script").string]).status == 7)
    }

    @Test(arguments: Surroundings.available)
    func anEntryPointThatIsNotThereIs127AndTheFailureListsWhatIs(_ surroundings: Surroundings) throws {
        let job = try PromiseJob(surroundings, "exit 0", named: "present.sh")
        defer { job.tree.remove() }
        try job.hyperparameters("\"sagemaker_program\": \"absent.sh\"")
        let ending = try job.run()
        #expect(ending.status == 127)
        #expect(ending.isConsistent)
        #expect(ending.cause.hasPrefix("ExecuteUserScriptError: "))
        #expect(ending.cause.contains("absent.sh"))
        #expect(ending.cause.contains("present.sh"))
    }

    @Test(arguments: Surroundings.available)
    func aJobNamesTheMissingInterpreter(_ surroundings: Surroundings) throws {
        let ending = try PromiseJob.run(surroundings, "#!/no/interpreter\n", named: "program")
        #expect(ending.status == 127)
        #expect(ending.isConsistent)
        #expect(ending.cause.contains("/no/interpreter"), "\(ending.cause)")
    }

    @Test(arguments: Surroundings.available)
    func aMissingPythonIs127(_ surroundings: Surroundings) throws {
        let ending = try PromiseJob.run(
            surroundings,
            "print(1)",
            named: "train.py",
            environment: ["TRAIN_PYTHON": "/no/python"]
        )
        #expect(ending.status == 127)
        #expect(ending.cause.contains("/no/python"), "\(ending.cause)")
    }

    @Test(arguments: Surroundings.available)
    func aMissingExecBitIsMended(_ surroundings: Surroundings) throws {
        let job = try PromiseJob(surroundings, "", named: "program")
        defer { job.tree.remove() }
        try job.tree.write("code/program", "#!/bin/sh\nexit 4\n", mode: 0o644)
        #expect(try job.run().status == 4)
    }

    /// P07: 126 only where nothing can be mended: on a file system without execution a script runs through the interpreter
    /// that it names, and a program does not.
    @Test(.requires(.mounts), arguments: [("#!/bin/sh\nexit 4\n", 4), (nil, 126)] as [(String?, Int32)])
    func aFileSystemWithoutExecutionStopsProgramsOnly(_ script: String?, _ status: Int32) throws {
        let job = try PromiseJob(.subreaper, "", named: "other")
        defer { job.tree.remove() }
        try job.hyperparameters("\"sagemaker_program\": \"program\"")
        let code = job.tree.base.appending("code").string
        let source = job.tree.scratch.appending("program").string
        if let script {
            try job.tree.write("../program", script)
        } else {
            _ = try Command("/bin/cp", ["/bin/true", source]).run()
        }
        let text = "mount -t tmpfs -o size=4m,noexec none '\(code)' && cp '\(source)' '\(code)/program' && exec \"$@\""
        let inner = job.command()
        var command = inner
        command.executable = Command.unshare
        command.arguments =
            Command.namespaceOptions + ["--mount", "/bin/sh", "-c", text, "sh", inner.executable] + inner.arguments
        let ending = job.ending(try command.run())
        #expect(ending.status == status, "\(ending.errors)")
        #expect(ending.isConsistent)
        guard script == nil else { return }
        for words in ["program\" cannot be executed", "Permission denied"] {
            #expect(ending.cause.contains(words), "\(ending.cause)")
        }
    }

    @Test(arguments: Surroundings.available)
    func anEntryPointThatIsADirectoryIs126(_ surroundings: Surroundings) throws {
        let job = try PromiseJob(surroundings, "", named: "other")
        defer { job.tree.remove() }
        try job.tree.makeDirectory("code/program")
        try job.hyperparameters("\"sagemaker_program\": \"program\"")
        let ending = try job.run()
        #expect(ending.status == 126)
        #expect(ending.cause.contains("directory"), "\(ending.cause)")
    }

    /// P08.
    ///
    /// Injected, since a limit on processes does not bind root.
    @Test(.requires(.strace))
    func aForkThatFailsEndsWith1AndSignalsNobody() throws {
        let job = try PromiseJob(.subreaper, "exit 0")
        defer { job.tree.remove() }
        let trace = job.tree.scratch.appending("trace").string
        var command = job.command()
        command.arguments = [
            "-f", "-o", trace, "-e", "trace=kill,tkill,tgkill,clone,clone3,fork,vfork", "-e",
            "inject=clone,clone3,vfork,fork:error=EAGAIN:when=1+", Command.train,
        ]
        command.executable = "/usr/bin/strace"
        let ending = job.ending(try command.run())
        #expect(ending.status == 1)
        #expect(ending.cause.contains("Resource temporarily unavailable"), "\(ending.cause)")
        #expect(ending.isConsistent)
        let sent = try Command("/bin/cat", [trace]).run().outputText
        #expect(!sent.contains("kill("), "\(sent)")
    }

    @Test(arguments: Surroundings.available)
    func aHyperparameterThatIsTooLongIsNamedWithItsSizeAndTheLimit(_ surroundings: Surroundings) throws {
        let job = try PromiseJob(surroundings, "echo started")
        defer { job.tree.remove() }
        let long = String(repeating: "x", count: 140_000)
        try job.hyperparameters("\"sagemaker_program\": \"train.sh\", \"long_one\": \"\(long)\"")
        let ending = try job.run()
        #expect(ending.status == 1)
        #expect(ending.isConsistent)
        for word in ["long_one", "140", "131"] { #expect(ending.cause.contains(word), "\(ending.cause)") }
        #expect(ending.result.output.isEmpty)
    }
}
