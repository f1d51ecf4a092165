/// What keys in S3 begin with, as a channel of the platform names its objects: all whose keys begin with it.
///
/// It need not end at a slash: `data/part` means `data/part-1` and `data/parts/x` too. What follows its last slash in a key is
/// the object's name below the channel. Source: `S3Prefix` of
/// https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_S3DataSource.html
public struct ObjectPrefix: Hashable, Sendable {
    /// The bucket.
    public let bucket: String
    /// What the keys begin with; empty for the whole bucket.
    public let prefix: String

    private static let scheme = Array("s3://".utf8)

    /// Reads `s3://BUCKET/PREFIX` or `s3://BUCKET`, or nothing where it is neither.
    public init?(_ text: String) {
        guard Self.isMeant(by: text), !text.utf8.contains(0) else { return nil }
        let rest = text.utf8.dropFirst(Self.scheme.count)
        let end = rest.firstIndex(of: UInt8(ascii: "/")) ?? rest.endIndex
        guard end > rest.startIndex else { return nil }
        bucket = String(decoding: rest[..<end], as: UTF8.self)
        prefix = String(decoding: rest[end...].dropFirst(), as: UTF8.self)
    }

    /// Whether a text begins with `s3://`, in either case.
    public static func isMeant(by text: String) -> Bool {
        text.utf8.prefix(scheme.count).map { (0x41...0x5a).contains($0) ? $0 | 0x20 : $0 } == scheme
    }

    /// What stands before the names of its objects: everything up to the last slash of the prefix, that included.
    public var directory: String {
        let end = prefix.utf8.lastIndex(of: UInt8(ascii: "/")).map { prefix.utf8.index(after: $0) }
        return "s3://\(bucket)/\(String(decoding: prefix.utf8[..<(end ?? prefix.utf8.startIndex)], as: UTF8.self))"
    }

    /// The name of a key's object below the channel, or nothing where the key does not begin with the prefix.
    func name(of key: [UInt8]) -> [UInt8]? {
        let prefix = Array(prefix.utf8)
        guard key.starts(with: prefix) else { return nil }
        return Array(key[((prefix.lastIndex(of: UInt8(ascii: "/")) ?? -1) + 1)...])
    }
}

extension ObjectPrefix: CustomStringConvertible {
    /// The prefix as it is written: `s3://BUCKET/PREFIX`.
    public var description: String { "s3://\(bucket)/\(prefix)" }
}
