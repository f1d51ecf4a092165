public import SystemPackage

#if canImport(Glibc)
import Glibc
#endif

/// What pip has to do before the program starts.
///
/// - `requirements.txt` is installed for every kind of entry point; one of blanks and comments costs nothing.
/// - A package is installed with its requirements in one run, so that pip resolves both together.
/// - pip gets the variables that came in, and not the job's: the code directory is not on its path, where a module of the
///   user's named `json` would take the place of Python's own.
/// - Into the Python's own environment where that is writable and not managed by the system's packages (PEP 668), else into
///   a private directory, which follows the code directory on PYTHONPATH.
public struct Installation: Hashable, Sendable {
    /// What pip is asked to install.
    public enum Subject: Hashable, Sendable {
        /// Requirements alone.
        case requirements
        /// The user's package.
        case package
    }

    /// What is installed.
    public let subject: Subject
    /// Words after `pip install`.
    public let arguments: [String]

    /// What a program needs, or nothing.
    public init?(_ program: Program, in code: FilePath) {
        let requirements = Self.needsRequirements(code) ? ["-r", "requirements.txt"] : []
        if program.isPackage(in: code) {
            subject = .package
            arguments = ["."] + requirements
        } else {
            guard !requirements.isEmpty else { return nil }
            subject = .requirements
            arguments = requirements
        }
    }

    /// The class of a failure of this installation.
    public var failureClass: FailureClass {
        switch subject {
        case .requirements: .installRequirements
        case .package: .installModule
        }
    }

    /// The step that runs pip.
    ///
    /// - Parameters:
    ///   - python: The interpreter.
    ///   - code: The code directory, which relative paths in requirements.txt are relative to.
    ///   - target: The private directory for an environment that cannot be written.
    ///   - incoming: The variables that `train` was started with.
    /// - Returns: The step.
    public func step(
        python: FilePath,
        code: FilePath,
        target: FilePath,
        incoming: EnvironmentVariables
    ) -> Step {
        var environment = incoming
        for (name, value) in Self.pipSettings where environment[name] == nil { environment.set(name, value) }
        let words = ["-c", Self.program, target.string] + arguments
        return Step(
            name: "pip install",
            executable: python,
            arguments: [RawString(python)] + words.compactMap { RawString($0) },
            environment: environment.entries,
            workingDirectory: code
        )
    }

    /// pip asks nobody, and does not look for a newer pip.
    private static let pipSettings: [(RawString, RawString)] = [
        ("PIP_DISABLE_PIP_VERSION_CHECK", "1"), ("PIP_NO_INPUT", "1"), ("PIP_ROOT_USER_ACTION", "ignore"),
        ("PYTHONUNBUFFERED", "1"),
    ]

    /// Runs pip in the interpreter that decides where it installs.
    ///
    /// The working directory, first on the path of `-c`, is taken
    /// off it: it is the user's code, not pip's.
    private static let program = """
        import os, sys, sysconfig
        sys.path[:] = [path for path in sys.path if path not in ("", os.getcwd())]
        target, words = sys.argv[1], sys.argv[2:]
        marker = os.path.join(sysconfig.get_path("stdlib"), "EXTERNALLY-MANAGED")
        managed = sys.prefix == sys.base_prefix and os.path.exists(marker)
        if managed or not os.access(sysconfig.get_path("purelib"), os.W_OK):
            words = ["--target", target] + words
        sys.argv = ["pip", "install"] + words
        import runpy
        try:
            runpy.run_module("pip", run_name="__main__", alter_sys=True)
        except ImportError as error:
            if error.name != "pip":
                raise
            sys.exit("ERROR: " + sys.executable + " has no pip; install it in the image (python3-pip)")
        """

    private static func needsRequirements(_ code: FilePath) -> Bool {
        guard let bytes = try? readFile(code.appending("requirements.txt")) else { return false }
        return bytes.split(separator: UInt8(ascii: "\n")).contains { line in
            let text = line.drop { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") || $0 == UInt8(ascii: "\r") }
            return !text.isEmpty && text.first != UInt8(ascii: "#")
        }
    }
}
