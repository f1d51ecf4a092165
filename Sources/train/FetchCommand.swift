import ArgumentParser
import ContainerRuntime
import Logging
import ObjectStore
import SystemPackage

struct FetchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fetch",
        abstract: "Brings code into a directory and unpacks it safely: all of it, or nothing.",
        discussion: """
            The source is s3://BUCKET/KEY, https://…, http://…, file:///PATH or a path; a directory, a single file, or a \
            .tar.gz, .tar or .zip archive. Credentials, region, endpoint and proxy come from the variables that AWS's \
            own tools read.

            With --prefix the source is s3://BUCKET/PREFIX, as a channel of the platform names its data: all objects whose \
            keys begin with it are brought as they are, each under what follows the last slash of the prefix in its key.
            """
    )

    @Argument(help: "Where the code is.")
    var source: String

    @Argument(help: "The directory that it goes to; it may be missing or empty.")
    var directory: String

    @Flag(help: "Bring all objects whose keys begin with the source, as they are; nothing is unpacked.")
    var prefix = false

    @Option(
        help: "The region of the bucket. (default: AWS_REGION, AWS_DEFAULT_REGION, SAGEMAKER_REGION, else asked for)"
    )
    var region: String?

    @Option(help: "The most bytes to download; K, M and G count. (default: $TRAIN_FETCH_MAX_BYTES, else 10G)")
    var maxFetchBytes: String?

    @Option(help: "The most bytes to unpack. (default: $TRAIN_EXTRACT_MAX_BYTES, else 10G)")
    var maxExtractBytes: String?

    @Option(help: "The most files to unpack, or objects. (default: $TRAIN_EXTRACT_MAX_ENTRIES, else 500000)")
    var maxExtractEntries: String?

    func run() throws {
        let options = [
            "AWS_REGION": region, "TRAIN_FETCH_MAX_BYTES": maxFetchBytes, "TRAIN_EXTRACT_MAX_BYTES": maxExtractBytes,
            "TRAIN_EXTRACT_MAX_ENTRIES": maxExtractEntries,
        ]
        do throws(Failure) {
            try Store(options).fetch(source, to: FilePath(directory), isPrefix: prefix)
        } catch {
            throw ExitCode(error.tell(namesClass: true).rawValue)
        }
    }
}

extension Store {
    /// Brings what is at a location to a directory; a signal that comes meanwhile ends this process when it is cleared up.
    func fetch(_ source: String, to directory: FilePath, isPrefix: Bool) throws(Failure) {
        let shown = CodeLocation.shown(source)
        let (download, unpacking) = (ProgressLine("fetching \(shown)"), ProgressLine("unpacking \(shown)"))
        let interruption = Interruption()
        let result = interruption.run { () throws(Failure) in
            let limits = try ExtractionLimits(environment: variable)
            var fetch = Fetch(environment: variable, logger: RuntimeLog.logger())
            fetch.progress = { download.add($0, total: $1) }
            if isPrefix {
                guard let prefix = ObjectPrefix(source) else {
                    throw Failure(.sourceNotUnderstood(expected: "s3://BUCKET/PREFIX"), shown)
                }
                return try await fetch.run(prefix, to: directory, limits: limits)
            }
            let delivery = CodeDelivery(
                to: directory,
                limits: limits,
                progress: { unpacking.add($0) },
                checkpoint: { () throws(Failure) in try interruption.check() }
            )
            try await fetch.run(try CodeLocation(source), delivery)
        }
        download.clear()
        unpacking.clear()
        if case .failure = result, interruption.signal != 0 { Interruption.die(interruption.signal) }
        try result.get()
    }
}
