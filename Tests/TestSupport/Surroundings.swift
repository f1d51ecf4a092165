import SystemPackage

#if canImport(Glibc)
import Glibc
#endif

/// Where a supervised command runs: each promise has to hold in both, as dumb-init's tests run in each of its modes.
public enum Surroundings: String, CaseIterable, Sendable, CustomStringConvertible {
    /// As PID 1 of a PID namespace with its own /proc, as in a container.
    case pidOne = "as PID 1"
    /// As an ordinary process, below a parent that inherits and names what outlives it.
    case subreaper = "as an ordinary process"

    /// The words for a test's name.
    public var description: String { rawValue }

    /// Those that this machine allows: a PID namespace takes root, or user namespaces for everybody.
    public static let available: [Surroundings] = Need.pidNamespaces.isMet ? allCases : [.subreaper]

    /// The command inside these surroundings.
    public func wrap(_ command: Command) -> Command {
        var wrapped = command
        let words = [command.executable] + command.arguments
        switch self {
        case .pidOne:
            wrapped.executable = Command.unshare
            wrapped.arguments = Command.namespaceOptions + ["--pid", "--fork", "--mount-proc", "--kill-child", "--"]
            wrapped.arguments += words
        case .subreaper:
            wrapped.executable = Command.probe
            wrapped.arguments = ["parent", "--"] + words
        }
        return wrapped
    }
}

extension Command {
    /// The built program of many small ones, `Tests/Probe`.
    public static let probe = FilePath(ownExecutable).removingLastComponent().appending("probe").string

    /// util-linux's unshare.
    public static let unshare = "/usr/bin/unshare"
    /// What unshare needs to make namespaces: nothing for root, a user namespace for others.
    public static let namespaceOptions: [String] = geteuid() == 0 ? [] : ["--user", "--map-root-user"]

    /// A Python that starts at once: the interpreter itself, not a version manager's script in front of it.
    public static let python: String = {
        let asked = try? Command("/usr/bin/env", ["python3", "-c", "import sys; print(sys.executable)"]).run()
        let lines = asked.map { $0.outputText.split(separator: "\n") } ?? []
        return lines.first.map(String.init) ?? "/usr/bin/python3"
    }()

    /// A shell text.
    public static func shell(
        _ text: String,
        environment: [String: String] = plainEnvironment,
        limit: Double = 300
    )
        -> Command
    {
        Command("/bin/sh", ["-c", text], environment: environment, limit: limit)
    }

    /// `train exec` of a command.
    public static func supervised(
        _ words: [String],
        environment: [String: String] = [:],
        limit: Double = 300
    ) -> Command {
        Command(
            train,
            ["exec", "--"] + words,
            environment: plainEnvironment.merging(environment) { $1 },
            limit: limit
        )
    }
}
