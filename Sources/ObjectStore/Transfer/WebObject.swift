import AsyncHTTPClient
import ContainerRuntime
import NIOHTTP1

/// A file behind an http or https address.
struct WebObject: RemoteObject {
    let transport: Transport
    let address: WebAddress
    let subject: String
    /// Others' servers are asked once at a time.
    var connections: Int { 1 }

    static let redirectLimit = 10

    func open(_ range: Range<Int>?, version: String?) async throws(Failure) -> HTTPClientResponse {
        try await retrying(RetryPolicy(subject: subject)) { _ in
            let response = try await follow(range, version)
            let status = Int(response.status.code)
            if status == 200 || status == 206 { return response }
            _ = try? await response.bytes(upTo: 1 << 16)
            let error = StoreError(status: status, headers: response.headers, answer: nil)
            throw FailedTry(
                isTransient: error.isTransient,
                reason: "\(status)",
                wait: error.wait,
                failure: status == 404 || status == 410
                    ? Failure(.objectNotFound(code: ""), subject) : refusal(status, response.status.reasonPhrase)
            )
        }
    }

    private func follow(_ range: Range<Int>?, _ version: String?) async throws -> HTTPClientResponse {
        var place = address
        for _ in 0...Self.redirectLimit {
            var request = HTTPClientRequest(url: place.url)
            request.headers.add(name: "accept", value: "*/*")
            request.headers.add(name: "host", value: place.hostHeader)
            if let range {
                request.headers.add(name: "range", value: HTTPRange.header(range))
                if let version { request.headers.add(name: "if-range", value: version) }
            }
            // Name and password are for the server that they were given for; on another port there may be anybody's.
            if let secret = address.credentials, place.isSameServer(as: address) {
                request.headers.add(name: "authorization", value: "Basic \(secret.base64)")
            }
            let response = try await transport.send(request, to: place)
            let status = Int(response.status.code)
            guard [301, 302, 303, 307, 308].contains(status) else { return response }
            guard let next = response.headers.first(name: "location").flatMap({ place.following($0) }) else {
                throw refusal(status, "it leads nowhere")
            }
            guard place.scheme == "http" || next.scheme == "https" else {
                throw refusal(status, "it leads from https to http")
            }
            place = next
        }
        throw refusal(310, "more than \(Self.redirectLimit) redirects")
    }

    private func refusal(_ status: Int, _ message: String) -> Failure {
        Failure(.storeRefused(status: status, code: "", message: message), subject)
    }
}
