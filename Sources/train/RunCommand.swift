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

    @Flag(help: "Print the plan: nothing is fetched, installed or started.")
    var dryRun = false

    @Option(help: "The host whose plan a dry run prints. (default: this one)")
    var host: String?

    @Argument(parsing: .postTerminator, help: "What the program gets behind the arguments of its hyperparameters.")
    var arguments: [String] = []

    func validate() throws {
        if host != nil, !dryRun { throw ValidationError("--host goes with --dry-run") }
    }

    func run() {
        Self.run(options: options.values, dryRun: dryRun, host: host)
    }

    /// Whether these are the arguments of a job with nothing set on the command line: none, `run` or `train`.
    static func isPlain(_ arguments: [RawString]) -> Bool {
        arguments.isEmpty || arguments == ["run"] || arguments == ["train"]
    }

    /// What stands behind `--`, as bytes.
    private static var moreArguments: [RawString] {
        Startup.shared.passedArguments
    }

    /// Runs the job, or prints what would be run, and ends with it.
    static func run(options: [RuntimeSetting: String], dryRun: Bool = false, host: String? = nil) -> Never {
        let incoming = EnvironmentVariables(entries: Startup.shared.environment)
        let inbox = Startup.shared.inbox
        TrainingJob.run(options: options, inbox: inbox, incoming: incoming, isDryRun: dryRun, host: host) { job in
            job.moreArguments = moreArguments
        }
    }
}
