import SystemPackage
import TestSupport
import Testing

/// F07: nothing that the runtime writes holds a secret.
///
/// Every secret of the run is known, and all that was written is read.
@Suite struct SecretTests {
    private static let parameters = [
        "api_key": "param-kQ81", "HF_TOKEN": "param-tT72", "db-password": "param/pP63",
        "awsSecretAccessKey": "param+sS54",
        "note": "AKIAIOSFODNN7EXAMPLE", "remark": "ghp_0123456789abcdefghijABCDEFGHIJ0123456",
    ]
    private static let variables = [
        "WANDB_API_KEY": "variable-wW45", "AWS_SECRET_ACCESS_KEY": "variable-aA36",
        "AWS_SESSION_TOKEN": "variable-sS27",
        "PIP_INDEX_URL": "https://user:variable-pP18@index.invalid/simple/",
        "PIP_EXTRA_INDEX_URL": "https://aws:variable-xX09@extra.invalid/simple/",
        "MY_PASSWORD": "variable mM90", "SERVICE_TOKEN": "variable\"q'Q91",
    ]
    private static let values =
        Array(parameters.values) + variables.values.filter { !$0.hasPrefix("https") } + [
            "variable-pP18", "variable-xX09",
        ]

    private func makeJob(_ program: String, named name: String) throws -> PromiseJob {
        let job = try PromiseJob(.subreaper, program, named: name)
        let members = Self.parameters.map { "\"\($0.key)\": \"\($0.value)\"" } + ["\"sagemaker_program\": \"\(name)\""]
        try job.hyperparameters(
            (members + ["\"sagemaker_container_log_level\": 10", "\"epochs\": 3"]).joined(separator: ", ")
        )
        return job
    }

    /// The secrets that are found in the output or in any file that is not the input.
    private func leaks(_ job: PromiseJob, _ result: Command.Result? = nil) throws -> [String] {
        try job.tree.write("collected", (result?.output ?? []) + (result?.errors ?? []))
        let words = ["-rlaF", "--exclude-dir=input", "--exclude-dir=code", "--exclude-dir=run"]
        return try Self.values.filter { value in
            try Command("/bin/grep", words + ["-e", value, job.tree.base.string]).run().status == 0
        }
    }

    @Test(arguments: [
        "exit 0", "exit 3", "echo \"using $SM_HP_API_KEY and $MY_PASSWORD in vain\" >/dev/null; exit 1", "kill -9 $$",
        "no-such-command \"$@\"",
    ])
    func nothingOfARunHoldsASecret(_ program: String) throws {
        let job = try makeJob(program, named: "train.sh")
        defer { job.tree.remove() }
        for arguments in [[], ["run", "--dry-run"], ["check"]] {
            var command = job.tree.train(arguments, environment: Self.variables)
            command.environment["TRAIN_PYTHON"] = Command.python
            #expect(try leaks(job, try command.run()) == [])
        }
    }

    /// The program's own words pass unchanged on stderr: they are its own.
    ///
    /// In the failure file they are masked.
    @Test func whatTheProgramSaysOfASecretIsMaskedInTheFailureFile() throws {
        let job = try makeJob(
            "echo \"ValueError: bad key $SM_HP_API_KEY, token $SERVICE_TOKEN\" >&2; exit 1",
            named: "train.sh"
        )
        defer { job.tree.remove() }
        let ending = try job.run(Self.variables)
        #expect(ending.status == 1)
        #expect(ending.cause.hasPrefix("ExecuteUserScriptError: ValueError: bad key "))
        for value in Self.values { #expect(ending.failure?.contains(value) == false, "\(ending.failure ?? "")") }
    }

    /// Everything that a job can be told to write, for a program that tells what it should not.
    @Test(arguments: [0, 1])
    func theReportAndTheMetricsHoldNoSecret(_ status: Int) throws {
        let program = "echo \"key $SM_HP_API_KEY, id $SM_HP_NOTE\" >&2; echo \"loss=1; $SERVICE_TOKEN\"; exit \(status)"
        let job = try makeJob(program, named: "train.sh")
        defer { job.tree.remove() }
        let all = [
            "TRAIN_REPORT": "output", "TRAIN_LOG_FORMAT": "json-all", "TRAIN_BANNER": "full", "TRAIN_METRICS": "emf",
            "TRAIN_METRIC_DEFINITIONS": "{\"loss\": \"loss=([0-9.]+)\"}", "TRAIN_SAMPLE_INTERVAL": "100ms",
        ]
        let ending = try job.run(Self.variables.merging(all) { $1 })
        #expect(ending.status == Int32(status), "\(ending.errors)")
        for file in ["output/report.json", "output/report.html"] { #expect(job.tree.exists(file), "\(file)") }
        #expect(try leaks(job) == [])
        // The program's lines pass as they are; ours beside them do not tell what is in them.
        let ours = ending.errors.split(separator: "\n").filter { !$0.contains("\"key ") && !$0.contains("loss=1") }
        for value in Self.values { #expect(!ours.contains { $0.contains(value) }, "\(value)") }
    }

    /// Nothing is left in the machine's own files either: a program of the job looks while it runs.
    @Test func credentialsAreInNoFileWhileTheProgramRuns() throws {
        let search = "grep -rlaF --exclude-dir=code --exclude-dir=input"
        let words = "-e \"$AWS_SECRET_ACCESS_KEY\" -e \"$AWS_SESSION_TOKEN\""
        let job = try makeJob("\(search) \(words) \"$ML\" \"$TMPDIR\" /etc; exit 0", named: "train.sh")
        defer { job.tree.remove() }
        try job.tree.makeDirectory("temporary")
        let ending = try job.run(
            Self.variables.merging(["TMPDIR": job.tree.base.appending("temporary").string]) { $1 }
        )
        #expect(ending.status == 0, "\(ending.errors)")
        #expect(ending.result.output.isEmpty, "\(ending.result.outputText)")
    }

    /// pip prints the URL of its index, with what is in it.
    @Test func pipsIndexTokenIsNotInTheFailureFile() throws {
        let job = try makeJob("print('started')", named: "train.py")
        defer { job.tree.remove() }
        let fake = """
            #!/bin/sh
            case "$*" in *pip*)
            echo "Looking in indexes: $PIP_INDEX_URL, $PIP_EXTRA_INDEX_URL" >&2
            echo "ERROR: Could not find a version that satisfies the requirement nope ($PIP_INDEX_URL)" >&2
            exit 1;; esac
            exec '\(Command.python)' "$@"
            """
        try job.tree.write("code/requirements.txt", "nope\n")
        try job.tree.write("python", fake, mode: 0o755)
        let python = job.tree.base.appending("python").string
        let ending = try job.run(Self.variables.merging(["TRAIN_PYTHON": python]) { $1 })
        #expect(ending.status == 1)
        #expect(ending.cause.hasPrefix("InstallRequirementsError: "), "\(ending.cause)")
        for value in Self.values { #expect(ending.failure?.contains(value) == false, "\(ending.failure ?? "")") }
        #expect(ending.result.output.isEmpty)
    }

    /// The control: the same search finds a secret that somebody did write.
    @Test func theSearchFindsWhatIsThere() throws {
        let job = try makeJob("printf %s \"$SM_HP_API_KEY\" >\"$SM_OUTPUT_DATA_DIR/oops\"", named: "train.sh")
        defer { job.tree.remove() }
        let result = try job.command(Self.variables.merging(["TRAIN_PACK": "never"]) { $1 }).run()
        #expect(try leaks(job, result) == ["param-kQ81"])
    }
}
