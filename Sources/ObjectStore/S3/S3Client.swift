import AsyncHTTPClient
public import ContainerRuntime
import Crypto
public import Logging
import NIOCore
import NIOHTTP1
import Synchronization

/// Asks S3, or a server that speaks like it: signs, finds the region, tries again what may work later.
public final class S3Client: Sendable {
    let transport: Transport
    let retries: RetryPolicy
    private let credentials: CredentialChain
    private let endpoint: S3Endpoint
    private let paysForRequests: Bool
    private let logger: Logger

    private struct Known {
        var region: String
        /// How far our clock is behind the store's, in seconds.
        var clockOffset = 0
        var isAnonymous = false
    }
    private let known: Mutex<Known>

    /// Makes a client for an environment.
    ///
    /// `TRAIN_REQUEST_PAYER=requester` accepts the bill for buckets that send one.
    /// Throws `sourceNotUnderstood` for an endpoint that is no address.
    public init(
        environment: @escaping @Sendable (String) -> String?,
        transport: Transport,
        retries: RetryPolicy = RetryPolicy(),
        logger: Logger
    ) throws(Failure) {
        self.transport = transport
        self.retries = retries
        self.logger = logger
        credentials = CredentialChain(environment: environment, transport: transport)
        endpoint = try S3Endpoint(environment: environment)
        paysForRequests = environment("TRAIN_REQUEST_PAYER")?.lowercased() == "requester"
        known = Mutex(Known(region: S3Region.first(environment: environment)))
    }

    /// One request: what S3 calls an operation.
    struct Operation: Sendable {
        var method: HTTPMethod = .GET
        var bucket: String
        var key: String
        var query: [(name: String, value: String)] = []
        var headers: [(name: String, value: String)] = []
        var body: ByteBuffer?
        /// What it is about, where that is no object.
        var prefix: ObjectPrefix?
        /// What failures call it.
        var subject: String { prefix?.description ?? "s3://\(bucket)/\(key)" }
    }

    /// Sends an operation until it is answered with success, and gives the answer back with its body unread.
    ///
    /// Throws `objectNotFound`, `storeRefused`, `storeUnreachable`, `credentialsMissing` and what else stands in its way.
    func send(_ operation: Operation) async throws(Failure) -> HTTPClientResponse {
        var failures = 0
        var corrections = 0
        while true {
            do {
                let response = try await attempt(operation)
                if (200..<300).contains(response.status.code) { return response }
                let body = (try? await response.body.collect(upTo: 1 << 16)).map { Array($0.readableBytesView) } ?? []
                let error = StoreError(status: Int(response.status.code), headers: response.headers, body: body)
                if corrections < 3, try await correct(error, response.headers) {
                    corrections += 1
                    continue
                }
                failures += 1
                guard error.isTransient, failures < retries.attempts else { throw refusal(error, operation) }
                logger.debug("\(operation.subject): \(error.status) \(error.code), tried again")
                try await retries.wait(afterFailures: failures, asked: error.wait)
            } catch let failure as Failure {
                throw failure
            } catch {
                let problem = TransportProblem(error)
                failures += 1
                guard problem.isTransient, failures < retries.attempts, !Task.isCancelled else {
                    throw Failure(.storeUnreachable(reason: problem.reason), operation.subject)
                }
                logger.debug("\(operation.subject): \(problem.reason), tried again")
                try? await retries.wait(afterFailures: failures)
            }
        }
    }

    private func attempt(_ operation: Operation) async throws -> HTTPClientResponse {
        let region = known.withLock(\.region)
        guard var address = endpoint.address(bucket: operation.bucket, key: operation.key, region: region) else {
            throw Failure(.sourceNotUnderstood(expected: "a bucket and a region"), "\(operation.subject) in \(region)")
        }
        let found = try await credentials.credentials()
        known.withLock { $0.isAnonymous = found == nil }
        try checkNetwork(address, found)
        var request = HTTPClientRequest(url: "")
        request.method = operation.method
        var headers = operation.headers + [(name: "host", value: address.hostHeader)]
        if paysForRequests { headers.append((name: "x-amz-request-payer", value: "requester")) }
        let path = String(address.target)
        let query = operation.query.map { (RequestSignature.encoded($0.name), RequestSignature.encoded($0.value)) }
        if !query.isEmpty { address.target += "?" + query.map { "\($0.0)=\($0.1)" }.joined(separator: "&") }
        let bodyHash = operation.body.map { Self.hash($0) }
        if let found {
            let offset = known.withLock(\.clockOffset)
            headers += RequestSignature(credentials: found, region: region).headers(
                method: operation.method.rawValue,
                path: path,
                query: query.map { (name: $0.0, value: $0.1) },
                headers: headers,
                bodyHash: bodyHash ?? RequestSignature.emptyBodyHash,
                time: Timestamp(seconds: Timestamp.now.seconds + offset)
            )
        }
        request.url = address.url
        request.headers = HTTPHeaders(headers.map { ($0.name, $0.value) })
        if let body = operation.body { request.body = .bytes(body) }
        return try await transport.send(request, to: address)
    }

    private static func hash(_ body: ByteBuffer) -> String {
        var hash = SHA256()
        body.withUnsafeReadableBytes { hash.update(bufferPointer: $0) }
        return hexadecimal(hash.finalize())
    }

    /// Without a network and without credentials, as in network isolation, nothing is worth waiting for.
    private func checkNetwork(_ address: WebAddress, _ credentials: Credentials?) throws(Failure) {
        guard credentials == nil, !NetworkInterfaces.leadOut(), !MetadataCredentials.isNear(address.host) else {
            return
        }
        throw Failure(.networkMissing, CredentialChain.places)
    }

    /// Takes up what an answer corrects: the region, expired credentials, our clock.
    ///
    /// False where there is nothing.
    private func correct(_ error: StoreError, _ headers: HTTPHeaders) async throws(Failure) -> Bool {
        if error.isExpired {
            return try await credentials.credentials(again: true) != nil
        }
        if error.isSkewed, let date = headers.first(name: "date").flatMap({ Timestamp($0) }) {
            let offset = date.seconds - Timestamp.now.seconds
            return known.withLock { known in
                defer { known.clockOffset = offset }
                return known.clockOffset != offset
            }
        }
        guard [301, 307, 400].contains(error.status), let region = error.region else { return false }
        return known.withLock { known in
            defer { known.region = region }
            return known.region != region
        }
    }

    private func refusal(_ error: StoreError, _ operation: Operation) -> Failure {
        if known.withLock(\.isAnonymous), [401, 403].contains(error.status) {
            return Failure(.credentialsMissing(places: CredentialChain.places), operation.subject)
        }
        let isMissing = error.status == 404 && error.code != "NoSuchUpload"
        return isMissing
            ? Failure(.objectNotFound(code: error.code), operation.subject)
            : Failure(.storeRefused(status: error.status, code: error.code, message: error.message), operation.subject)
    }
}
