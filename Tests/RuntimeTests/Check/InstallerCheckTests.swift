import SystemPackage
import TestSupport
import Testing

@testable import ContainerRuntime

/// What `train check` says of the installer, of wheels that came with the code, and of `startup-hook.sh`.
@Suite(.enabled(if: Python.isThere, "python3 is not installed"), .timeLimit(.minutes(60)))
struct InstallerCheckTests {
    private static let noIndex: [RawString] = ["PIP_NO_INDEX=1", "TRAIN_INSTALLER=pip", "HOME=/nonexistent"]

    private func findings(_ job: CheckedJob, _ entries: [RawString] = []) -> [String] {
        defer { job.tree.remove() }
        return job.findings(entries)
    }

    private func job(_ requirements: String, wheels: [String] = []) throws -> CheckedJob {
        let job = try CheckedJob()
        try job.tree.write("code/requirements.txt", requirements)
        for wheel in wheels { try job.tree.write("code/\(wheel)", "PK\u{3}\u{4}") }
        return job
    }

    @Test func anInstallerThatIsAskedForAndMissingIsAnError() throws {
        let tree = try JobTree()
        defer { tree.remove() }
        // A directory with Python in it, and nothing else.
        let bin = tree.base.appending("bin")
        try tree.makeDirectory("bin")
        _ = try Command("/bin/ln", ["-s", Command.python, bin.appending("python3").string]).run()
        let job = try job("numpy\n")
        defer { job.tree.remove() }
        var own: [RawString] = ["SAGEMAKER_BASE_DIR=\(job.tree.base)", "PATH=\(bin)"].compactMap { RawString($0) }
        #expect(!JobCheck(incoming: EnvironmentVariables(entries: own)).hasErrors)
        own.append("TRAIN_INSTALLER=uv")
        let found = JobCheck(incoming: EnvironmentVariables(entries: own)).findings.filter { $0.severity == .error }
        #expect(found.map(\.problem).first?.contains("\"uv\" is not in the image") ?? false, "\(found)")
        #expect(found.count == 1)
        try tree.write("bin/uv", "#!/bin/sh\n", mode: 0o755)
        #expect(!JobCheck(incoming: EnvironmentVariables(entries: own)).hasErrors)
        own.append("PIP_CONSTRAINT=limits.txt")
        let settings = JobCheck(incoming: EnvironmentVariables(entries: own)).findings
        #expect(settings.contains { $0.place == "TRAIN_INSTALLER" && $0.problem.contains("passes over") })
    }

    @Test func aRepositoryThatIsNoneIsAnError() throws {
        let found = findings(
            try job("numpy\n"),
            ["CA_REPOSITORY_ARN=arn:aws:s3:::x", "PIP_INDEX_URL=https://x/simple"]
        )
        #expect(found.count == 1 && found[0].hasPrefix("error CA_REPOSITORY_ARN must be arn:aws:codeartifact:"))
    }

    @Test func withoutAnIndexEveryPackageHasItsWheel() throws {
        let text = """
            Scikit.Learn>=1.5 ; python_version > "3"
            scikit-learn==1.5
            Numpy[extra]
            torch
            own @ file:///x/own-1.0-py3-none-any.whl
            --no-deps
            """
        let wheels = ["wheels/scikit_learn-1.5.0-py3-none-any.whl", "wheels/torchvision-1.0-py3-none-any.whl"]
        let job = try job(text, wheels: wheels)
        try job.tree.write("code/wheels/numpy-1.26.4.tar.gz", "")
        let words = "warning no index is asked, since PIP_NO_INDEX says so, and no wheel of torch came with the code"
        #expect(job.findings(Self.noIndex) == [words])
        // Whoever says where packages lie knows what is there.
        #expect(job.findings(Self.noIndex + ["PIP_FIND_LINKS=/wheels"]) == [])
        #expect(job.findings(["PIP_INDEX_URL=https://x/simple"]) == [])
        try job.tree.write("pip.conf", "[global]\nfind-links = /wheels\n")
        let file = try #require(RawString("PIP_CONFIG_FILE=\(job.tree.base)/pip.conf"))
        #expect(job.findings(Self.noIndex + [file]) == [])
        try job.tree.write("code/requirements.txt", "torch\n--find-links /wheels\n")
        #expect(findings(job, Self.noIndex) == [])
    }

    @Test func aPackageThatIsBuiltWithoutAnIndexIsAWarning() throws {
        let job = try CheckedJob()
        try job.tree.write("code/setup.py", "")
        #expect(job.findings(["PIP_INDEX_URL=https://x/simple"]) == [])
        let found = job.findings(Self.noIndex)
        #expect(found.count == 1 && found[0].hasSuffix("the package is built by what is installed"), "\(found)")
        try job.tree.write("code/wheels/setuptools-70.0-py3-none-any.whl", "PK")
        #expect(findings(job, Self.noIndex) == [])
    }

    @Test func wheelsThatPipPassesOverAreWarnings() throws {
        let mine = ProgramFormat.ownMachine?[2] == 62 ? "x86_64" : "aarch64"
        let wheels = [
            "a-1-py3-none-any.whl", "wheels/b-1-cp311-cp311-manylinux_2_17_\(mine).manylinux2014_\(mine).whl",
            "wheels/c-1-cp311-cp311-macosx_11_0_arm64.whl", "wheels/d-1-cp311-cp311-win_amd64.whl",
            "wheels/e-1-1-py3-none-manylinux1_ppc64le.whl", "wheels/f.whl",
        ]
        let job = try job("./a-1-py3-none-any.whl\n", wheels: wheels)
        try job.tree.write("code/wheels/g-1-py3-none-any.whl", "version https://git-lfs.github.com/spec/v1\n")
        #expect(
            findings(job, ["PIP_INDEX_URL=https://x/simple"]) == [
                "warning is passed over: it is for macosx_11_0_arm64, and this is linux_\(mine)",
                "warning is passed over: it is for win_amd64, and this is linux_\(mine)",
                "warning is passed over: it is for manylinux1_ppc64le, and this is linux_\(mine)",
                "warning is passed over: its name is no wheel's", "warning is no zip archive, as a wheel is",
            ]
        )
    }

    @Test func wheelsThatNothingNamesAreAWarning() throws {
        let job = try CheckedJob()
        try job.tree.write("code/wheels/a-1-py3-none-any.whl", "PK")
        let words = "warning the wheels here are not installed: no requirements.txt names them"
        #expect(findings(job) == [words])
    }

    // MARK: startup-hook.sh

    @Test(
        arguments: [
            ("#!/bin/sh\nexit 0\n", 0o644, nil), ("echo x\n", 0o644, nil),
            ("#!/bin/sh\r\n", 0o755, "its first line ends with a carriage return"), ("", 0o755, "is empty"),
            ("#!/no/such/shell\n", 0o755, "its interpreter /no/such/shell"), ("echo\r\n", 0o644, "CRLF line ends"),
        ] as [(String, UInt32, String?)]
    )
    func aHookThatCannotStartIsAnError(_ text: String, _ mode: UInt32, _ words: String?) throws {
        let job = try CheckedJob()
        try job.tree.write("code/startup-hook.sh", text, mode: mode)
        let found = findings(job)
        guard let words else { return #expect(found == []) }
        #expect(found.count == 1 && found[0].hasPrefix("error ") && found[0].contains(words), "\(found)")
    }

    @Test func aHookOfAnotherNameIsAWarning() throws {
        let job = try CheckedJob()
        try job.tree.write("code/startup_hook.sh", "#!/bin/sh\n")
        #expect(findings(job) == ["warning is not run: its name is not startup-hook.sh"])
        let other = try CheckedJob()
        try other.tree.makeDirectory("code/startup-hook.sh")
        #expect(findings(other) == ["warning is a directory, and is not run"])
        let program = try CheckedJob(program: "#!/bin/sh\n", named: "startup-hook.sh")
        #expect(findings(program) == [])
    }

    /// It may install git, write the file that is missing, or make the program.
    @Test func whatAHookMayBringIsNoError() throws {
        let job = try job("-r more.txt\n")
        defer { job.tree.remove() }
        #expect(job.findings() == ["error names more.txt, which is not there"])
        try job.tree.write("code/startup-hook.sh", "#!/bin/sh\necho numpy >more.txt\n")
        #expect(job.findings() == ["warning names more.txt, which is not there"])
        let base = try #require(RawString("SAGEMAKER_BASE_DIR=\(job.tree.base)"))
        let check = JobCheck(incoming: EnvironmentVariables(entries: [base, "PATH=/usr/bin:/bin"]))
        #expect(check.findings.contains { $0.advice.hasSuffix(", unless startup-hook.sh sees to it") })
        // What it cannot change stays an error.
        try job.tree.write("input/config/hyperparameters.json", "[")
        #expect(job.findings().first?.hasPrefix("error ") ?? false)
    }
}
