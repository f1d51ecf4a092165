import CLinux
public import SystemPackage

#if canImport(Glibc)
import Glibc
#endif

/// A command of a test: started for real, with a limit on its time, its output collected.
public struct Command: Sendable {
    /// The file to execute; it is not searched for.
    public var executable: String
    /// The arguments after the program's name.
    public var arguments: [String]
    /// The whole environment; nothing is inherited unless it is named here.
    public var environment: [String: String]
    /// The working directory, or nil for the root directory.
    public var workingDirectory: String?
    /// The text on standard input.
    public var input: [UInt8]
    /// Seconds after which its whole session is killed and the test fails.
    public var limit: Double

    /// Makes a command.
    public init(
        _ executable: String,
        _ arguments: [String] = [],
        environment: [String: String] = Command.plainEnvironment,
        workingDirectory: String? = nil,
        input: [UInt8] = [],
        limit: Double = 300
    ) {
        self.executable = executable
        self.arguments = arguments
        self.environment = environment
        self.workingDirectory = workingDirectory
        self.input = input
        self.limit = limit
    }

    /// PATH and HOME of this process, and nothing else.
    public static var plainEnvironment: [String: String] {
        var environment: [String: String] = [:]
        for name in ["PATH", "HOME", "LD_LIBRARY_PATH"] {
            if let value = getenv(name) { environment[name] = String(cString: value) }
        }
        return environment
    }

    /// The built `train` beside the test program.
    public static let train: String = {
        if let given = getenv("TRAIN_UNDER_TEST") { return String(cString: given) }
        return FilePath(ownExecutable).removingLastComponent().appending("train").string
    }()

    /// The test program itself.
    static let ownExecutable: String = {
        var name = [CChar](repeating: 0, count: 4096)
        let count = readlink("/proc/self/exe", &name, name.count - 1)
        return String(decoding: name.prefix(max(0, count)).map(UInt8.init(bitPattern:)), as: UTF8.self)
    }()

    /// What a command left behind.
    public struct Result: Sendable {
        /// The exit code, or 128 and the signal's number.
        public var status: Int32
        /// All bytes of stdout.
        public var output: [UInt8]
        /// All bytes of stderr.
        public var errors: [UInt8]
        /// Whether it was killed because its time was over.
        public var timedOut: Bool

        /// Stdout as text, invalid UTF-8 mended.
        public var outputText: String { String(decoding: output, as: UTF8.self) }
        /// Stderr as text, invalid UTF-8 mended.
        public var errorText: String { String(decoding: errors, as: UTF8.self) }
    }

    /// Starts the command.
    public func start() throws(Errno) -> RunningCommand {
        try RunningCommand(self)
    }

    /// Starts the command and waits for its end and for the end of its output.
    public func run() throws(Errno) -> Result {
        try start().wait()
    }
}
