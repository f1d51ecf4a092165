import ArgumentParser
import ContainerRuntime
import Logging
import ObjectStore
import Synchronization
import SystemPackage

#if canImport(Glibc)
import Glibc
#endif

struct FetchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fetch",
        abstract: "Brings code into a directory and unpacks it safely: all of it, or nothing.",
        discussion: """
            The source is s3://BUCKET/KEY, https://…, http://…, file:///PATH or a path; a directory, a single file, or a \
            .tar.gz, .tar or .zip archive. Credentials, region, endpoint and proxy come from the variables that AWS's \
            own tools read.
            """
    )

    @Argument(help: "Where the code is.")
    var source: String

    @Argument(help: "The directory that it goes to; it may be missing or empty.")
    var directory: String

    @Option(
        help: "The region of the bucket. (default: AWS_REGION, AWS_DEFAULT_REGION, SAGEMAKER_REGION, else asked for)"
    )
    var region: String?

    @Option(help: "The most bytes to download; K, M and G count. (default: $TRAIN_FETCH_MAX_BYTES, else 10G)")
    var maxFetchBytes: String?

    @Option(help: "The most bytes to unpack. (default: $TRAIN_EXTRACT_MAX_BYTES, else 10G)")
    var maxExtractBytes: String?

    @Option(help: "The most files to unpack. (default: $TRAIN_EXTRACT_MAX_ENTRIES, else 500000)")
    var maxExtractEntries: String?

    func run() throws {
        let options = [
            "TRAIN_FETCH_MAX_BYTES": maxFetchBytes, "TRAIN_EXTRACT_MAX_BYTES": maxExtractBytes,
            "TRAIN_EXTRACT_MAX_ENTRIES": maxExtractEntries,
        ].compactMapValues { $0 }
        let interruption = Interruption()
        let logger = RuntimeLog.logger()
        let failure = Mutex<Failure?>(nil)
        let (source, directory, region) = (source, directory, region)
        let shown = CodeLocation.shown(source)
        let (download, unpacking) = (ProgressLine("fetching \(shown)"), ProgressLine("unpacking \(shown)"))
        interruption.run {
            do throws(Failure) {
                let limits = try ExtractionLimits { options[$0] ?? variable($0) }
                let delivery = CodeDelivery(
                    to: FilePath(directory),
                    limits: limits,
                    progress: { unpacking.add($0) },
                    checkpoint: { () throws(Failure) in try interruption.check() }
                )
                var fetch = Fetch(environment: variable, region: region, logger: logger)
                fetch.progress = { download.add($0, total: $1) }
                try await fetch.run(try CodeLocation(source), delivery)
            } catch { failure.withLock { $0 = error } }
        }
        download.clear()
        unpacking.clear()
        guard let failure = failure.withLock({ $0 }) else { return }
        if interruption.signal != 0 { Interruption.die(interruption.signal) }
        logger.error("\(failure.failureClass.rawValue): \(failure)")
        throw ExitCode(failure.exitStatus.rawValue)
    }
}

/// A variable of this process.
@Sendable func variable(_ name: String) -> String? {
    getenv(name).map { String(cString: $0) }
}
