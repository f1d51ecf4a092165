import SystemPackage
import TestSupport
import Testing

#if canImport(Glibc)
import Glibc
#endif

/// The tables of exit codes in README.md and in docs/contract.md: every row is a way to end that is provoked here, and its
/// cells say what comes of it.
@Suite(.timeLimit(.minutes(60))) struct ExitCodePageTests {
    /// What a job ended with: its status and its failure file.
    private typealias Ending = (status: Int32, failure: String?)

    /// The program's code in every row that has one, and the signal that ends a program.
    private static let (n, s) = (Int32(7), SIGKILL)

    /// The codes that a cell names: parts with a semicolon between them, or the program's with an exception.
    private static func codes(_ cell: String) throws -> [Int32] {
        if cell == "the program's, 124 where that is 0" { return [n, 124] }
        return try cell.split(separator: "; ").map { part in
            switch part {
            case "n", "the program's": n
            case "128 + s": 128 + s
            default: try #require(Int32(part), "\(part)")
            }
        }
    }

    @Test func everyRowOfTheContractIsWhatAJobEndsWith() throws {
        let rows = try ContractPageTests.rows("Exit code")
        #expect(Set(rows.map { $0[0] }) == Set(Self.endings.keys))
        for row in rows {
            let endings = try Self.endings[row[0], default: []].map { try $0() }
            let codes = try Self.codes(row[2])
            for (index, ending) in endings.enumerated() {
                #expect(ending.status == codes[min(index, codes.count - 1)], "\(row[0]): \(ending)")
                let failureClass = row[1].replacing("`", with: "")
                let expected = failureClass.hasPrefix("none") ? nil : failureClass
                #expect(ending.failure.map { String($0.prefix { $0 != ":" }) } == expected, "\(row[0]): \(ending)")
            }
            #expect(endings.count >= codes.count, "\(row[0])")
        }
    }

    @Test func everyRowOfTheFirstPageIsWhatAJobEndsWith() throws {
        let contract = Self.endings
        let endings = [
            "the program exits with 0, and the archive, where one is due, is in place": [{ try Self.run("exit 0") }],
            "the program exits with n; dies by signal s": Self.joined(
                "the program exits with n",
                "the program dies by signal s"
            ),
            "the configuration, the code, its packages, an archive or another host is at fault": Self.joined(
                "the configuration is malformed or contradicts itself, or a schema refuses a hyperparameter",
                "code cannot be fetched or unpacked",
                "pip or uv cannot install the requirements",
                "an archive cannot be made",
                "another host failed or vanished"
            ),
        ]
        let rows = try ContractPageTests.rows("Exit codes", of: "README.md")
        #expect(rows.count == 7)
        for row in rows {
            let provoked = try #require(endings[row[0]] ?? contract[row[0]], "\(row[0])")
            let codes = try Self.codes(row[1])
            for (index, end) in provoked.enumerated() {
                let ending = try end()
                #expect(ending.status == codes[min(index, codes.count - 1)], "\(row[0]): \(ending)")
                let isTold = ending.status != 0 && row[0] != "`train` was used wrongly"
                #expect((ending.failure != nil) == isTold, "\(row[0]): \(ending)")
            }
            #expect(provoked.count >= codes.count, "\(row[0])")
        }
    }
}

extension ExitCodePageTests {
    private static func joined(_ names: String...) -> [() throws -> Ending] { names.flatMap { endings[$0] ?? [] } }

    /// Every way to end of the contract's table, by its words there; where a cell has several codes, in their order.
    private static var endings: [String: [() throws -> Ending]] {
        [
            "the program exits with n": [{ try run("exit \(n)") }],
            "the program dies by signal s": [{ try run("kill -\(s) $$") }],
            "the entry point is not there; cannot be executed": [
                { try run("", ["input/config/hyperparameters.json": #"{"sagemaker_program": "absent.sh"}"#]) },
                { try run("\u{7f}ELF\0\0") },
            ],
            "a framework's function raises; calls `sys.exit(n)`": [
                { try framework("raise ValueError('no layers')") }, { try framework("sys.exit(\(n))") },
            ],
            "the configuration is malformed or contradicts itself, or a schema refuses a hyperparameter": [
                { try run("", ["input/config/inputdataconfig.json": "{"]) },
                { try run("", ["input/config/resourceconfig.json": #"{"current_host": "a", "hosts": ["b", "c"]}"#]) },
                { try run("", ["code/hyperparameters.schema.json": #"{"required": ["lr"]}"#]) },
            ],
            "code cannot be fetched or unpacked": [
                { try run(nil, variables: ["SAGEMAKER_SUBMIT_DIRECTORY": "ftp://host/sourcedir.tar.gz"]) }
            ],
            "`startup-hook.sh` exits with n, or dies by signal s": [
                { try run("", ["code/startup-hook.sh": "exit \(n)"]) },
                { try run("", ["code/startup-hook.sh": "kill -\(s) $$"]) },
            ],
            "pip or uv cannot install the requirements": [{ try withoutPip("requirements.txt", "absent\n") }],
            "the package of the program cannot be built or installed": [{ try withoutPip("setup.py", "") }],
            "a framework cannot import the user's module": [
                {
                    let body = "from container_runtime import Training; Training.from_train_fn(train_fn=print).run()"
                    return try framework(body, user: "import absent_module")
                }
            ],
            "a limit on run time or silence fired": [
                { try run(answering("exit \(n)"), variables: ["TRAIN_MAX_RUNTIME": "5"]) },
                { try run(answering("exit 0"), variables: ["TRAIN_IDLE_TIMEOUT": "5"]) },
            ],
            "the job was stopped and the program did not end with 0": [{ try stopped(answering("exit \(n)")) }],
            "an archive cannot be made": [{ try run("rmdir \"$SM_MODEL_DIR\"; echo none >\"$SM_MODEL_DIR\"") }],
            "another host failed or vanished": [
                {
                    let hosts = #"{"current_host": "127.0.0.1", "hosts": ["127.0.0.1", "absent.invalid"]}"#
                    let variables = ["TRAIN_HOST_TIMEOUT": "1s", "TRAIN_PEER_PORT": "\(FreePort.next())"]
                    return try run("exit 0", ["input/config/resourceconfig.json": hosts], variables: variables)
                }
            ],
            // The success file cannot take the place of a directory.
            "a system call that has to work did not": [{ try run("mkdir \"$ML/output/success\"") }],
            "`train` was used wrongly": [
                {
                    let tree = try JobTree()
                    defer { tree.remove() }
                    let result = try tree.train(["--no-such-option"]).run()
                    return (result.status, tree.text("output/failure"))
                }
            ],
        ]
    }

    /// A job of a shell script, or of no code at all, with more files.
    private static func run(
        _ program: String?,
        _ files: [String: String] = [:],
        variables: [String: String] = [:]
    ) throws -> Ending {
        let job = try PromiseJob(.subreaper, program ?? "")
        defer { job.tree.remove() }
        if program == nil { _ = try Command("/bin/rm", [job.tree.base.appending("code/train.sh").string]).run() }
        // A script without an interpreter of its own may also be no script.
        if program?.hasPrefix("\u{7f}") == true {
            try job.tree.write("code/program", program ?? "", mode: 0o755)
            try job.hyperparameters(#""sagemaker_program": "program""#)
        }
        for (path, text) in files { try job.tree.write(path, text) }
        let ending = try job.run(variables)
        return (ending.status, ending.failure)
    }

    private static func framework(_ body: String, user: String = "") throws -> Ending {
        let job = try PromiseJob(.subreaper, user, named: "train.py")
        defer { job.tree.remove() }
        try job.tree.write("lib/a_framework.py", "import sys\ndef main():\n    \(body)\n")
        var root = FilePath(#filePath)
        for _ in 0..<4 { root.removeLastComponent() }
        let path = "\(job.tree.base.appending("lib")):\(root.appending("Python"))"
        let variables = ["SAGEMAKER_TRAINING_MODULE": "a_framework:main", "PYTHONPATH": path]
        let ending = try job.run(variables)
        return (ending.status, ending.failure)
    }

    /// A job whose Python has a pip that can do nothing.
    private static func withoutPip(_ file: String, _ text: String) throws -> Ending {
        let job = try PromiseJob(.subreaper, "print('started')", named: "train.py")
        defer { job.tree.remove() }
        let fake = """
            #!/bin/sh
            case "$*" in *pip*) echo 'ERROR: no index' >&2; exit 2;; esac
            exec '\(Command.python)' "$@"
            """
        try job.tree.write("python", fake, mode: 0o755)
        try job.tree.write("code/\(file)", text)
        let variables = ["TRAIN_PYTHON": job.tree.base.appending("python").string, "TRAIN_INSTALLER": "pip"]
        let ending = try job.run(variables)
        return (ending.status, ending.failure)
    }

    private static func answering(_ words: String) -> String {
        "trap '\(words)' TERM; echo ready; while :; do sleep 0.05; done"
    }

    private static func stopped(_ program: String) throws -> Ending {
        let job = try PromiseJob(.subreaper, program)
        defer { job.tree.remove() }
        let running = try job.command().start()
        #expect(running.printed("ready"), "\(running.errorText)")
        running.signalTrain(SIGTERM)
        let ending = job.ending(running.wait())
        return (ending.status, ending.failure)
    }
}
