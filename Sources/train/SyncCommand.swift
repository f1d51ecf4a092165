import ArgumentParser
import ContainerRuntime
import Logging
import ObjectStore
import Synchronization
import SystemPackage

struct SyncCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sync",
        abstract: "Sends the files of a directory to S3 while they are written, until SIGTERM; then what is left.",
        discussion: """
            Runs beside a program. The first SIGTERM ends the watching: everything that has not arrived is sent, and the \
            command ends with 0, or with 1 if something did not arrive. A second SIGTERM ends it at once.
            """
    )

    @Argument(help: "The directory; it is made if it is missing.")
    var directory: String

    @Argument(help: "Where its files go: s3://BUCKET/PREFIX.")
    var destination: String

    @Option(
        help: "The region of the bucket. (default: AWS_REGION, AWS_DEFAULT_REGION, SAGEMAKER_REGION, else asked for)"
    )
    var region: String?

    func run() throws {
        let logger = RuntimeLog.logger()
        let interruption = Interruption(endsWork: false)
        let failure = Mutex<Failure?>(nil)
        let (directory, destination, region) = (directory, destination, region)
        interruption.run {
            do throws(Failure) {
                try await Self.sync(directory, destination, region, interruption, logger)
            } catch { failure.withLock { $0 = error } }
        }
        guard let failure = failure.withLock({ $0 }) else { return }
        logger.error("\(failure)")
        throw ExitCode(failure.exitStatus.rawValue)
    }

    private static func makeDirectory(_ path: FilePath) throws(Failure) {
        do throws(Errno) { try FileSystem.makeDirectory(path) } catch .fileExists {
            if !FileSystem.isDirectory(path) { throw Failure(.notDirectory, path.string) }
        } catch {
            throw Failure(.directoryUnavailable, path.string, error)
        }
    }

    private static func sync(
        _ directory: String,
        _ destination: String,
        _ region: String?,
        _ interruption: Interruption,
        _ logger: Logger
    ) async throws(Failure) {
        guard case .object(let bucket, let prefix) = try CodeLocation("\(destination)/") else {
            throw Failure(.sourceNotUnderstood(expected: "s3://BUCKET/PREFIX"), CodeLocation.shown(destination))
        }
        try makeDirectory(FilePath(directory))
        let transport = Transport(environment: variable)
        let client = try S3Client(environment: variable, transport: transport, region: region, logger: logger)
        let sync = TreeSync(client: client, directory: directory, bucket: bucket, prefix: prefix, logger: logger)
        let summary = await sync.run { interruption.signal != 0 }
        await transport.shutDown()
        guard !summary.missing.isEmpty else {
            return logger.info("\(directory): \(summary.sent) files sent to \(destination)")
        }
        let named = summary.missing.prefix(10).map(\.path).joined(separator: ", ")
        let more = summary.missing.count > 10 ? " and \(summary.missing.count - 10) more" : ""
        throw Failure(.syncIncomplete(missing: "\(named)\(more)", reason: summary.missing[0].reason), directory)
    }
}
