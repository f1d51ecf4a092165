import ArgumentParser
import ContainerRuntime

/// `train`, `train run`, `train train`: the job of the base directory.
struct RunCommand: SupervisingCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Runs the job of the base directory.",
        aliases: ["train"]
    )

    @OptionGroup var options: SettingOptions

    @Flag(help: "Do everything up to the start of the program, and print the plan.")
    var dryRun = false

    @Option(help: "The host whose plan a dry run prints. (default: this one)")
    var host: String?

    @Argument(parsing: .postTerminator, help: "What the program gets behind the arguments of its hyperparameters.")
    var arguments: [String] = []

    func validate() throws {
        if host != nil, !dryRun { throw ValidationError("--host goes with --dry-run") }
    }

    func run() {
        if dryRun { Startup.shared.finish(Self.plan(options: options.values, host: host)) }
        Self.run(options: options.values)
    }

    /// Whether these are the arguments of a job with nothing set on the command line: none, `run` or `train`.
    static func isPlain(_ arguments: [RawString]) -> Bool {
        arguments.isEmpty || arguments == ["run"] || arguments == ["train"]
    }

    /// What stands behind `--`, as bytes.
    private static var moreArguments: [RawString] {
        Startup.shared.passedArguments
    }

    /// Runs the job, and ends with it.
    static func run(options: [RuntimeSetting: String]) -> Never {
        let incoming = EnvironmentVariables(entries: Startup.shared.environment)
        TrainingJob.run(options: options, inbox: Startup.shared.inbox, incoming: incoming) { job in
            job.moreArguments = moreArguments
        }
    }

    /// Prints what would be run.
    private static func plan(options: [RuntimeSetting: String], host: String?) -> ExitStatus {
        let incoming = EnvironmentVariables(entries: Startup.shared.environment)
        do throws(Failure) {
            let settings = try RuntimeSettings(options: options, environment: incoming)
            print(
                try PlanReport(settings: settings, incoming: incoming, host: host, moreArguments: moreArguments).text,
                terminator: ""
            )
            return .success
        } catch {
            return error.tell()
        }
    }
}
