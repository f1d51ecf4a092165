package import ContainerRuntime
package import Logging
package import SystemPackage

/// `train fetch`: code from anywhere into a directory.
package struct Fetch: Sendable {
    private let environment: @Sendable (String) -> String?
    private let logger: Logger
    /// Told of every piece that was downloaded, in bytes, and of the size, or 0.
    package var progress: (@Sendable (_ bytes: Int, _ total: Int) -> Void)?

    /// Makes a fetch for an environment.
    package init(environment: @escaping @Sendable (String) -> String?, logger: Logger) {
        (self.environment, self.logger) = (environment, logger)
    }

    /// Brings what is at a location to a directory: whole, or nothing and a failure.
    ///
    /// - Throws: What `CodeDelivery` and `S3Client` throw, and `Failure` with code `tooManyBytes` for a download beyond
    ///   `TRAIN_FETCH_MAX_BYTES`.
    package func run(_ location: CodeLocation, _ delivery: CodeDelivery) async throws(Failure) {
        switch location {
        case .path(let path): try delivery.deliver(path)
        case .object(let bucket, let key):
            try await Transport.lend(environment) { transport throws(Failure) in
                let object = S3Object(client: try client(transport), bucket: bucket, key: key)
                try await bring(object, location, delivery)
            }
        case .web(let text):
            guard let address = WebAddress(text) else {
                throw Failure(.sourceNotUnderstood(expected: "an address"), location.description)
            }
            try await Transport.lend(environment) { transport throws(Failure) in
                let object = WebObject(transport: transport, address: address, subject: location.description)
                try await bring(object, location, delivery)
            }
        }
    }

    /// Brings all objects whose keys begin with a prefix, as they are: all of them, or nothing and a failure.
    ///
    /// - Throws: What `ObjectDelivery` and `S3Client` throw, and `Failure` with code `tooManyBytes` where all together are
    ///   beyond `TRAIN_FETCH_MAX_BYTES`.
    package func run(
        _ prefix: ObjectPrefix,
        to destination: FilePath,
        limits: ExtractionLimits
    ) async throws(Failure) {
        let delivery = try ObjectDelivery(of: prefix, to: destination, limits: limits)
        try await Transport.lend(environment) { transport throws(Failure) in
            let fetch = PrefixFetch(
                client: try client(transport),
                prefix: prefix,
                delivery: delivery,
                limit: limits.fetchBytes,
                logger: logger,
                progress: progress
            )
            let bytes = try await fetch.run()
            logger.info("\(prefix): \(delivery.files) objects, \(bytes) bytes")
        }
        try delivery.commit()
    }

    private func client(_ transport: Transport) throws(Failure) -> S3Client {
        try S3Client(environment: environment, transport: transport, logger: logger)
    }

    private func bring(
        _ object: any RemoteObject,
        _ location: CodeLocation,
        _ delivery: CodeDelivery
    ) async throws(Failure) {
        let file = try temporaryFile(beside: delivery.destination)
        let download = Download(
            object: object,
            descriptor: file.borrowed,
            limit: delivery.limits.fetchBytes,
            logger: logger,
            progress: progress
        )
        let bytes = try await download.run()
        logger.info("\(location): \(bytes) bytes")
        try delivery.deliver(
            descriptor: file.rawValue,
            name: Array(location.name.utf8),
            source: location.description
        )
    }

    /// A file without a name, which disappears with us: in the directory that the code goes to, or the temporary one.
    private func temporaryFile(beside destination: FilePath) throws(Failure) -> OwnedDescriptor {
        let directories = Self.directories(beside: destination, environment("TMPDIR"))
        var problem: Errno?
        for directory in directories {
            do { return try OwnedDescriptor.openTemporary(in: directory) } catch { problem = error }
        }
        throw Failure(.codeUnwritable, directories[0].string, problem)
    }

    /// Where a download may go: beside its destination first, where it need not be copied once more.
    static func directories(beside destination: FilePath, _ temporary: String?) -> [FilePath] {
        let parent = destination.lexicallyNormalized().removingLastComponent()
        let own = temporary.flatMap { $0.isEmpty ? nil : FilePath($0) }
        return [parent.isEmpty ? "." : parent] + (own.map { [$0] } ?? []) + ["/tmp"]
    }
}
