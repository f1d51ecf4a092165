import ArgumentParser
import ContainerRuntime

@main
struct Train: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "train",
        abstract: "Runs a training job.",
        subcommands: [PackCommand.self]
    )
}
