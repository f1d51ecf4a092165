import ContainerRuntime
import SystemPackage

/// What this process was started with.
struct Startup: Sendable {
    /// The signals, taken the moment that this is first looked at.
    let inbox: SignalInbox
    /// The arguments after the program's name, as bytes.
    let arguments: [RawString]
    /// The variables, as bytes.
    let environment: [RawString]

    static let shared = Startup()

    private init() {
        do throws(Errno) {
            inbox = try SignalInbox.take()
        } catch {
            RuntimeLog.shared.write("signals cannot be blocked: \(error)")
            CurrentProcess.exit(ExitStatus.failure.rawValue)
        }
        arguments = RawString.commandLine
        environment = EnvironmentVariables.current().entries
    }

    /// The words for the parser, whose time grows with the square of their number: of those behind `--` a few, since whoever
    /// passes on more takes them as bytes.
    var parsedArguments: [String] {
        let end = arguments.firstIndex(of: "--") ?? arguments.endIndex
        return arguments.prefix(end + 9).map(\.description)
    }

    /// All words behind the first `--`, as bytes.
    var passedArguments: [RawString] { Array(arguments.drop { $0 != "--" }.dropFirst()) }

    /// Ends this process.
    func finish(_ status: ExitStatus) -> Never {
        CurrentProcess.exit(status.rawValue)
    }
}
