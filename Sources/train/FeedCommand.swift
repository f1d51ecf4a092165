import ArgumentParser
import ContainerRuntime
import SystemPackage

/// The command `train feed`: what a local run keeps beside the program for each channel in Pipe mode; not for people.
struct FeedCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "feed",
        abstract:
            "Feeds a channel in Pipe mode, epoch after epoch, until it is stopped; a local run starts it by itself.",
        shouldDisplay: false
    )

    @Argument(help: "A directory, a file, or an augmented manifest.")
    var source: String

    @Argument(help: "The channel, input/data/NAME; its FIFOs are NAME_0, NAME_1 and so on.")
    var channel: String

    @Flag(name: .customLong("record-io"), help: "Make each file or attribute a record: RecordWrapperType RecordIO.")
    var recordIO = false

    @Flag(help: "The source is an augmented manifest.")
    var manifest = false

    @Option(help: "An attribute of the manifest; repeated, in the order of AttributeNames.")
    var attribute: [String] = []

    @Option(help: "End when this process ends, which is the parent.")
    var parent: Int32?

    func validate() throws {
        if FilePath(channel).lastComponent == nil { throw ValidationError("a channel has a name, input/data/NAME") }
        guard manifest == !attribute.isEmpty else {
            throw ValidationError(manifest ? "--manifest needs --attribute NAME" : "--attribute is for a --manifest")
        }
        if attribute.count > 16 {
            throw ValidationError("a channel has at most 16 attributes, found \(attribute.count)")
        }
    }

    func run() throws {
        ModelArchive.removeTemporariesOnSignals()
        // A local run that is killed ends nobody, and a feeder would wait for a reader without an end.
        if let parent, !LocalRun.endsWithParent(parent) { throw ExitCode(1) }
        let source = FilePath(source)
        let feeder = PipeFeeder(
            manifest ? .augmentedManifest(source, attributes: attribute) : .files(source),
            channel: FilePath(channel),
            wrapsRecords: recordIO
        )
        do throws(Failure) {
            try feeder.run()
        } catch {
            RuntimeLog.shared.write("error: \(error)")
            throw ExitCode(error.exitStatus.rawValue)
        }
    }
}
