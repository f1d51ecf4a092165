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
            RunCommand.self, ExecCommand.self, EnvCommand.self, CheckCommand.self, FetchCommand.self, IndexCommand.self,
            PackCommand.self, SyncCommand.self, FeedCommand.self, PeerCommand.self, MetricsCommand.self,
            ServeCommand.self, ReportCommand.self, RecordCommand.self, NewestCommand.self, LocalCommand.self,
        ],
        defaultSubcommand: RunCommand.self
    )

    /// Signals are taken before anything else: PID 1 ignores what it does not handle, and a stop that comes while arguments
    /// are parsed must not be lost.
    static func main() {
        let startup = Startup.shared
        // No parser for the plain forms, which are all that containers are started with: it costs 4 ms, since it asks for
        // conformances, and the first such question reads every page of the executable that describes one.
        if let words = ExecCommand.plainCommand(startup.arguments) { startup.finish(ExecCommand.run(words)) }
        if RunCommand.isPlain(startup.arguments) { RunCommand.run(options: [:]) }
        do {
            var command = try parseAsRoot(startup.parsedArguments)
            // A command that supervises nothing ends at a signal as any program does.
            let supervises = command is any SupervisingCommand || (command as? PeerCommand)?.action == .lines
            if !supervises { try startup.inbox.giveBack() }
            RuntimeLog.shared.adopt(EnvironmentVariables(entries: startup.environment).text)
            try command.run()
        } catch {
            exit(withError: error)
        }
    }
}

/// A command that supervises others, and so keeps the signals.
protocol SupervisingCommand: ParsableCommand {}
