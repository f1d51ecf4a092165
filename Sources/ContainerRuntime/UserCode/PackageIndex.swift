/// Where packages come from that did not come with the code.
enum PackageIndex: Hashable, Sendable {
    /// What pip or uv are configured for: PyPI, unless something else is.
    case configured
    /// Nowhere, and why.
    case none(Reason)
    /// A repository of AWS CodeArtifact, whose address holds a token.
    case codeArtifact(CodeArtifactRepository)

    /// Why no index is asked.
    enum Reason: String, Hashable, Sendable {
        case asked = "PIP_NO_INDEX says so"
        case noNetwork = "there is no network, as in network isolation"
    }

    /// Variables that name an index; somebody who sets one of them knows that it can be reached.
    private static let names = [
        "PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "PIP_CONFIG_FILE", "UV_INDEX_URL", "UV_DEFAULT_INDEX", "UV_INDEX",
    ]

    /// Decides.
    ///
    /// - Parameters:
    ///   - incoming: The variables that `train` was started with.
    ///   - hasNetwork: Whether there is a network interface but the loopback.
    /// - Returns: The index.
    /// - Throws: `Failure` with code `settingUnusable` for a `CA_REPOSITORY_ARN` that is none.
    static func decide(_ incoming: EnvironmentVariables, hasNetwork: Bool) throws(Failure) -> PackageIndex {
        let isSet = { (name: String) in incoming.text(name).map { !$0.isEmpty } ?? false }
        // The words that pip takes for true.
        if let word = incoming.text("PIP_NO_INDEX")?.lowercased(), ["y", "yes", "t", "true", "on", "1"].contains(word) {
            return .none(.asked)
        }
        if !hasNetwork, !names.contains(where: isSet) { return .none(.noNetwork) }
        guard let name = incoming.text(CodeArtifactRepository.variable), !name.isEmpty else { return .configured }
        return .codeArtifact(try CodeArtifactRepository(name))
    }
}

/// A repository of AWS CodeArtifact, as the variable `CA_REPOSITORY_ARN` names it.
public struct CodeArtifactRepository: Hashable, Sendable {
    /// The variable; the name is the Python toolkit's.
    public static let variable = "CA_REPOSITORY_ARN"

    /// The name as it was given.
    public let name: String
    /// The partition, as in `aws-cn`.
    public let partition: String
    /// The region.
    public let region: String
    /// The account that owns the domain.
    public let owner: String
    /// The domain.
    public let domain: String
    /// The repository in it.
    public let repository: String

    /// Takes a name apart: `arn:PARTITION:codeartifact:REGION:ACCOUNT:repository/DOMAIN/REPOSITORY`.
    ///
    /// - Throws: `Failure` with code `settingUnusable`.
    public init(_ name: String) throws(Failure) {
        let parts = name.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        let path = (parts.last ?? "").split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        // The region and the account go into a host's name and a request.
        let isPlain = (parts + path.dropFirst()).allSatisfy { part in
            !part.isEmpty && part.utf8.allSatisfy { Self.isPlain($0) || $0 == UInt8(ascii: "/") }
        }
        guard parts.count == 6, parts[0] == "arn", parts[2] == "codeartifact", path.count == 3, path[0] == "repository",
            isPlain
        else {
            let expected = "arn:aws:codeartifact:REGION:ACCOUNT:repository/DOMAIN/REPOSITORY"
            throw Failure(.settingUnusable(expected: expected, found: name), Self.variable)
        }
        self.name = name
        (partition, region, owner) = (parts[1], parts[3], parts[4])
        (domain, repository) = (path[1], path[2])
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        byte.isASCIIAlphanumeric || "-_.".utf8.contains(byte)
    }
}
