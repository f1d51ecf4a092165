import SystemPackage

/// How packages are installed: by what, from where, with which variables.
///
/// - It gets the variables that came in, and not the job's: the code directory is not on its path, where a module of the
///   user's named `json` would take the place of Python's own.
/// - Into the Python's own environment where that is writable and not managed by the system's packages (PEP 668), else into
///   a private directory, which follows the code directory on PYTHONPATH.
/// - A token is nowhere but in the environment of the installer's process.
struct PackageInstaller: Hashable, Sendable {
    /// The programs that can do it.
    enum Tool: Hashable, Sendable {
        case pip
        case uv(FilePath)
    }

    let tool: Tool
    let index: PackageIndex
    let python: FilePath

    /// Chooses.
    ///
    /// - Throws: `Failure` where uv is asked for and missing, or `CA_REPOSITORY_ARN` is none.
    init(
        _ choice: InstallerChoice,
        python: FilePath,
        incoming: EnvironmentVariables,
        hasNetwork: Bool
    ) throws(Failure) {
        self.python = python
        index = try PackageIndex.decide(incoming, hasNetwork: hasNetwork)
        tool = try Self.tool(choice, python, incoming)
    }

    private static func tool(
        _ choice: InstallerChoice,
        _ python: FilePath,
        _ incoming: EnvironmentVariables
    ) throws(Failure) -> Tool {
        guard choice != .pip else { return .pip }
        let found = ExecutableSearch.find("uv", path: incoming["PATH"])
        if case .found(let uv) = found, choice == .uv || !PipSettings.onlyPipKnows(incoming, python) { return .uv(uv) }
        guard choice == .uv else { return .pip }
        throw Failure(.installerMissing(path: incoming.text("PATH") ?? "not set"), "uv")
    }

    /// The command as a person would type it.
    func command(_ installation: Installation) -> String {
        let tool =
            switch tool {
            case .pip: "pip install"
            case .uv: "uv pip install"
            }
        return ([tool] + installation.words(from: index)).joined(separator: " ")
    }

    /// The step that installs.
    ///
    /// - Parameters:
    ///   - installation: What is installed.
    ///   - target: The private directory for an environment that cannot be written.
    ///   - incoming: The variables that `train` was started with.
    ///   - helper: Our own executable, which gets the token of an index that wants one.
    ///   - note: Where it says why it did not get one.
    /// - Returns: The step.
    func step(
        _ installation: Installation,
        target: FilePath,
        incoming: EnvironmentVariables,
        helper: FilePath,
        note: FilePath
    ) -> Step {
        var name = "pip"
        if case .uv(let file) = tool { name = file.string }
        let words = ["-c", Self.program, name, target.string] + installation.words(from: index)
        var step = Step(
            name: name == "pip" ? "pip install" : "uv pip install",
            executable: python,
            arguments: [RawString(python)] + words.compactMap { RawString($0) },
            environment: PipSettings.variables(for: tool, incoming).entries,
            workingDirectory: installation.code
        )
        step.shown = tool == .pip ? "\(python) -m \(command(installation))" : command(installation)
        guard case .codeArtifact(let repository) = index else { return step }
        HelperRequest(.index(repository.name, command: step.arguments), note: note).replace(&step, helper)
        return step
    }

    /// Decides in the interpreter where it installs, and becomes pip, or uv for this interpreter.
    ///
    /// The working directory, first on the path of `-c`, is taken
    /// off it: it is the user's code, not pip's.
    private static let program = """
        import os, sys, sysconfig
        sys.path[:] = [path for path in sys.path if path not in ("", os.getcwd())]
        tool, target, words = sys.argv[1], sys.argv[2], sys.argv[3:]
        marker = os.path.join(sysconfig.get_path("stdlib"), "EXTERNALLY-MANAGED")
        managed = sys.prefix == sys.base_prefix and os.path.exists(marker)
        if managed or not os.access(sysconfig.get_path("purelib"), os.W_OK):
            words = ["--target", target] + words
        if tool != "pip":
            os.execv(tool, ["uv", "pip", "install", "--python", sys.executable] + words)
        sys.argv = ["pip", "install"] + words
        import runpy
        try:
            runpy.run_module("pip", run_name="__main__", alter_sys=True)
        except ImportError as error:
            if error.name != "pip":
                raise
            sys.exit("ERROR: " + sys.executable + " has no pip; install it in the image (python3-pip)")
        """
}
