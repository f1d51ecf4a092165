import AsyncHTTPClient
package import ContainerRuntime
package import Logging
import NIOHTTP1

/// A repository of AWS CodeArtifact as an index of Python packages: an address with a token in it.
///
/// https://docs.aws.amazon.com/codeartifact/latest/APIReference/API_GetAuthorizationToken.html,
/// https://docs.aws.amazon.com/codeartifact/latest/APIReference/API_GetRepositoryEndpoint.html
package struct CodeArtifactIndex: Sendable {
    private let repository: CodeArtifactRepository
    private let transport: Transport
    private let credentials: CredentialChain
    private let server: WebAddress
    private let logger: Logger

    /// Makes an index for an environment.
    ///
    /// `AWS_ENDPOINT_URL_CODEARTIFACT` or `AWS_ENDPOINT_URL` name another server.
    ///
    /// - Throws: `Failure` with code `sourceNotUnderstood` where that is no address.
    package init(
        _ repository: CodeArtifactRepository,
        environment: @escaping @Sendable (String) -> String?,
        transport: Transport,
        logger: Logger
    ) throws(Failure) {
        (self.repository, self.transport, self.logger) = (repository, transport, logger)
        credentials = CredentialChain(environment: environment, transport: transport)
        let names = ["AWS_ENDPOINT_URL_CODEARTIFACT", "AWS_ENDPOINT_URL"]
        let domain = repository.partition == "aws-cn" ? "amazonaws.com.cn" : "amazonaws.com"
        let address = "https://codeartifact.\(repository.region).\(domain)"
        guard let server = try WebAddress.server(names, environment) ?? WebAddress(address) else {
            throw Failure(.sourceNotUnderstood(expected: "http://HOST or https://HOST"), address)
        }
        self.server = server
    }

    /// Asks for a token and for the repository's address, and puts both together as pip wants them.
    ///
    /// - Throws: `Failure` with code `storeRefused`, `storeUnreachable`, `credentialsMissing` or what else stands in the way.
    package func address() async throws(Failure) -> String {
        let domain = [(name: "domain", value: repository.domain), (name: "domain-owner", value: repository.owner)]
        let token = try await field("authorizationToken", .POST, "/v1/authorization-token", domain)
        let place = [(name: "format", value: "pypi"), (name: "repository", value: repository.repository)]
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
        _ query: [(name: String, value: String)]
    ) async throws(Failure) -> String {
        var address = server
        address.target = path
        let body = try await retrying(RetryPolicy(subject: subject, logger: logger)) { [address] _ in
            guard let found = try await credentials.credentials() else {
                throw Failure(.credentialsMissing(places: CredentialChain.places), subject)
            }
            let signature = RequestSignature(credentials: found, region: repository.region, service: "codeartifact")
            let request = HTTPClientRequest(method, to: address, query: query, signature: signature)
            let response = try await transport.send(request, to: address, within: 60)
            let body = try await response.bytes(upTo: 1 << 20)
            let status = Int(response.status.code)
            guard status == 200 else {
                let failure = refusal(status, response.headers, body)
                let isTransient = StoreError.isTransient(status: status)
                throw FailedTry(isTransient: isTransient, reason: "\(status)", failure: failure)
            }
            return body
        }
        guard let value = (try? JSONReader.read(body))?.object?[name]?.string, !value.isEmpty else {
            throw Failure(.storeRefused(status: 200, code: "", message: "the answer has no \(name)"), subject)
        }
        return value
    }

    /// Errors are JSON with a message, and their kind is in a header.
    private func refusal(_ status: Int, _ headers: HTTPHeaders, _ body: [UInt8]) -> Failure {
        let kind = headers.first(name: "x-amzn-errortype") ?? ""
        let message = (try? JSONReader.read(body))?.object?["message"]?.string ?? ""
        let code = String(kind.prefix { $0 != ":" })
        return Failure(.storeRefused(status: status, code: code, message: message), subject)
    }
}
