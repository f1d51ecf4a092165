import ArgumentParser
import ContainerRuntime
import Logging
import ObjectStore
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
        do throws(Failure) {
            try Store(["AWS_REGION": region]).sync(FilePath(directory), to: destination)
        } catch {
            throw ExitCode(error.tell().rawValue)
        }
    }
}

extension Store {
    /// Sends the files of a directory to S3 while they are written, until SIGTERM; then what is left.
    func sync(_ directory: FilePath, to destination: String) throws(Failure) {
        let interruption = Interruption(endsWork: false)
        try interruption.run { () throws(Failure) in
            try await sync(directory.string, destination, interruption, RuntimeLog.logger())
        }.get()
    }

    private func makeDirectory(_ path: FilePath) throws(Failure) {
        do throws(Errno) { try FileSystem.makeDirectory(path) } catch .fileExists {
            if !FileSystem.isDirectory(path) { throw Failure(.notDirectory, path.string) }
        } catch {
            throw Failure(.directoryUnavailable, path.string, error)
        }
    }

    private func sync(
        _ directory: String,
        _ destination: String,
        _ interruption: Interruption,
        _ logger: Logger
    ) async throws(Failure) {
        guard case .object(let bucket, let prefix) = try CodeLocation("\(destination)/") else {
            throw Failure(.sourceNotUnderstood(expected: "s3://BUCKET/PREFIX"), CodeLocation.shown(destination))
        }
        try makeDirectory(FilePath(directory))
        let summary = try await Transport.lend(variable) { transport throws(Failure) in
            let client = try S3Client(environment: variable, transport: transport, logger: logger)
            let sync = TreeSync(client: client, directory: directory, bucket: bucket, prefix: prefix, logger: logger)
            return await sync.run { interruption.signal != 0 }
        }
        guard !summary.missing.isEmpty else {
            return logger.info("\(directory): \(summary.sent) files sent to \(destination)")
        }
        let named = summary.missing.prefix(10).map(\.path).joined(separator: ", ")
        let more = summary.missing.count > 10 ? " and \(summary.missing.count - 10) more" : ""
        throw Failure(.syncIncomplete(missing: "\(named)\(more)", reason: summary.missing[0].reason), directory)
    }
}
