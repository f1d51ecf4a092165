import AsyncHTTPClient
import ContainerRuntime
import NIOHTTP1

/// A file behind an http or https address.
struct WebObject: RemoteObject {
    let transport: Transport
    let address: WebAddress
    let subject: String
    var retries = RetryPolicy()
    /// Others' servers are asked once at a time.
    var connections: Int { 1 }

    static let redirectLimit = 10

    func open(_ range: Range<Int>?, version: String?) async throws(Failure) -> HTTPClientResponse {
        var failures = 0
        while true {
            do {
                let response = try await follow(range, version)
                let status = Int(response.status.code)
                if status == 200 || status == 206 { return response }
                _ = try? await response.body.collect(upTo: 1 << 16)
                failures += 1
                let error = StoreError(status: status, headers: response.headers, body: [])
                guard error.isTransient, failures < retries.attempts else {
                    guard status != 404, status != 410 else { throw Failure(.objectNotFound(code: ""), subject) }
                    throw Failure(
                        .storeRefused(status: status, code: "", message: response.status.reasonPhrase),
                        subject
                    )
                }
                try await retries.wait(afterFailures: failures, asked: error.wait)
            } catch let failure as Failure {
                throw failure
            } catch {
                let problem = TransportProblem(error)
                failures += 1
                guard problem.isTransient, failures < retries.attempts, !Task.isCancelled else {
                    throw Failure(.storeUnreachable(reason: problem.reason), subject)
                }
                try? await retries.wait(afterFailures: failures)
            }
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
                request.headers.add(name: "authorization", value: "Basic \(base64(secret))")
            }
            let response = try await transport.send(request, to: place)
            guard [301, 302, 303, 307, 308].contains(Int(response.status.code)) else { return response }
            guard let next = response.headers.first(name: "location").flatMap({ place.following($0) }) else {
                throw Failure(
                    .storeRefused(status: Int(response.status.code), code: "", message: "it leads nowhere"),
                    subject
                )
            }
            guard place.scheme == "http" || next.scheme == "https" else {
                let message = "it leads from https to http"
                throw Failure(.storeRefused(status: Int(response.status.code), code: "", message: message), subject)
            }
            place = next
        }
        throw Failure(
            .storeRefused(status: 310, code: "", message: "more than \(Self.redirectLimit) redirects"),
            subject
        )
    }
}
