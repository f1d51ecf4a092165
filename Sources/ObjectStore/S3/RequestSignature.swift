import Crypto

/// The signature of a request, version 4.
///
/// https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
///
/// S3's dialect: the path is encoded once and not normalised, and the hash of the body is a header.
public struct RequestSignature: Sendable {
    /// Who signs.
    public let credentials: Credentials
    /// The region that the signature counts for.
    public let region: String
    /// The service that it counts for.
    public var service = "s3"

    /// The hash of an empty body.
    public static let emptyBodyHash = hexadecimal(SHA256.hash(data: [UInt8]()))

    /// Makes a signature of somebody for a region.
    public init(credentials: Credentials, region: String) {
        (self.credentials, self.region) = (credentials, region)
    }

    /// The headers to add to a request: the time, the body's hash, the session's token and the signature itself.
    ///
    /// `path` and `query` are encoded already; `headers` are all that are to be signed, `host` among them.
    public func headers(
        method: String,
        path: String,
        query: [(name: String, value: String)],
        headers: [(name: String, value: String)],
        bodyHash: String,
        time: Timestamp
    ) -> [(name: String, value: String)] {
        var added = [("x-amz-content-sha256", bodyHash), ("x-amz-date", time.basic)]
        if let token = credentials.sessionToken { added.append(("x-amz-security-token", token)) }
        let signed = (headers + added).map { (name: $0.0.lowercased(), value: Self.trimmed($0.1)) }
            .sorted { Array($0.name.utf8).lexicographicallyPrecedes(Array($1.name.utf8)) }
        let names = signed.map(\.name).joined(separator: ";")
        // By name first: "domain" comes before "domain-owner", which it would not with its "=" behind it.
        let sortedQuery = query.sorted { left, right in
            let (first, second) = (Array(left.name.utf8), Array(right.name.utf8))
            if first != second { return first.lexicographicallyPrecedes(second) }
            return Array(left.value.utf8).lexicographicallyPrecedes(Array(right.value.utf8))
        }.map { "\($0.name)=\($0.value)" }
        let canonical = [
            method, path, sortedQuery.joined(separator: "&"), signed.map { "\($0.name):\($0.value)\n" }.joined(), names,
            bodyHash,
        ].joined(separator: "\n")
        let scope = "\(time.date)/\(region)/\(service)/aws4_request"
        let hash = hexadecimal(SHA256.hash(data: Array(canonical.utf8)))
        let text = ["AWS4-HMAC-SHA256", time.basic, scope, hash].joined(separator: "\n")
        var key = Array("AWS4\(credentials.secretAccessKey)".utf8)
        for part in [time.date, region, service, "aws4_request", text] { key = Self.code(part, key) }
        let value =
            "AWS4-HMAC-SHA256 Credential=\(credentials.accessKeyID)/\(scope), SignedHeaders=\(names), "
            + "Signature=\(hexadecimal(key))"
        return added.map { (name: $0.0, value: $0.1) } + [(name: "authorization", value: value)]
    }

    private static func code(_ text: String, _ key: [UInt8]) -> [UInt8] {
        Array(HMAC<SHA256>.authenticationCode(for: Array(text.utf8), using: SymmetricKey(data: key)))
    }

    private static func trimmed(_ value: String) -> String {
        value.split(separator: " ").joined(separator: " ")
    }

    /// Encodes a key for a path, or a name or value for a query: only A-Z, a-z, 0-9, `-`, `.`, `_`, `~` stay.
    public static func encoded(_ text: String, keepingSlashes: Bool = false) -> String {
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                bytes.append(byte)
            case UInt8(ascii: "/") where keepingSlashes: bytes.append(byte)
            default: bytes += Array("%\(hexadecimal([byte], upper: true))".utf8)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
