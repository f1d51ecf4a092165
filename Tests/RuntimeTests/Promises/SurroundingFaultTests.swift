import SystemPackage
import TestSupport
import Testing

#if canImport(Glibc)
import Glibc
#endif

/// C15 to C18: surroundings that are not as they should be.
@Suite struct SurroundingFaultTests {
    /// C15.
    ///
    /// Root may read everything: the case runs as nobody.
    @Test(.requires(.root), arguments: ["input/config/hyperparameters.json", "input/config"])
    func aConfigurationThatMayNotBeReadIsNamed(_ path: String) throws {
        let job = try PromiseJob(.subreaper, "echo started")
        defer { job.tree.remove() }
        _ = try Command("/bin/chown", ["-R", "65534", job.tree.scratch.string]).run()
        let file = job.tree.base.appending(path).string
        _ = try Command("/bin/chmod", ["000", file]).run()
        let inner = job.command()
        var command = inner
        command.executable = "/usr/bin/setpriv"
        command.arguments = ["--reuid", "65534", "--clear-groups", inner.executable] + inner.arguments
        let ending = job.ending(try command.run())
        #expect(ending.status == 1, "\(ending.errors)")
        #expect(ending.cause.contains(job.tree.base.appending(path).string), "\(ending.cause)")
        #expect(ending.cause.contains("Permission denied"), "\(ending.cause)")
        #expect(ending.result.output.isEmpty)
    }

    /// The tree is somebody else's, and the job runs as an ordinary user.
    private func run(_ job: PromiseJob, asOwnerOf names: [String]) throws -> PromiseJob.Ending {
        let paths = names.map { job.tree.base.appending($0).string }
        _ = try Command("/bin/chmod", ["755", job.tree.scratch.string]).run()
        if !paths.isEmpty { _ = try Command("/bin/chown", ["-R", "1000"] + paths).run() }
        var command = job.command()
        command.arguments = ["--reuid", "1000", "--clear-groups", command.executable] + command.arguments
        command.executable = "/usr/bin/setpriv"
        return job.ending(try command.run())
    }

    @Test(.requires(.root)) func anOrdinaryUserNeedsAWritableOutputAndModelOnly() throws {
        let job = try PromiseJob(.subreaper, "echo w >\"$SM_MODEL_DIR/w\"; echo o >\"$SM_OUTPUT_DATA_DIR/o\"; id -u")
        defer { job.tree.remove() }
        let ending = try run(job, asOwnerOf: ["output", "model"])
        #expect(ending.status == 0, "\(ending.errors)")
        #expect(ending.isConsistent && ending.archive == ["w"])
        #expect(ending.result.outputText == "1000\n")
    }

    /// Else all its work would be lost at the end, for an archive that cannot be written.
    @Test(.requires(.root)) func anOutputThatTheUserMayNotWriteIsToldBeforeAnythingStarts() throws {
        let job = try PromiseJob(.subreaper, "echo started")
        defer { job.tree.remove() }
        let ending = try run(job, asOwnerOf: ["model"])
        #expect(ending.status == 1)
        #expect(ending.result.output.isEmpty)
        let words = "ConfigurationError: \(job.tree.base)/output: user 1000 may not write here"
        #expect(ending.errors.contains(words), "\(ending.errors)")
    }

    @Test(arguments: Surroundings.available)
    func aModelDirectoryThatIsMissingIsMade(_ surroundings: Surroundings) throws {
        let job = try PromiseJob(surroundings, "echo w >\"$SM_MODEL_DIR/w\"")
        defer { job.tree.remove() }
        _ = try Command("/bin/rm", ["-r", job.tree.base.appending("model").string]).run()
        #expect(try job.run().archive == ["w"])
    }

    @Test func aModelDirectoryThatIsAFileIsRefused() throws {
        let job = try PromiseJob(.subreaper, "echo started")
        defer { job.tree.remove() }
        _ = try Command("/bin/rm", ["-r", job.tree.base.appending("model").string]).run()
        try job.tree.write("model", "a file")
        let ending = try job.run()
        #expect(ending.status == 1)
        #expect(ending.isConsistent)
        #expect(ending.cause.contains("/model"), "\(ending.cause)")
        #expect(ending.result.output.isEmpty)
    }

    @Test func aModelDirectoryThatIsALinkIsFollowed() throws {
        let job = try PromiseJob(.subreaper, "echo w >\"$SM_MODEL_DIR/w\"")
        defer { job.tree.remove() }
        let model = job.tree.base.appending("model").string
        _ = try Command.shell("mv '\(model)' '\(model)-else' && ln -s '\(model)-else' '\(model)'").run()
        let ending = try job.run()
        #expect(ending.archive == ["w"])
        let words = "\(model): is a link; it is followed once"
        #expect(ending.errors.split(separator: "\n").filter { $0.contains(words) }.count == 1, "\(ending.errors)")
    }

    /// C17: without /proc a static program of Swift dies of a segmentation fault before it can say why.
    @Test(.requires(.mounts)) func aMissingProcIsSaidPlainly() throws {
        let text = "mount -t tmpfs none /proc && exec \"$@\""
        for words in [[Command.train], [Command.train, "exec", "--", "/bin/true"]] {
            let arguments = Command.namespaceOptions + ["--mount", "/bin/sh", "-c", text, "sh"] + words
            let result = try Command(Command.unshare, arguments).run()
            #expect(result.status == 1)
            #expect(result.errorText.contains("/proc"), "\(result.errorText)")
        }
    }

    @Test(arguments: [
        ["--no-such-option"], ["no-such-command"], ["exec"], ["exec", "--"], ["pack"], ["run", "stray"],
    ])
    func wrongArgumentsAre64AndTheUsageIsOnStderr(_ arguments: [String]) throws {
        let job = try PromiseJob(.subreaper, "echo started")
        defer { job.tree.remove() }
        let result = try job.tree.train(arguments).run()
        #expect(result.status == 64, "\(result.errorText)")
        #expect(result.output.isEmpty)
        #expect(result.errorText.lowercased().contains("usage"), "\(result.errorText)")
        #expect(!job.tree.exists("output/failure"))
    }

    @Test(arguments: [[], ["run"], ["train"]]) func everySpellingRunsTheJob(_ arguments: [String]) throws {
        let job = try PromiseJob(.subreaper, "exit 5")
        defer { job.tree.remove() }
        #expect(try job.tree.train(arguments).run().status == 5)
    }
}
