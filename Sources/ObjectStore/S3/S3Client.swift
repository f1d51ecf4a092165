import AsyncHTTPClient
package import ContainerRuntime
package import Logging
import NIOCore
import NIOHTTP1
import Synchronization

/// Asks S3, or a server that speaks like it: signs, finds the region, tries again what may work later.
package final class S3Client: Sendable {
    private let transport: Transport
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
    ///
    /// - Throws: `Failure` with code `sourceNotUnderstood` for an endpoint that is no address.
    package init(
        environment: @escaping @Sendable (String) -> String?,
        transport: Transport,
        logger: Logger
    ) throws(Failure) {
        self.transport = transport
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
    /// - Throws: `Failure` with code `objectNotFound`, `storeRefused`, `storeUnreachable`, `credentialsMissing` or what else
    ///   stands in its way.
    func send(_ operation: Operation) async throws(Failure) -> HTTPClientResponse {
        var corrections = 0
        return try await retrying(RetryPolicy(subject: operation.subject, logger: logger)) { _ in
            while true {
                let response = try await attempt(operation)
                if (200..<300).contains(response.status.code) { return response }
                let body = (try? await response.bytes(upTo: 1 << 16)) ?? []
                let error = StoreError(status: Int(response.status.code), headers: response.headers, body: body)
                guard corrections < 3, try await correct(error, response.headers) else {
                    throw FailedTry(
                        isTransient: error.isTransient,
                        reason: "\(error.status) \(error.code)",
                        wait: error.wait,
                        failure: refusal(error, operation)
                    )
                }
                corrections += 1
            }
        }
    }

    private func attempt(_ operation: Operation) async throws -> HTTPClientResponse {
        let region = known.withLock(\.region)
        guard let address = endpoint.address(bucket: operation.bucket, key: operation.key, region: region) else {
            throw Failure(.sourceNotUnderstood(expected: "a bucket and a region"), "\(operation.subject) in \(region)")
        }
        let found = try await credentials.credentials()
        let clockOffset = known.withLock { known in
            known.isAnonymous = found == nil
            return known.clockOffset
        }
        try checkNetwork(address, found)
        let request = HTTPClientRequest(
            operation.method,
            to: address,
            query: operation.query,
            headers: operation.headers + (paysForRequests ? [(name: "x-amz-request-payer", value: "requester")] : []),
            body: operation.body,
            signature: found.map { RequestSignature(credentials: $0, region: region) },
            time: Timestamp(seconds: Timestamp.now.seconds + clockOffset)
        )
        return try await transport.send(request, to: address)
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
        if error.isExpired { return try await credentials.credentials(again: true) != nil }
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

    func refusal(_ error: StoreError, _ operation: Operation) -> Failure {
        if known.withLock(\.isAnonymous), [401, 403].contains(error.status) {
            return Failure(.credentialsMissing(places: CredentialChain.places), operation.subject)
        }
        // The condition of a read is the version that it began with.
        if error.status == 412, operation.headers.contains(where: { $0.name == "if-match" }) {
            return Failure(.objectChanged, operation.subject)
        }
        let isMissing = error.status == 404 && error.code != "NoSuchUpload"
        return isMissing
            ? Failure(.objectNotFound(code: error.code), operation.subject)
            : Failure(.storeRefused(status: error.status, code: error.code, message: error.message), operation.subject)
    }
}
