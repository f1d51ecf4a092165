public import SystemPackage

/// Where code comes from, as `sagemaker_submit_directory` and `train fetch` name it.
public enum CodeLocation: Hashable, Sendable {
    /// An object: everything after the bucket is its key, byte for byte, a `?` and a `#` too.
    case object(bucket: String, key: String)
    /// An address of the web.
    case web(String)
    /// A directory or a file of this machine.
    case path(FilePath)

    /// Reads a location: `s3://bucket/key`, `http://…`, `https://…`, `file:///path`, or a path.
    ///
    /// The scheme may be in capitals. Throws `sourceNotUnderstood` for another scheme, and where a part is missing.
    public init(_ text: String) throws(Failure) {
        guard let separator = text.firstRange(of: "://") else {
            guard !text.isEmpty else { throw Failure(.sourceNotUnderstood(expected: "a location"), "\"\"") }
            self = .path(FilePath(text))
            return
        }
        let rest = String(text[separator.upperBound...])
        switch text[..<separator.lowerBound].lowercased() {
        case "s3":
            let parts = rest.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else {
                throw Failure(.sourceNotUnderstood(expected: "s3://BUCKET/KEY"), Self.withoutSecrets(text))
            }
            self = .object(bucket: String(parts[0]), key: String(parts[1]))
        case "http", "https":
            guard let first = rest.utf8.first, first != UInt8(ascii: "/") else {
                throw Failure(.sourceNotUnderstood(expected: "a host after ://"), Self.withoutSecrets(text))
            }
            self = .web(text)
        case "file":
            // RFC 8089: an empty host and localhost are this machine.
            let path = rest.hasPrefix("localhost/") ? String(rest.dropFirst("localhost".count)) : rest
            guard path.hasPrefix("/"), let decoded = Self.percentDecoded(path) else {
                throw Failure(.sourceNotUnderstood(expected: "file:///PATH"), Self.withoutSecrets(text))
            }
            self = .path(FilePath(decoded))
        default:
            let expected = "s3://, https://, http://, file:// or a path"
            throw Failure(.sourceNotUnderstood(expected: expected), Self.withoutSecrets(text))
        }
    }

    /// The last part of the location, a file's name; parameters of an address are no part of it.
    public var name: String {
        switch self {
        case .object(_, let key): key.split(separator: "/").last.map(String.init) ?? key
        case .path(let path): path.lastComponent?.string ?? path.string
        case .web(let address):
            address.prefix { $0 != "?" && $0 != "#" }.split(separator: "/").dropFirst(2).last
                .flatMap { Self.percentDecoded(String($0)) } ?? "download"
        }
    }

    private static func percentDecoded(_ text: String) -> String? {
        let (bytes, isWellFormed) = text.utf8.percentDecoded()
        return isWellFormed && !bytes.containsNUL ? String(decoding: bytes, as: UTF8.self) : nil
    }
}

extension CodeLocation: CustomStringConvertible {
    /// The location for people and logs: without the name, password, parameters and fragment of an address, where
    /// signatures and tokens are.
    public var description: String {
        switch self {
        case .object(let bucket, let key): return "s3://\(bucket)/\(key)"
        case .path(let path): return path.string
        case .web(let address): return Self.withoutSecrets(address)
        }
    }

    /// The text of a location for people and logs, whether it can be understood or not.
    ///
    /// Keys in a path are covered too.
    public static func shown(_ text: String) -> String {
        SecretMask().mask((try? CodeLocation(text))?.description ?? withoutSecrets(text))
    }

    /// An address without name, password, parameters and fragment; a text that is no address stays as it is.
    ///
    /// By bytes: a `?` with a combining mark behind it is another character, and begins the parameters all the same.
    private static func withoutSecrets(_ text: String) -> String {
        let bytes = Array(text.utf8)
        guard let separator = bytes.firstRange(of: Array("://".utf8)) else { return text }
        let plain = bytes[separator.upperBound...].prefix { $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#") }
        let authority = plain.prefix { $0 != UInt8(ascii: "/") }
        let host = authority.split(separator: UInt8(ascii: "@"), omittingEmptySubsequences: false).last ?? authority
        let shown = bytes[..<separator.upperBound] + host + plain.dropFirst(authority.count)
        return String(decoding: shown, as: UTF8.self)
    }
}
