import SystemPackage
import TestSupport
import Testing

#if canImport(Glibc)
import Glibc
#endif

/// `startup-hook.sh` in the code directory runs before everything else of the user's.
@Suite(.timeLimit(.minutes(60))) struct StartupHookTests {
    private func job(_ hook: String, mode: UInt32 = 0o755) throws -> PromiseJob {
        let job = try PromiseJob(.subreaper, "echo program >>\"$SM_MODEL_DIR/order\"", named: "train.sh")
        try job.tree.write("code/startup-hook.sh", hook, mode: mode)
        return job
    }

    /// Before pip too; without an exec bit, and without a `#!` line, as a file comes out of a zip.
    @Test(arguments: [("#!/bin/sh\n", 0o755), ("#!/bin/sh\n", 0o644), ("", 0o644)] as [(String, UInt32)])
    func itRunsFirstWithTheProgramsVariables(_ head: String, _ mode: UInt32) throws {
        let job = try job("\(head)echo \"hook $SM_HP_LR $PWD\" >>\"$SM_MODEL_DIR/order\"\n", mode: mode)
        defer { job.tree.remove() }
        let fake = """
            #!/bin/sh
            case "$*" in *pip*) echo pip >>"$ML/model/order"; exit 0;; esac
            exec '\(Command.python)' "$@"
            """
        try job.hyperparameters("\"sagemaker_program\": \"train.sh\", \"lr\": \"0.5\"")
        try job.tree.write("code/requirements.txt", "nope\n")
        try job.tree.write("python", fake, mode: 0o755)
        let ending = try job.run(["TRAIN_PYTHON": job.tree.base.appending("python").string])
        #expect(ending.status == 0, "\(ending.errors)")
        let code = job.tree.base.appending("code").string
        #expect(job.tree.text("model/order") == "hook 0.5 \(code)\npip\nprogram\n")
    }

    @Test(
        arguments: [
            ("echo 'mount: permission denied' >&2; exit 3", 3, "startup-hook.sh: mount: permission denied"),
            ("exit 4", 4, "startup-hook.sh: it said nothing"), ("kill -9 $$", 137, "startup-hook.sh: it said nothing"),
        ] as [(String, Int32, String)]
    )
    func itsFailureIsNamedAndTheProgramNeverStarts(_ hook: String, _ status: Int32, _ words: String) throws {
        let job = try job("#!/bin/sh\n\(hook)\n")
        defer { job.tree.remove() }
        let ending = try job.run()
        #expect(ending.status == status, "\(ending.errors)")
        #expect(ending.cause == "ExecuteUserScriptError: \(words)")
        #expect(ending.failure?.contains("Command \"./startup-hook.sh\"") == true, "\(ending.failure ?? "")")
        #expect(ending.isConsistent && !job.tree.exists("model/order"))
    }

    @Test func aCheckpointThatItBringsIsTheNewest() throws {
        let job = try PromiseJob(
            .subreaper,
            "echo \"$SM_LATEST_CHECKPOINT\" >\"$SM_MODEL_DIR/newest\"",
            named: "train.sh"
        )
        defer { job.tree.remove() }
        let hook =
            "#!/bin/sh\nmkdir -p \"$SM_CHECKPOINT_DIR/epoch-2\"\necho x >\"$SM_CHECKPOINT_DIR/epoch-2/weights\"\n"
        try job.tree.write("code/startup-hook.sh", hook, mode: 0o755)
        let ending = try job.run()
        #expect(ending.status == 0, "\(ending.errors)")
        #expect(job.tree.text("model/newest")?.hasSuffix("checkpoints/epoch-2\n") == true)
    }

    @Test func anInterpreterThatIsMissingIsNamed() throws {
        let job = try job("#!/no/such/shell\n")
        defer { job.tree.remove() }
        let ending = try job.run()
        #expect(ending.status == 127)
        #expect(ending.cause.contains("startup-hook.sh\" cannot be started: its interpreter /no/such/shell"))
    }

    @Test func aStopEndsItAndTheProgramNeverStarts() throws {
        let job = try job("#!/bin/sh\necho ready\nexec sleep 60\n")
        defer { job.tree.remove() }
        let running = try job.command().start()
        #expect(running.printed("ready"), "\(running.errorText)")
        running.signalTrain(SIGTERM)
        let ending = job.ending(running.wait())
        #expect(ending.status == 143)
        #expect(ending.cause == "StoppedError: stopped by SIGTERM before training started", "\(ending.cause)")
        #expect(!job.tree.exists("model/order"))
    }

    @Test func aDryRunNamesIt() throws {
        let job = try job("#!/bin/sh\n")
        defer { job.tree.remove() }
        let plan = try job.tree.train(["run", "--dry-run"]).run()
        #expect(plan.outputText.contains("first       ./startup-hook.sh\n"), "\(plan.outputText)")
        try job.hyperparameters("\"sagemaker_program\": \"startup-hook.sh\"")
        let other = try job.tree.train(["run", "--dry-run"]).run()
        #expect(other.status == 0 && !other.outputText.contains("\nfirst "), "as the entry point it runs once")
    }
}
