import ContainerRuntime

/// Finds credentials where AWS's own tools look, keeps them, and asks again before they end.
///
/// The order: the environment, the shared files, the container's address (what SageMaker and ECS give), the instance's
/// role (IMDSv2). https://docs.aws.amazon.com/sdkref/latest/guide/standardized-credentials.html
actor CredentialChain {
    private let environment: @Sendable (String) -> String?
    private let transport: Transport
    private var current: Credentials?
    private var found = false

    /// Makes a chain for an environment; nothing is looked for yet.
    init(environment: @escaping @Sendable (String) -> String?, transport: Transport) {
        (self.environment, self.transport) = (environment, transport)
    }

    /// Where credentials are looked for, for the failure that says there are none.
    static let places =
        "AWS_ACCESS_KEY_ID, the shared credentials file, AWS_CONTAINER_CREDENTIALS_RELATIVE_URI, the instance's role"

    /// The credentials, or nil where there are none; `again` drops those that a server called expired.
    ///
    /// - Throws: `Failure` with code `credentialsUnusable` where a place is named and what is there cannot be used.
    func credentials(again: Bool = false) async throws(Failure) -> Credentials? {
        if again { (current, found) = (nil, false) }
        if found, current?.isStale(at: .now) != true { return current }
        let old = current
        do throws(Failure) {
            current = try await look()
        } catch {
            // Those that we have count for minutes yet; the service may be back by then.
            guard let old, let end = old.expiration, end > .now else { throw error }
            return old
        }
        found = true
        return current
    }

    private func look() async throws(Failure) -> Credentials? {
        if let key = value("AWS_ACCESS_KEY_ID") {
            guard let secret = value("AWS_SECRET_ACCESS_KEY") else {
                throw Failure(.credentialsUnusable(reason: "AWS_SECRET_ACCESS_KEY is not set"), "AWS_ACCESS_KEY_ID")
            }
            return Credentials(accessKeyID: key, secretAccessKey: secret, sessionToken: value("AWS_SESSION_TOKEN"))
        }
        if let shared = try SharedCredentialsFile.read(environment: environment) { return shared }
        let source = MetadataCredentials(transport: transport, environment: environment)
        if let container = try await source.containerCredentials() { return container }
        guard value("AWS_EC2_METADATA_DISABLED")?.lowercased() != "true" else { return nil }
        return await source.instanceCredentials()
    }

    private func value(_ name: String) -> String? {
        firstVariable([name], environment)?.value
    }
}
