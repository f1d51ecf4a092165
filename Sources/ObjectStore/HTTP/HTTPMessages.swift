import AsyncHTTPClient
import ContainerRuntime
import NIOCore
import NIOHTTP1

extension HTTPClientRequest {
    /// A request to a service of AWS, signed where there is somebody to sign it.
    ///
    /// The address has no parameters of its own.
    init(
        _ method: HTTPMethod,
        to address: WebAddress,
        query: [(name: String, value: String)],
        headers: [(name: String, value: String)] = [],
        body: ByteBuffer? = nil,
        signature: RequestSignature?,
        time: Timestamp = .now
    ) {
        let query = query.map { (name: RequestSignature.encoded($0.name), value: RequestSignature.encoded($0.value)) }
        var headers = headers + [(name: "host", value: address.hostHeader)]
        if let signature {
            headers += signature.headers(
                method: method.rawValue,
                path: address.target,
                query: query,
                headers: headers,
                bodyHash: body.map(Self.hash) ?? RequestSignature.emptyBodyHash,
                time: time
            )
        }
        let parameters = query.map { "\($0.name)=\($0.value)" }.joined(separator: "&")
        self.init(url: parameters.isEmpty ? address.url : "\(address.url)?\(parameters)")
        self.method = method
        self.headers = HTTPHeaders(headers.map { ($0.name, $0.value) })
        self.body = body.map { .bytes($0) }
    }

    private static func hash(_ body: ByteBuffer) -> String {
        var hash = SHA256()
        body.withUnsafeReadableBytes { hash.add($0) }
        return hash.text()
    }
}

extension HTTPClientResponse {
    /// The body.
    ///
    /// - Throws: `NIOTooManyBytesError` where it is longer than the limit, and what the connection says.
    func bytes(upTo limit: Int) async throws -> [UInt8] {
        Array(try await body.collect(upTo: limit).readableBytesView)
    }
}
