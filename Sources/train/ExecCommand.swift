import ArgumentParser
import ContainerRuntime

/// `train exec -- COMMAND`: any command with the promises of a job's program.
struct ExecCommand: SupervisingCommand {
    static let configuration = CommandConfiguration(
        commandName: "exec",
        abstract: "Runs a command as an init would: signals, groups, zombies and the exit code are seen to.",
        usage: "train exec -- COMMAND [ARGUMENT …]"
    )

    @Argument(parsing: .captureForPassthrough, help: "The command and its arguments.")
    var command: [String] = []

    /// Only arguments without a command behind `--` come here.
    func run() throws {
        throw ValidationError("a command is expected behind --, as in: train exec -- python3 train.py")
    }

    /// The command of `exec -- COMMAND …`, or nil for any other arguments.
    static func plainCommand(_ arguments: [RawString]) -> [RawString]? {
        guard arguments.count >= 3, arguments[0] == "exec", arguments[1] == "--" else { return nil }
        return Array(arguments.dropFirst(2))
    }

    /// Runs the command.
    static func run(_ words: [RawString]) -> ExitStatus {
        do throws(Failure) {
            let environment = EnvironmentVariables(entries: Startup.shared.environment)
            let settings = try RuntimeSettings(environment: environment)
            RuntimeLog.shared.format = settings.logFormat
            var policy = SupervisionPolicy(grace: settings.gracePeriod)
            policy.setLimits(runTime: settings.maximumRunTime, idle: settings.idleTimeout)
            let supervisor = try Supervisor(inbox: Startup.shared.inbox)
            return CommandLaunch.run(
                words,
                environment: Startup.shared.environment,
                supervisor: supervisor,
                policy: policy
            )
        } catch {
            return error.tell()
        }
    }
}
