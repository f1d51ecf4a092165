import SystemPackage
import TestSupport
import Testing

/// Whole jobs whose program needs a package.
@Suite(.enabled(if: Wheels.environment != nil, "\(Wheels.missing)"), .timeLimit(.minutes(60)))
struct InstallationJobTests {
    @Test(arguments: ["", "/wheels"]) func wheelsBesideTheRequirementsAreEnough(_ place: String) throws {
        let (job, variables) = try Wheels.job()
        defer { job.tree.remove() }
        try Wheels.write(job.tree, "code\(place)")
        let ending = try job.run(variables.merging(["PIP_NO_INDEX": "1"]) { $1 })
        #expect(ending.status == 0, "\(ending.errors)")
        #expect(ending.result.outputText.contains("answer 42"))
        #expect(ending.errors.contains("no index is asked, since PIP_NO_INDEX says so"))
    }

    /// As under network isolation: pip would try an index for a while, and then say that the package does not exist.
    @Test(.requires(.networkNamespaces), arguments: [true, false])
    func withoutNetworkWheelsAreTakenOrTheirLackIsSaid(_ hasWheel: Bool) throws {
        let (job, variables) = try Wheels.job()
        defer { job.tree.remove() }
        if hasWheel { try Wheels.write(job.tree, "code/wheels") }
        var command = job.command(variables)
        command.arguments = Command.namespaceOptions + ["--net", command.executable] + command.arguments
        command.executable = Command.unshare
        let ending = job.ending(try command.run())
        #expect(ending.errors.contains("there is no network, as in network isolation"), "\(ending.errors)")
        #expect((ending.status == 0) == hasWheel, "\(ending.errors)")
        guard !hasWheel else { return }
        #expect(ending.cause == "InstallRequirementsError: ERROR: No matching distribution found for answer")
        #expect(ending.failure?.contains("wheels/") == true, "\(ending.failure ?? "")")
    }

    @Test(.enabled(if: Wheels.uv != nil, "uv is not installed: scripts/prepare-object-store installs it from PyPI"))
    func uvInstallsToo() throws {
        let (job, variables) = try Wheels.job()
        defer { job.tree.remove() }
        try Wheels.write(job.tree, "code/wheels")
        let directory = FilePath(try #require(Wheels.uv)).removingLastComponent().string
        let path = "\(directory):\(Command.plainEnvironment["PATH"] ?? "")"
        let more = ["TRAIN_INSTALLER": "uv", "PATH": path, "PIP_NO_INDEX": "1", "HOME": job.tree.base.string]
        let ending = try job.run(variables.merging(more) { $1 })
        #expect(ending.status == 0, "\(ending.errors)")
        #expect(ending.result.outputText.contains("answer 42"))
        #expect(ending.errors.contains("installing: uv pip install -r requirements.txt --find-links wheels --no-index"))
        try job.tree.write("code/requirements.txt", "answer\nno-such-package-at-all\n")
        let failing = try job.run(variables.merging(more) { $1 })
        #expect(failing.status == 1)
        #expect(failing.cause.contains("no-such-package-at-all was not found"), "\(failing.cause)")
        #expect(failing.failure?.contains("Command \"uv pip install -r requirements.txt") == true)
    }

    @Test func theFailureShowsTheCommandThatAPersonWouldType() throws {
        let (job, variables) = try Wheels.job("no-such-package-at-all\n")
        defer { job.tree.remove() }
        let ending = try job.run(variables.merging(["PIP_NO_INDEX": "1"]) { $1 })
        #expect(ending.status == 1)
        let command = "Command \"\(variables["TRAIN_PYTHON"] ?? "") -m pip install -r requirements.txt --no-index\""
        #expect(ending.failure?.contains(command) == true, "\(ending.failure ?? "")")
    }
}
