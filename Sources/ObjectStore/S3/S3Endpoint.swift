import ContainerRuntime

/// Where a bucket is asked for: AWS's own host names, or a server that the environment names.
struct S3Endpoint {
    /// A server of one's own.
    private let server: WebAddress?

    /// Makes an endpoint of `AWS_ENDPOINT_URL_S3`, `AWS_ENDPOINT_URL` or `S3_ENDPOINT_URL`; without any, of AWS.
    ///
    /// - Throws: `Failure` with code `sourceNotUnderstood` where the first one that is set is no address.
    init(environment: (String) -> String?) throws(Failure) {
        server = try WebAddress.server(["AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL", "S3_ENDPOINT_URL"], environment)
    }

    /// The address of an object, its path encoded as the signature wants it.
    ///
    /// A server of one's own is asked by path; AWS by host name, where the bucket's name can be one: with dots in it no
    /// certificate of AWS would match.
    func address(bucket: String, key: String, region: String) -> WebAddress? {
        let path = "/" + RequestSignature.encoded(key, keepingSlashes: true)
        let bucketPath = "/" + RequestSignature.encoded(bucket)
        if var address = server {
            let base = address.target.prefix { $0 != "?" }
            address.target = (base.hasSuffix("/") ? String(base.dropLast()) : String(base)) + bucketPath + path
            return address
        }
        guard !region.isEmpty, region.utf8.allSatisfy(Self.isHostByte) else { return nil }
        let host = "s3.\(region).\(Self.domain(region))"
        return WebAddress(
            Self.isHostLabel(bucket) ? "https://\(bucket).\(host)\(path)" : "https://\(host)\(bucketPath)\(path)"
        )
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
        byte.isASCIILowercase || byte.isASCIIDigit || byte == UInt8(ascii: "-")
    }

    private static func isHostLabel(_ bucket: String) -> Bool {
        (3...63).contains(bucket.utf8.count) && bucket.utf8.allSatisfy(isHostByte) && !bucket.hasPrefix("-")
            && !bucket.hasSuffix("-")
    }
}

/// Which region a request is for, from what is known before the first answer.
enum S3Region {
    /// `AWS_REGION`, `AWS_DEFAULT_REGION`, `SAGEMAKER_REGION`, the shared file's; without any, AWS's first one, which
    /// answers with the right one.
    static func first(environment: (String) -> String?) -> String {
        firstVariable(["AWS_REGION", "AWS_DEFAULT_REGION", "SAGEMAKER_REGION"], environment)?.value
            ?? SharedCredentialsFile.region(environment: environment) ?? "us-east-1"
    }
}
