import ArgumentParser
import ContainerRuntime
import Logging

/// The `train` command: what a container is started with.
@main
struct Train: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "train",
        abstract: "Runs a training job in a container, as its first process.",
        version: "\(RuntimeVersion.number) (\(ModelArchive.engineDescription))",
        subcommands: [
            RunCommand.self, ExecCommand.self, EnvCommand.self, CheckCommand.self, FetchCommand.self, PackCommand.self,
            SyncCommand.self, MetricsCommand.self, ServeCommand.self, ReportCommand.self, LocalCommand.self,
        ],
        defaultSubcommand: RunCommand.self
    )

    /// Signals are taken before anything else: PID 1 ignores what it does not handle, and a stop that comes while arguments
    /// are parsed must not be lost.
    static func main() {
        let startup = Startup.shared
        // No parser for the plain forms, which are all that containers and helpers are started with: it costs 4 ms, since it
        // asks for conformances, and the first such question reads every page of the executable that describes one.
        if let words = ExecCommand.plainCommand(startup.arguments) { startup.finish(ExecCommand.run(words)) }
        if RunCommand.isPlain(startup.arguments) { RunCommand.run(options: [:]) }
        let incoming = EnvironmentVariables(entries: startup.environment)
        if let status = HelperRequest.serve(startup.arguments, startup.inbox, incoming, Store()) {
            startup.finish(status)
        }
        do {
            var command = try parseAsRoot(startup.parsedArguments)
            // A command that supervises nothing ends at a signal as any program does.
            if !(command is any SupervisingCommand) { startup.inbox.giveBack() }
            RuntimeLog.shared.adopt(incoming.text)
            try command.run()
        } catch {
            exit(withError: error)
        }
    }
}

/// A command that supervises others, and so keeps the signals.
protocol SupervisingCommand: ParsableCommand {}
