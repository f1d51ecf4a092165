public import ContainerRuntime

/// Where a bucket is asked for: AWS's own host names, or a server that the environment names.
public struct S3Endpoint: Hashable, Sendable {
    /// A server of one's own, from `AWS_ENDPOINT_URL_S3`, `AWS_ENDPOINT_URL` or `S3_ENDPOINT_URL`.
    public let server: WebAddress?

    /// Makes an endpoint of a server, or of AWS.
    public init(server: WebAddress? = nil) {
        self.server = server
    }

    /// Reads the variables.
    ///
    /// Throws `sourceNotUnderstood` where the first one that is set is no address.
    public init(environment: (String) -> String?) throws(Failure) {
        for name in ["AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL", "S3_ENDPOINT_URL"] {
            guard let text = environment(name), !text.isEmpty else { continue }
            guard let address = WebAddress(text) else {
                // Its value may hold a password, and is no address to take it out of.
                throw Failure(.sourceNotUnderstood(expected: "http://HOST or https://HOST"), name)
            }
            server = address
            return
        }
        server = nil
    }

    /// The address of an object, its path encoded as the signature wants it.
    ///
    /// A server of one's own is asked by path; AWS by host name, where the bucket's name can be one: with dots in it no
    /// certificate of AWS would match.
    public func address(bucket: String, key: String, region: String) -> WebAddress? {
        let path = "/" + RequestSignature.encoded(key, keepingSlashes: true)
        let bucketPath = "/" + RequestSignature.encoded(bucket)
        if var address = server {
            let base = address.target.prefix { $0 != "?" }
            address.target = (base.hasSuffix("/") ? String(base.dropLast()) : String(base)) + bucketPath + path
            return address
        }
        guard !region.isEmpty, region.utf8.allSatisfy({ Self.isHostByte($0) && $0 != UInt8(ascii: ".") }) else {
            return nil
        }
        let host = "s3.\(region).\(Self.domain(region))"
        return Self.isHostLabel(bucket)
            ? WebAddress("https://\(bucket).\(host)\(path)") : WebAddress("https://\(host)\(bucketPath)\(path)")
    }

    /// AWS's partitions.
    ///
    /// https://docs.aws.amazon.com/general/latest/gr/s3.html
    private static func domain(_ region: String) -> String {
        if region.hasPrefix("cn-") { return "amazonaws.com.cn" }
        if region.hasPrefix("us-isob-") { return "sc2s.sgov.gov" }
        if region.hasPrefix("us-iso-") { return "c2s.ic.gov" }
        if region.hasPrefix("eusc-") { return "amazonaws.eu" }
        return "amazonaws.com"
    }

    private static func isHostByte(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
            || byte == UInt8(ascii: "-")
    }

    private static func isHostLabel(_ bucket: String) -> Bool {
        (3...63).contains(bucket.utf8.count) && bucket.utf8.allSatisfy(isHostByte) && !bucket.hasPrefix("-")
            && !bucket.hasSuffix("-")
    }
}

/// Which region a request is for, from what is known before the first answer.
public enum S3Region {
    /// `AWS_REGION`, `AWS_DEFAULT_REGION`, `SAGEMAKER_REGION`, the shared file's; without any, AWS's first one, which
    /// answers with the right one.
    public static func first(environment: (String) -> String?) -> String {
        for name in ["AWS_REGION", "AWS_DEFAULT_REGION", "SAGEMAKER_REGION"] {
            if let region = environment(name), !region.isEmpty { return region }
        }
        return SharedCredentialsFile.region(environment: environment) ?? "us-east-1"
    }
}
