public import ContainerRuntime
public import Logging
public import SystemPackage

#if canImport(Glibc)
import Glibc
#endif

/// `train fetch`: code from anywhere into a directory.
public struct Fetch: Sendable {
    private let environment: @Sendable (String) -> String?
    private let logger: Logger
    /// Told of every piece that was downloaded, in bytes, and of the size, or 0.
    public var progress: (@Sendable (_ bytes: Int, _ total: Int) -> Void)?

    /// Makes a fetch for an environment.
    public init(environment: @escaping @Sendable (String) -> String?, logger: Logger) {
        (self.environment, self.logger) = (environment, logger)
    }

    /// Brings what is at a location to a directory: whole, or nothing and a failure.
    ///
    /// Throws what `CodeDelivery` and `S3Client` throw, and `tooManyBytes` for a download beyond `TRAIN_FETCH_MAX_BYTES`.
    public func run(_ location: CodeLocation, _ delivery: CodeDelivery) async throws(Failure) {
        if case .path(let path) = location { return try delivery.deliver(path) }
        try await Transport.lend(environment) { transport throws(Failure) in
            try await run(location, delivery, transport)
        }
    }

    /// Brings all objects whose keys begin with a prefix, as they are: all of them, or nothing and a failure.
    ///
    /// Throws what `ObjectDelivery` and `S3Client` throw, and `tooManyBytes` where all together are beyond
    /// `TRAIN_FETCH_MAX_BYTES`.
    public func run(
        _ prefix: ObjectPrefix,
        to destination: FilePath,
        limits: ExtractionLimits
    ) async throws(Failure) {
        let delivery = try ObjectDelivery(of: prefix, to: destination, limits: limits)
        try await Transport.lend(environment) { transport throws(Failure) in
            let fetch = PrefixFetch(
                client: try S3Client(environment: environment, transport: transport, logger: logger),
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

    private func run(_ location: CodeLocation, _ delivery: CodeDelivery, _ transport: Transport) async throws(Failure) {
        let object: any RemoteObject
        switch location {
        case .path(let path): return try delivery.deliver(path)
        case .object(let bucket, let key):
            let client = try S3Client(environment: environment, transport: transport, logger: logger)
            object = S3Object(client: client, bucket: bucket, key: key)
        case .web(let text):
            guard let address = WebAddress(text) else {
                throw Failure(.sourceNotUnderstood(expected: "an address"), location.description)
            }
            object = WebObject(transport: transport, address: address, subject: location.description)
        }
        let descriptor = try temporaryFile(beside: delivery.destination)
        defer { close(descriptor) }
        let bytes = try await Download(
            object: object,
            descriptor: descriptor,
            limit: delivery.limits.fetchBytes,
            logger: logger,
            progress: progress
        ).run()
        logger.info("\(location): \(bytes) bytes")
        try delivery.deliver(descriptor: descriptor, name: Array(location.name.utf8), source: location.description)
    }

    /// A file without a name, which disappears with us: in the directory that the code goes to, or the temporary one.
    private func temporaryFile(beside destination: FilePath) throws(Failure) -> Int32 {
        let directories = Self.directories(beside: destination, environment("TMPDIR"))
        var error = Errno.noSuchFileOrDirectory
        for directory in directories {
            let flags = O_RDWR | __O_TMPFILE | O_DIRECTORY | O_CLOEXEC
            let descriptor = directory.withPlatformString { open($0, flags, 0o600) }
            if descriptor >= 0 { return descriptor }
            error = Errno(rawValue: errno)
            var template = directory.appending(".train-fetch-XXXXXX").withPlatformString {
                Array(UnsafeBufferPointer(start: $0, count: strlen($0) + 1))
            }
            let named = mkstemp(&template)
            guard named >= 0 else { continue }
            _ = fcntl(named, F_SETFD, FD_CLOEXEC)
            unlink(template)
            return named
        }
        throw Failure(.codeUnwritable, directories[0].string, error)
    }

    /// Where a download may go: beside its destination first, where it need not be copied once more.
    static func directories(beside destination: FilePath, _ temporary: String?) -> [FilePath] {
        let parent = destination.lexicallyNormalized().removingLastComponent()
        let own = temporary.flatMap { $0.isEmpty ? nil : FilePath($0) }
        return [parent.isEmpty ? "." : parent] + (own.map { [$0] } ?? []) + ["/tmp"]
    }
}
