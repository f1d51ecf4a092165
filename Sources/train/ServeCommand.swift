import ArgumentParser
import ContainerRuntime

/// `train serve`: what a platform asks of an image that it takes for a model server.
struct ServeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Says that this image only trains, and ends with 64.",
        shouldDisplay: false
    )

    @Argument(parsing: .captureForPassthrough, help: "Whatever the platform passes on.")
    var rest: [String] = []

    func run() throws {
        RuntimeLog.shared.write("this image only trains: start it with train; serve the model with another one")
        throw ExitCode(ExitStatus.usage.rawValue)
    }
}
