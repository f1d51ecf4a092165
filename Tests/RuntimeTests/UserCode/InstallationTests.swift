import SystemPackage
import TestSupport
import Testing

@testable import ContainerRuntime

#if canImport(Glibc)
import Glibc
#endif

/// What is installed, by what and from where: decided before anything runs.
@Suite struct InstallationTests {
    private func tree(_ files: [String]) throws -> JobTree {
        let tree = try JobTree()
        for file in files { try tree.write("code/\(file)", "x\n") }
        return tree
    }

    private func variables(_ pairs: [String: String]) -> EnvironmentVariables {
        EnvironmentVariables(
            entries: pairs.sorted { $0.key < $1.key }.compactMap { RawString("\($0.key)=\($0.value)") }
        )
    }

    private static let script = Program.entryPoint(EntryPoint(name: "train.sh", kind: .command))
    private static let package = Program.entryPoint(EntryPoint(name: "train.py", kind: .pythonPackage(module: "train")))

    @Test(arguments: [
        (["a-1-py3-none-any.whl"], ["--find-links", "."]),
        (["wheels/a.whl", "wheels/readme"], ["--find-links", "wheels"]),
        (["wheelhouse/a.whl", "vendor/b.whl"], ["--find-links", "wheelhouse", "--find-links", "vendor"]),
        (["lib/a.whl"], ["--find-links", "lib"]), (["dependencies/a.whl"], ["--find-links", "dependencies"]),
        (["lib/module.py", "data/a.whl", "wheels/.a.whl"], []),
    ])
    func wheelsThatCameWithTheCodeAreFound(_ files: [String], _ words: [String]) throws {
        let tree = try tree(files + ["train.sh", "requirements.txt"])
        defer { tree.remove() }
        let installation = try #require(Installation(Self.script, in: tree.base.appending("code")))
        #expect(installation.arguments == ["-r", "requirements.txt"] + words)
    }

    /// It is only looked at, and not for ever: PID 1 does it.
    @Test(arguments: [("# x\n", 200_000, false), ("# x\n", 300_000, true), ("\n\n", 1, false), ("a\n", 1, true)])
    func requirementsAreReadToALimit(_ line: String, _ count: Int, _ isNeeded: Bool) throws {
        let tree = try tree(["train.sh"])
        defer { tree.remove() }
        try tree.write("code/requirements.txt", String(repeating: line, count: count))
        #expect((Installation(Self.script, in: tree.base.appending("code")) != nil) == isNeeded)
    }

    @Test func endlessRequirementsEnd() throws {
        let tree = try tree(["train.sh"])
        defer { tree.remove() }
        #expect(symlink("/dev/zero", tree.base.appending("code/requirements.txt").string) == 0)
        #expect(Installation(Self.script, in: tree.base.appending("code")) != nil)
    }

    /// Without an index the backend that builds a package has to be there already, or among the wheels.
    @Test(arguments: [
        ([], ["--no-index", "--no-build-isolation"]), (["wheels/setuptools-65.5.0-py3-none-any.whl"], ["--no-index"]),
        (["wheels/numpy-2.whl"], ["--no-index", "--no-build-isolation"]),
    ])
    func aPackageIsBuiltByWhatIsThere(_ wheels: [String], _ words: [String]) throws {
        let tree = try tree(wheels + ["train.py", "setup.py"])
        defer { tree.remove() }
        let installation = try #require(Installation(Self.package, in: tree.base.appending("code")))
        #expect(installation.words(from: .configured) == installation.arguments)
        #expect(installation.words(from: .none(.noNetwork)) == installation.arguments + words)
    }

    static let arn = "arn:aws-cn:codeartifact:cn-north-1:012345678900:repository/my_domain/my-repo"

    @Test(
        arguments: [
            ([:], true, "configured"), ([:], false, "noNetwork"), (["PIP_NO_INDEX": "1"], true, "asked"),
            (["PIP_NO_INDEX": "False"], true, "configured"), (["PIP_NO_INDEX": ""], true, "configured"),
            (["PIP_INDEX_URL": "http://127.0.0.1/simple"], false, "configured"),
            (["CA_REPOSITORY_ARN": arn], true, "codeArtifact"), (["CA_REPOSITORY_ARN": arn], false, "noNetwork"),
            (["CA_REPOSITORY_ARN": arn, "PIP_NO_INDEX": "yes"], true, "asked"),
            (["CA_REPOSITORY_ARN": ""], true, "configured"),
        ] as [([String: String], Bool, String)]
    )
    func theIndexIsDecided(_ pairs: [String: String], _ hasNetwork: Bool, _ word: String) throws {
        let index = try PackageIndex.decide(variables(pairs), hasNetwork: hasNetwork)
        #expect("\(index)".contains(word), "\(index)")
    }

    @Test func aRepositorysNameIsTakenApart() throws {
        let repository = try CodeArtifactRepository(Self.arn)
        #expect(repository.partition == "aws-cn" && repository.region == "cn-north-1")
        #expect(repository.owner == "012345678900")
        #expect(repository.domain == "my_domain" && repository.repository == "my-repo")
    }

    @Test(arguments: [
        "nonsense", "arn:aws:s3:::bucket", "arn:aws:codeartifact:us-west-2:0123:repository/only-domain",
        "arn:aws:codeartifact::0123:repository/d/r", "arn:aws:codeartifact:evil.example/x?:0123:repository/d/r",
        "arn:aws:codeartifact:us-west-2:0123:repository/d/r/s", "arn:aws:codeartifact:us-west-2:0123:repository/d/r ",
    ])
    func aNameThatIsNoRepositoryIsRefusedWithWhatIsExpected(_ name: String) throws {
        let failure = #expect(throws: Failure.self) { try CodeArtifactRepository(name) }
        #expect(failure?.failureClass == .configuration)
        #expect(failure?.description.hasPrefix("CA_REPOSITORY_ARN must be arn:aws:codeartifact:") == true)
    }

    @Test(
        arguments: [
            (InstallerChoice.auto, [:], true), (.auto, ["PIP_INDEX_URL": "https://x/simple"], true),
            (.auto, ["PIP_EXTRA_INDEX_URL": "https://x/simple"], false), (.auto, ["PIP_CONSTRAINT": "c.txt"], false),
            (.auto, ["PIP_EXTRA_INDEX_URL": ""], true), (.pip, [:], false), (.uv, ["PIP_CONSTRAINT": "c.txt"], true),
        ] as [(InstallerChoice, [String: String], Bool)]
    )
    func uvIsTakenWhereItMeansTheSame(_ choice: InstallerChoice, _ pairs: [String: String], _ isUV: Bool) throws {
        let tree = try JobTree()
        defer { tree.remove() }
        try tree.write("bin/uv", "", mode: 0o755)
        let path = tree.base.appending("bin").string
        let incoming = variables(pairs.merging(["PATH": path, "HOME": tree.base.string]) { $1 })
        let python = tree.base.appending("venv/bin/python")
        guard choice == .auto else {
            let forced = try PackageInstaller(choice, python: python, incoming: incoming, hasNetwork: true)
            #expect((forced.tool == .uv(FilePath(path).appending("uv"))) == isUV)
            return
        }
        #expect(PipSettings.onlyPipKnows(incoming, python, systemFiles: []) == !isUV)
        // What pip is told in a file, uv does not read.
        for file in [".config/pip/pip.conf", ".pip/pip.conf", "venv/pip.conf"] {
            try tree.write(file, "[global]\n")
            #expect(PipSettings.onlyPipKnows(incoming, python, systemFiles: []))
            let installer = try PackageInstaller(.auto, python: python, incoming: incoming, hasNetwork: true)
            #expect(installer.tool == .pip)
            _ = try Command("/bin/rm", [tree.base.appending(file).string]).run()
        }
        let own = tree.base.appending("bin/uv")
        #expect(PipSettings.onlyPipKnows(incoming, python, systemFiles: [own]))
    }

    @Test func uvThatIsAskedForAndMissingIsNamed() throws {
        let failure = #expect(throws: Failure.self) {
            try PackageInstaller(.uv, python: "/x/python", incoming: variables(["PATH": "/none"]), hasNetwork: true)
        }
        #expect(failure?.description.contains("\"uv\" is not in the image, and TRAIN_INSTALLER asks for it") == true)
        #expect(failure?.failureClass == .configuration)
    }

    @Test func uvIsToldWhatPipWasTold() throws {
        let incoming = variables([
            "PIP_INDEX_URL": "https://x/simple", "PIP_TRUSTED_HOST": "x", "PIP_FIND_LINKS": "/a /b",
            "PIP_NO_CACHE_DIR": "off", "UV_EXTRA_INDEX_URL": "own", "PIP_EXTRA_INDEX_URL": "other",
        ])
        let told = PipSettings.variables(for: .uv("/bin/uv"), incoming)
        #expect(told.text("UV_INDEX_URL") == "https://x/simple" && told.text("UV_INSECURE_HOST") == "x")
        #expect(told.text("UV_FIND_LINKS") == "/a,/b")
        // pip takes every value for true here.
        #expect(told.text("UV_NO_CACHE") == "1")
        #expect(told.text("UV_EXTRA_INDEX_URL") == "own", "what came in stays")
        #expect(PipSettings.variables(for: .pip, incoming).text("UV_INDEX_URL") == nil)
    }

    @Test func aWarmPoolsDirectoryKeepsWhatIsDownloaded() throws {
        let tree = try JobTree()
        defer { tree.remove() }
        let cache = tree.base.appending("cache").string
        let incoming = variables(["SAGEMAKER_MANAGED_WARMPOOL_CACHE_DIRECTORY": cache])
        #expect(PipSettings.variables(for: .pip, incoming).text("PIP_CACHE_DIR") == nil, "it is not there")
        try tree.makeDirectory("cache")
        #expect(PipSettings.variables(for: .pip, incoming).text("PIP_CACHE_DIR") == "\(cache)/pip")
        #expect(PipSettings.variables(for: .uv("/bin/uv"), incoming).text("UV_CACHE_DIR") == "\(cache)/uv")
        let own = variables(["SAGEMAKER_MANAGED_WARMPOOL_CACHE_DIRECTORY": cache, "PIP_CACHE_DIR": "/own"])
        #expect(PipSettings.variables(for: .pip, own).text("PIP_CACHE_DIR") == "/own")
    }

    @Test func uvsReasonIsFound() throws {
        let tail = """
            Using Python 3.11.7 environment at: /tmp/venv
              × No solution found when resolving dependencies:
              ╰─▶ Because nope was not found in the package registry and you require nope,
                  we can conclude that your requirements are unsatisfiable.
            """
        #expect(
            RootCause.ofInstaller(tail: Array(tail.utf8))?.line
                == "Because nope was not found in the package registry and you require nope, we can conclude that your "
                + "requirements are unsatisfiable."
        )
        let failed = "error: Request failed\n  Caused by: Failed to fetch: http://x/\n  Caused by: refused\n"
        #expect(RootCause.ofInstaller(tail: Array(failed.utf8))?.line == "error: Request failed: refused")
    }
}
