import ContainerRuntime

/// The signature of a request, version 4.
///
/// https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
///
/// S3's dialect: the path is encoded once and not normalised, and the hash of the body is a header.
struct RequestSignature {
    /// Who signs.
    let credentials: Credentials
    /// The region that the signature counts for.
    let region: String
    /// The service that it counts for.
    var service = "s3"

    /// The hash of an empty body.
    static let emptyBodyHash = SHA256().text()

    /// The headers to add to a request: the time, the body's hash, the session's token and the signature itself.
    ///
    /// `path` and `query` are encoded already; `headers` are all that are to be signed, `host` among them.
    func headers(
        method: String,
        path: String,
        query: [(name: String, value: String)],
        headers: [(name: String, value: String)],
        bodyHash: String,
        time: Timestamp
    ) -> [(name: String, value: String)] {
        var added = [(name: "x-amz-content-sha256", value: bodyHash), (name: "x-amz-date", value: time.basic)]
        if let token = credentials.sessionToken { added.append((name: "x-amz-security-token", value: token)) }
        let signed = Self.sorted((headers + added).map { ($0.name.lowercased(), Self.trimmed($0.value)) })
        let names = signed.map(\.name).joined(separator: ";")
        let canonical = [
            method, path, Self.sorted(query).map { "\($0.name)=\($0.value)" }.joined(separator: "&"),
            signed.map { "\($0.name):\($0.value)\n" }.joined(), names, bodyHash,
        ].joined(separator: "\n")
        let scope = "\(time.date)/\(region)/\(service)/aws4_request"
        let hash = SHA256.bytes(of: Array(canonical.utf8)).hexadecimal
        let text = ["AWS4-HMAC-SHA256", time.basic, scope, hash].joined(separator: "\n")
        var key = Array("AWS4\(credentials.secretAccessKey)".utf8)
        for part in [time.date, region, service, "aws4_request", text] {
            key = HMACSHA256.bytes(of: Array(part.utf8), key: key)
        }
        let value =
            "AWS4-HMAC-SHA256 Credential=\(credentials.accessKeyID)/\(scope), SignedHeaders=\(names), "
            + "Signature=\(key.hexadecimal)"
        return added + [(name: "authorization", value: value)]
    }

    /// By name first: "domain" comes before "domain-owner", which it would not with its "=" behind it.
    private static func sorted(_ fields: [(name: String, value: String)]) -> [(name: String, value: String)] {
        fields.sorted { left, right in
            left.name == right.name
                ? left.value.utf8.lexicographicallyPrecedes(right.value.utf8)
                : left.name.utf8.lexicographicallyPrecedes(right.name.utf8)
        }
    }

    private static func trimmed(_ value: String) -> String {
        value.split(separator: " ").joined(separator: " ")
    }

    /// Encodes a key for a path, or a name or value for a query: only A-Z, a-z, 0-9, `-`, `.`, `_`, `~` stay.
    static func encoded(_ text: String, keepingSlashes: Bool = false) -> String {
        text.utf8.percentEncoded { $0.isUnreserved || keepingSlashes && $0 == UInt8(ascii: "/") }
    }
}
