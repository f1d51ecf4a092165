import ArgumentParser
import ContainerRuntime
import SystemPackage

/// The command `train newest`: what a job looks for before its program starts; not for people.
struct NewestCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "newest",
        abstract: "Finds the newest whole checkpoint of a directory; a job starts it by itself.",
        shouldDisplay: false
    )

    @Argument(help: "The directory of the checkpoints.")
    var directory: String

    @Argument(help: "Where the path is written.")
    var file: String

    @Option(help: "How long is looked, in seconds.")
    var seconds = 60

    func run() {
        Startup.shared.finish(
            CheckpointSearch.run(directory: FilePath(directory), file: FilePath(file), seconds: seconds)
        )
    }
}
