import AsyncHTTPClient
import ContainerRuntime
import NIOHTTP1

/// Credentials that a service beside the container gives out: the container's own address, or the instance's.
struct MetadataCredentials {
    let transport: Transport
    let environment: @Sendable (String) -> String?

    /// What the container's own address gives.
    ///
    /// https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html
    func containerCredentials() async throws(Failure) -> Credentials? {
        let relative = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"
        guard let (variable, value) = firstVariable([relative, "AWS_CONTAINER_CREDENTIALS_FULL_URI"], environment)
        else { return nil }
        let text = variable == relative ? "http://169.254.170.2\(value)" : value
        guard let address = WebAddress(text), address.scheme == "https" || Self.isNear(address.host) else {
            let reason = "it must be https, or an address of this machine"
            throw Failure(.credentialsUnusable(reason: reason), variable)
        }
        let headers = try token().map { [("Authorization", $0)] } ?? []
        let policy = RetryPolicy(subject: variable, attempts: 4, code: { .credentialsUnusable(reason: $0) })
        return try await retrying(policy) { _ in
            let answer = try await ask(address, .GET, headers, within: 5)
            guard let credentials = Self.read(answer) else {
                throw Failure(.credentialsUnusable(reason: "the answer holds none"), variable)
            }
            return credentials
        }
    }

    private func token() throws(Failure) -> String? {
        guard let (file, path) = firstVariable(["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"], environment) else {
            return firstVariable(["AWS_CONTAINER_AUTHORIZATION_TOKEN"], environment)?.value
        }
        guard let bytes = SharedCredentialsFile.contents(path, limit: 1 << 16) else {
            throw Failure(.credentialsUnusable(reason: "the file cannot be read"), file)
        }
        return String(decoding: bytes.filter { $0 >= 0x20 }, as: UTF8.self)
    }

    /// Loopback, and the link-local addresses of ECS and EKS: the only ones that a token may go to in the clear.
    static func isNear(_ host: String) -> Bool {
        if ["localhost", "[::1]", "169.254.170.2", "169.254.170.23", "[fd00:ec2::23]"].contains(host) { return true }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false).map { UInt8($0) }
        return parts.count == 4 && parts[0] == 127 && !parts.contains(nil)
    }

    /// IMDSv2: a token, the role's name, its credentials; each within a second and once, since most containers have none of
    /// it, unless `AWS_METADATA_SERVICE_TIMEOUT` (seconds) and `AWS_METADATA_SERVICE_NUM_ATTEMPTS` say otherwise.
    ///
    /// https://docs.aws.amazon.com/sdkref/latest/guide/feature-ec2-instance-metadata.html
    func instanceCredentials() async -> Credentials? {
        let service =
            firstVariable(["AWS_EC2_METADATA_SERVICE_ENDPOINT"], environment)?.value ?? "http://169.254.169.254"
        let lifetime = [("X-aws-ec2-metadata-token-ttl-seconds", "21600")]
        let roles = "\(service)/latest/meta-data/iam/security-credentials/"
        guard let tokenAddress = WebAddress("\(service)/latest/api/token"), let list = WebAddress(roles),
            let token = await askInstance(tokenAddress, .PUT, lifetime)
        else { return nil }
        let headers = [("X-aws-ec2-metadata-token", String(decoding: token, as: UTF8.self))]
        guard let names = await askInstance(list, .GET, headers),
            let role = String(decoding: names, as: UTF8.self).split(separator: "\n").first,
            let address = WebAddress("\(roles)\(role)"), let answer = await askInstance(address, .GET, headers)
        else { return nil }
        return Self.read(answer)
    }

    private func askInstance(
        _ address: WebAddress,
        _ method: HTTPMethod,
        _ headers: [(String, String)]
    ) async -> [UInt8]? {
        for _ in 0..<number("AWS_METADATA_SERVICE_NUM_ATTEMPTS") {
            let seconds = Int64(number("AWS_METADATA_SERVICE_TIMEOUT"))
            if let answer = try? await ask(address, method, headers, within: seconds) { return answer }
            if Task.isCancelled { break }
        }
        return nil
    }

    /// A variable's number, at most 600; what is none, or less than one, counts as 1.
    private func number(_ name: String) -> Int { min(max(environment(name).flatMap { Int($0) } ?? 1, 1), 600) }

    private func ask(
        _ address: WebAddress,
        _ method: HTTPMethod,
        _ headers: [(String, String)],
        within seconds: Int64
    ) async throws -> [UInt8] {
        var request = HTTPClientRequest(url: address.url)
        request.method = method
        request.headers = HTTPHeaders(headers)
        // Never through a proxy: these addresses mean this machine.
        let response = try await transport.send(request, to: address, within: seconds, directly: true)
        let body = try await response.bytes(upTo: 1 << 16)
        guard response.status == .ok else {
            let isTransient = response.status.code >= 500 || response.status == .tooManyRequests
            throw FailedTry(isTransient: isTransient, reason: "the answer is \(response.status.code)")
        }
        return body
    }

    private static func read(_ bytes: [UInt8]) -> Credentials? {
        guard let object = (try? JSONReader.read(bytes))?.object, let key = object["AccessKeyId"]?.string,
            let secret = object["SecretAccessKey"]?.string, !key.isEmpty, !secret.isEmpty
        else { return nil }
        let expiration = object["Expiration"]?.string.flatMap { Timestamp($0) }
        return Credentials(
            accessKeyID: key,
            secretAccessKey: secret,
            sessionToken: object["Token"]?.string,
            expiration: expiration
        )
    }
}
