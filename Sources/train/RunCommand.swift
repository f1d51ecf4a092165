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

    func validate() throws {
        if host != nil, !dryRun { throw ValidationError("--host goes with --dry-run") }
    }

    func run() {
        let startup = Startup.shared
        let incoming = EnvironmentVariables(entries: startup.environment)
        do throws(Failure) {
            let settings = try RuntimeSettings(options: options.values, environment: incoming)
            RuntimeLog.shared.format = settings.logFormat
            if dryRun {
                print(try PlanReport(settings: settings, incoming: incoming, host: host).text, terminator: "")
                startup.finish(.success)
            }
            let supervisor = try Supervisor(inbox: startup.inbox)
            let job = TrainingJob(settings: settings, incoming: incoming, supervisor: supervisor)
            startup.finish(job.run())
        } catch {
            RuntimeLog.shared.write("error: \(error)")
            startup.finish(error.exitStatus)
        }
    }
}
