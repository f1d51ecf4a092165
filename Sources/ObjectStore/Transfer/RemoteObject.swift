import AsyncHTTPClient
import ContainerRuntime
import NIOHTTP1

/// Something that can be read over HTTP, whole or from a place on.
protocol RemoteObject: Sendable {
    /// What failures call it.
    var subject: String { get }
    /// How many connections may read at once.
    var connections: Int { get }

    /// Asks for the bytes of a range, or for all, of that version where one is named; the answer is 200 or 206.
    func open(_ range: Range<Int>?, version: String?) async throws(Failure) -> HTTPClientResponse
}

/// An object of S3.
struct S3Object: RemoteObject {
    let client: S3Client
    let bucket: String
    let key: String
    var connections = 4
    var subject: String { "s3://\(bucket)/\(key)" }

    func open(_ range: Range<Int>?, version: String?) async throws(Failure) -> HTTPClientResponse {
        var operation = S3Client.Operation(bucket: bucket, key: key)
        if let range { operation.headers.append((name: "range", value: HTTPRange.header(range))) }
        if let version { operation.headers.append((name: "if-match", value: version)) }
        // With a range the store has no checksum of what it sends.
        if range == nil { operation.headers.append((name: "x-amz-checksum-mode", value: "ENABLED")) }
        return try await client.send(operation)
    }
}

/// The ranges of HTTP: RFC 9110, section 14.
enum HTTPRange {
    static func header(_ range: Range<Int>) -> String { "bytes=\(range.lowerBound)-\(range.upperBound - 1)" }

    /// The first byte and the whole size of a `Content-Range: bytes 0-9/100`.
    static func parse(_ text: String) -> (start: Int, total: Int?)? {
        guard text.hasPrefix("bytes ") else { return nil }
        let parts = text.dropFirst(6).split(separator: "/")
        guard parts.count == 2, let start = parts[0].split(separator: "-").first.flatMap({ Int($0) }) else {
            return nil
        }
        return (start, Int(parts[1]))
    }
}
