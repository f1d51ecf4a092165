import SystemPackage
import TestSupport
import Testing

@testable import ContainerRuntime

/// What Docker is told, by a program that has its name and says what it was given.
@Suite(.timeLimit(.minutes(60)))
struct LocalDockerTests {
    private static let told = """
        #!/bin/sh
        case "$1 $2" in
        "image inspect") echo '{"Env": ["PYTHONPATH=/of/the/image"]}' ;;
        run*) for word; do echo "<$word>"; done; echo "MINE=$MINE TRAIN_SHELL=$TRAIN_SHELL"; echo "$PYTHONPATH"; exit "${CODE:-0}" ;;
        esac
        """

    private func run(_ words: [String], _ environment: [String: String] = [:]) throws -> Command.Result {
        let job = try LocalJob("", named: "train.py")
        defer { job.remove() }
        try job.tree.write("bin/docker", Self.told, mode: 0o755)
        let path = job.tree.base.appending("bin").string
        return try job.run(
            ["train.py"] + words,
            environment: environment.merging(["PATH": "\(path):/usr/bin:/bin"]) { $1 }
        )
    }

    @Test func itGetsTrainAndTheWordsBehindTwoDashes() throws {
        let plain = try run(["--image", "an/image:1"])
        #expect(plain.outputText.contains("<an/image:1>\n<train>\nMINE="), "\(plain.errorText)")
        let words = try run(["--image", "an/image:1", "--", "--a b", ""])
        #expect(words.outputText.contains("<an/image:1>\n<train>\n<run>\n<-->\n<--a b>\n<>\nMINE="))
    }

    @Test func valuesOfVariablesAreInNoListOfProcesses() throws {
        let words = ["--image", "i", "--environment", "MINE=secret", "--environment", "PATH=/of/the/job"]
        let result = try run(words, ["TRAIN_SHELL": "sh", "FOREIGN": "1"])
        #expect(
            result.outputText.contains("<--env>\n<MINE>\n") && result.outputText.contains("<--env>\n<TRAIN_SHELL>\n")
        )
        #expect(result.outputText.hasSuffix("MINE=secret TRAIN_SHELL=sh\n\n"), "\(result.outputText)")
        // Docker's client needs its own PATH.
        #expect(result.outputText.contains("<--env>\n<PATH=/of/the/job>\n") && !result.outputText.contains("FOREIGN"))
    }

    @Test func pathsOfTheImageStay() throws {
        let result = try run(["--image", "i", "--dependency", "bin"])
        #expect(result.outputText.contains("<PYTHONPATH>\n"), "\(result.outputText)")
        #expect(result.outputText.hasSuffix("\n/opt/train-local/dependency-1:/of/the/image\n"))
    }

    @Test(arguments: [125, 127])
    func aContainerThatDoesNotStartIsNoFailureOfTheScript(_ code: Int32) throws {
        let result = try run(["--image", "i"], ["CODE": "\(code)"])
        #expect(result.status == code)
        #expect(
            result.errorText.contains(
                "FailureReason: none, docker could not start train in the image: exit code \(code)"
            )
        )
    }

    /// Its streams have ended, and it ends itself between the look for it and the reading of the signals.
    @Test(.enabled(if: Faults.canInject, "strace is missing or forbidden"))
    func anEndAtTheWorstMomentIsSeen() throws {
        let job = try LocalJob("", named: "train.py")
        defer { job.remove() }
        let docker = """
            #!/bin/sh
            [ "$1" = run ] || { echo '{}'; exit; }
            out=$(readlink /proc/$$/fd/1) err=$(readlink /proc/$$/fd/2)
            exec >/dev/null 2>&1
            while ls -l /proc/$PPID/fd | grep -qF -e "$out" -e "$err"; do sleep 0.02; done
            sleep 0.5
            """
        try job.tree.write("bin/docker", docker, mode: 0o755)
        let path = job.tree.base.appending("bin").string
        var command = job.command(["train.py", "--image", "i"], environment: ["PATH": "\(path):/usr/bin:/bin"])
        let words = ["strace", "-qq", "-o", "/dev/null", "-e", "trace=wait4", "-e", "inject=wait4:delay_exit=2000000"]
        command.arguments = words + [command.executable] + command.arguments
        (command.executable, command.limit) = ("/usr/bin/env", 150)
        let result = try command.run()
        #expect(!result.timedOut && result.status == 0, "\(result.errorText)")
    }

    @Test func withoutDockerItIsSaid() throws {
        let job = try LocalJob("", named: "train.py")
        defer { job.remove() }
        let result = try job.run(["train.py", "--image", "i"], environment: ["PATH": "/nowhere"])
        #expect(result.status == 64 && result.errorText.contains("--image must be used where docker is on PATH"))
    }
}
