import ArgumentParser
import ContainerRuntime

/// `train check`: what is wrong or doubtful with a job, before it runs.
struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Reads configuration and code, and lists what is wrong or doubtful.",
        discussion: """
            Each finding has its severity, its place, what it is and what to do. An error is what the job would fail with; \
            then the command ends with 1, else with 0. Nothing is run, made or removed; only --ask-help starts the program.
            """
    )

    /// How the findings are printed.
    enum Format: String, ExpressibleByArgument, CaseIterable {
        case text
        case json
    }

    @OptionGroup var options: SettingOptions

    @Option(help: "How the findings are printed.")
    var format = Format.text

    @Flag(help: "Start the program with --help, and compare its options with the hyperparameters.")
    var askHelp = false

    func run() throws {
        let check = JobCheck(options: options.values, incoming: .current(), asksHelp: askHelp)
        print(format == .json ? check.json : check.text, terminator: "")
        throw ExitCode(check.status.rawValue)
    }
}
