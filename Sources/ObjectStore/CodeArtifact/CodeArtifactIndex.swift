import AsyncHTTPClient
public import ContainerRuntime
public import Logging
import NIOCore
import NIOHTTP1

/// A repository of AWS CodeArtifact as an index of Python packages: an address with a token in it.
///
/// https://docs.aws.amazon.com/codeartifact/latest/APIReference/API_GetAuthorizationToken.html,
/// https://docs.aws.amazon.com/codeartifact/latest/APIReference/API_GetRepositoryEndpoint.html
public struct CodeArtifactIndex: Sendable {
    private let repository: CodeArtifactRepository
    private let transport: Transport
    private let credentials: CredentialChain
    private let server: WebAddress
    private let retries = RetryPolicy()
    private let logger: Logger

    /// Makes an index for an environment.
    ///
    /// `AWS_ENDPOINT_URL_CODEARTIFACT` or `AWS_ENDPOINT_URL` name another server. Throws `sourceNotUnderstood` where that is
    /// no address.
    public init(
        _ repository: CodeArtifactRepository,
        environment: @escaping @Sendable (String) -> String?,
        transport: Transport,
        logger: Logger
    ) throws(Failure) {
        (self.repository, self.transport, self.logger) = (repository, transport, logger)
        credentials = CredentialChain(environment: environment, transport: transport)
        let names = ["AWS_ENDPOINT_URL_CODEARTIFACT", "AWS_ENDPOINT_URL"]
        let own = names.lazy.compactMap { name in environment(name).flatMap { $0.isEmpty ? nil : (name, $0) } }.first
        let domain = repository.partition == "aws-cn" ? "amazonaws.com.cn" : "amazonaws.com"
        let address = own?.1 ?? "https://codeartifact.\(repository.region).\(domain)"
        guard let server = WebAddress(address) else {
            throw Failure(.sourceNotUnderstood(expected: "http://HOST or https://HOST"), own?.0 ?? address)
        }
        self.server = server
    }

    /// Asks for a token and for the repository's address, and puts both together as pip wants them.
    ///
    /// Throws `storeRefused`, `storeUnreachable`, `credentialsMissing` and what else stands in the way.
    public func address() async throws(Failure) -> String {
        let domain = [("domain", repository.domain), ("domain-owner", repository.owner)]
        let token = try await field("authorizationToken", .POST, "/v1/authorization-token", domain)
        let place = [("format", "pypi"), ("repository", repository.repository)]
        let endpoint = try await field("repositoryEndpoint", .GET, "/v1/repository/endpoint", domain + place)
        guard let address = WebAddress(endpoint) else {
            throw Failure(.storeRefused(status: 200, code: "", message: "the endpoint is no address"), subject)
        }
        let path = address.target.hasSuffix("/") ? address.target : "\(address.target)/"
        return "\(address.scheme)://aws:\(RequestSignature.encoded(token))@\(address.hostHeader)\(path)simple/"
    }

    private var subject: String { repository.name }

    /// One field of an answer, which is an object of JSON.
    private func field(
        _ name: String,
        _ method: HTTPMethod,
        _ path: String,
        _ query: [(String, String)]
    ) async throws(Failure) -> String {
        let body = try await send(method, path, query.map { (name: $0.0, value: $0.1) })
        guard let value = (try? JSONReader.read(body))?.object?[name]?.string, !value.isEmpty else {
            throw Failure(.storeRefused(status: 200, code: "", message: "the answer has no \(name)"), subject)
        }
        return value
    }

    private func send(
        _ method: HTTPMethod,
        _ path: String,
        _ query: [(name: String, value: String)]
    ) async throws(Failure) -> [UInt8] {
        var failures = 0
        while true {
            do {
                let response = try await attempt(method, path, query)
                let body = Array(try await response.body.collect(upTo: 1 << 20).readableBytesView)
                let status = Int(response.status.code)
                if status == 200 { return body }
                failures += 1
                guard [408, 429, 500, 502, 503, 504].contains(status), failures < retries.attempts else {
                    throw refusal(status, response.headers, body)
                }
                logger.debug("\(subject): \(status), tried again")
                try await retries.wait(afterFailures: failures)
            } catch let failure as Failure {
                throw failure
            } catch {
                let problem = TransportProblem(error)
                failures += 1
                guard problem.isTransient, failures < retries.attempts, !Task.isCancelled else {
                    throw Failure(.storeUnreachable(reason: problem.reason), subject)
                }
                logger.debug("\(subject): \(problem.reason), tried again")
                try? await retries.wait(afterFailures: failures)
            }
        }
    }

    private func attempt(
        _ method: HTTPMethod,
        _ path: String,
        _ query: [(name: String, value: String)]
    ) async throws -> HTTPClientResponse {
        guard let found = try await credentials.credentials() else {
            throw Failure(.credentialsMissing(places: CredentialChain.places), subject)
        }
        let encoded = query.map {
            (name: RequestSignature.encoded($0.name), value: RequestSignature.encoded($0.value))
        }
        var address = server
        address.target = path
        var headers = [(name: "host", value: address.hostHeader)]
        var signature = RequestSignature(credentials: found, region: repository.region)
        signature.service = "codeartifact"
        headers += signature.headers(
            method: method.rawValue,
            path: path,
            query: encoded,
            headers: headers,
            bodyHash: RequestSignature.emptyBodyHash,
            time: .now
        )
        address.target += "?" + encoded.map { "\($0.name)=\($0.value)" }.joined(separator: "&")
        var request = HTTPClientRequest(url: address.url)
        request.method = method
        request.headers = HTTPHeaders(headers.map { ($0.name, $0.value) })
        return try await transport.send(request, to: address, within: 60)
    }

    /// Errors are JSON with a message, and their kind is in a header.
    private func refusal(_ status: Int, _ headers: HTTPHeaders, _ body: [UInt8]) -> Failure {
        let kind = headers.first(name: "x-amzn-errortype") ?? ""
        let message = (try? JSONReader.read(body))?.object?["message"]?.string ?? ""
        let code = String(kind.prefix { $0 != ":" })
        return Failure(.storeRefused(status: status, code: code, message: message), subject)
    }
}
