import SystemPackage
import TestSupport
import Testing

@testable import ContainerRuntime

/// What `train check` says of the program, of what it needs, and of the places it writes to.
@Suite(.timeLimit(.minutes(60)))
struct ProgramCheckTests {
    private func findings(_ job: CheckedJob, _ entries: [RawString] = []) -> [String] {
        defer { job.tree.remove() }
        return job.findings(entries)
    }

    @Test(
        arguments: [
            ("#!/bin/bash\r\necho\r\n", "error \"", "its first line ends with a carriage return (CRLF line ends)"),
            ("#!/no/such/shell\n", "error \"", "its interpreter /no/such/shell is not in the image"),
            ("#!/usr/bin/env no-such-shell\n", "error \"", "its interpreter no-such-shell is not in the image"),
            ("", "error is empty", ""),
            ("echo\r\n", "error has no #! line; /bin/sh runs it, and trips over its CRLF", ""),
            ("echo\n", "warning has no #! line; /bin/sh runs it", ""),
        ]
    )
    func aScriptThatCannotStartIsAnError(_ program: String, _ start: String, _ words: String) throws {
        let found = findings(try CheckedJob(program: program, named: "train.sh"))
        #expect(
            found.count == 1 && found[0].hasPrefix(start) && (words.isEmpty || found[0].contains(words)),
            "\(found)"
        )
    }

    @Test func aMissingExecBitIsAWarning() throws {
        let job = try CheckedJob(program: "#!/bin/sh\n", named: "train.sh")
        try job.tree.write("code/train.sh", "#!/bin/sh\n", mode: 0o644)
        #expect(findings(job) == ["warning has no exec bit; the job gives it one"])
    }

    @Test func aProgramForAnotherProcessorIsAnError() throws {
        let job = try CheckedJob(program: "", named: "train")
        var head = try #require(try? readFile("/proc/self/exe", limit: 64))
        try job.tree.write("code/train", head, mode: 0o755)
        #expect(job.findings() == [])
        head[18] = 243
        try job.tree.write("code/train", head, mode: 0o755)
        let found = findings(job)
        #expect(found.count == 1 && found[0].contains("a program for RISC-V"), "\(found)")
    }

    @Test func anEntryPointThatIsNotThereIsToldWithWhatIs() throws {
        let job = try CheckedJob()
        try job.tree.write("input/config/hyperparameters.json", #"{"sagemaker_program": "tarin.py"}"#)
        let found = findings(job)
        #expect(
            found == [#"error entry point "tarin.py" is not in code; the directory holds train.py"#]
        )
    }

    @Test func aPythonThatIsNotThereIsAnError() throws {
        let found = findings(try CheckedJob(), ["TRAIN_PYTHON=/no/python"])
        #expect(found.count == 1 && found[0].contains("TRAIN_PYTHON names \"/no/python\""), "\(found)")
        // A script that is no Python's needs it where something is to be installed.
        let job = try CheckedJob(program: "#!/bin/sh\n", named: "train.sh")
        try job.tree.write("code/requirements.txt", "numpy\n")
        #expect(findings(job, ["TRAIN_PYTHON=/no/python"]).count == 1)
    }

    @Test func requirementsThatNameWhatIsNotThereAreErrors() throws {
        let job = try CheckedJob()
        try job.tree.write(
            "code/requirements.txt",
            """
            # -r comment.txt
            numpy==1.26.4 ; python_version > "3.8"
            -r more.txt\r
              --constraint=limits.txt
            ./wheels/own-1.0-py3-none-any.whl
            -e ./library[gpu]
            -r here.txt
            name @ git+https://example.org/x.git
            torch --index-url https://example.org/simple
            """
        )
        try job.tree.write("code/here.txt", "")
        let found = job.findings(["PATH=/nonexistent", "TRAIN_PYTHON=/bin/sh"])
        job.tree.remove()
        #expect(
            found == [
                "error names more.txt, which is not there", "error names limits.txt, which is not there",
                "error names ./wheels/own-1.0-py3-none-any.whl, which is not there",
                "error names ./library, which is not there", "error needs git, which is not on the PATH",
            ]
        )
        let other = try CheckedJob()
        try other.tree.write("code/requirement.txt", "numpy")
        #expect(findings(other) == ["warning is not installed: its name is not requirements.txt"])
    }

    @Test func aLauncherThatIsNotThereIsAnError() throws {
        let job = try CheckedJob()
        let text = #"{"sagemaker_program": "train.py", "sagemaker_mpi_enabled": "true"}"#
        try job.tree.write("input/config/hyperparameters.json", text)
        let found = job.findings(["PATH=/nonexistent", "TRAIN_PYTHON=/bin/sh"])
        job.tree.remove()
        #expect(found.count == 1 && found[0].contains("\"mpirun\" is not in the image"), "\(found)")
    }

    @Test func anOutputThatIsNoDirectoryIsAnError() throws {
        let job = try CheckedJob()
        try job.tree.write("output", "")
        let found = findings(job)
        #expect(found.contains("error output: a directory is expected here"), "\(found)")
    }

    // Whoever is root may write everywhere, and becomes somebody else with util-linux's setpriv.
    @Test(.requires(.root), .enabled(if: ExecutableSearch.find("setpriv", path: nil) != .missing, "needs setpriv"))
    func anOutputThatCannotBeWrittenIsAnError() throws {
        let job = try CheckedJob()
        defer { job.tree.remove() }
        try job.tree.makeDirectory("model")
        _ = try Command("/bin/chmod", ["-R", "a+rX", job.tree.scratch.string]).run()
        let user = ["--reuid=65534", "--regid=65534", "--clear-groups", Command.train, "check"]
        let variables = ["SAGEMAKER_BASE_DIR": job.tree.base.string, "PATH": "/usr/local/bin:/usr/bin:/bin"]
        let result = try Command("/usr/bin/setpriv", user, environment: variables).run()
        #expect(result.status == 1, "\(result.errorText)")
        for words in [
            "\(job.tree.base)/model: cannot be written by user 65534",
            "\(job.tree.base)/output: cannot be made by user 65534 in \(job.tree.base)",
        ] { #expect(result.outputText.contains("error    \(words)"), "\(result.outputText)") }
    }

    @Test(
        arguments: [
            (nil, 0, false), (nil, 1, true), (64 << 20, 0, true), (512 << 20, 0, false), (512 << 20, 1, true),
            (1 << 30, 8, false),
        ] as [(Int?, Int, Bool)]
    )
    func littleSharedMemoryIsAWarning(_ size: Int?, _ gpus: Int, _ isTold: Bool) {
        let use = size.map { FileSystemUse(size: $0, free: $0, freeNodes: .max) }
        #expect(MachineCheck.sharedMemory(use, gpus: gpus).isEmpty != isTold)
    }

    @Test func littleRoomIsAWarning() throws {
        let job = try CheckedJob()
        defer { job.tree.remove() }
        let found = PlacesCheck.findings(TrainingPaths(base: job.tree.base), least: .max)
        #expect(found.map(\.severity) == [.warning] && found[0].problem.contains(" MiB left"), "\(found)")
    }
}
