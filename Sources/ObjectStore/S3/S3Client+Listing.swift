import AsyncHTTPClient
import ContainerRuntime
import NIOCore

extension S3Client {
    /// A page is a thousand keys of at most 1,024 bytes, each of which may be three when it is encoded.
    static let largestPage = 16 << 20

    /// Asks for one page of the objects whose keys begin with a prefix; a page that breaks off is asked for again.
    ///
    /// Throws `listingUnusable`, and what `send` throws.
    func page(_ prefix: ObjectPrefix, token: String?) async throws(Failure) -> ListingPage {
        var query = [(name: "list-type", value: "2"), (name: "encoding-type", value: "url")]
        if !prefix.prefix.isEmpty { query.append((name: "prefix", value: prefix.prefix)) }
        if let token { query.append((name: "continuation-token", value: token)) }
        var operation = Operation(bucket: prefix.bucket, key: "", query: query)
        operation.prefix = prefix
        var failures = 0
        while true {
            let response = try await send(operation)
            var reason = "a page of it is no whole one"
            var wait: Double?
            do {
                let body = Array(try await response.body.collect(upTo: Self.largestPage).readableBytesView)
                if let page = ListingPage(body) { return page }
                // S3 may answer 200 before it knows, with an error in the body of it.
                let error = StoreError(status: 200, headers: response.headers, body: body)
                guard error.code.isEmpty || error.isTransient else {
                    throw Failure(
                        .storeRefused(status: 200, code: error.code, message: error.message),
                        operation.subject
                    )
                }
                if !error.code.isEmpty { reason = error.code }
                wait = error.wait
            } catch let failure as Failure {
                throw failure
            } catch is NIOTooManyBytesError {
                throw Failure(
                    .listingUnusable(reason: "a page has more than \(Self.largestPage) bytes"),
                    operation.subject
                )
            } catch {
                let problem = TransportProblem(error)
                guard problem.isTransient else {
                    throw Failure(.storeUnreachable(reason: problem.reason), operation.subject)
                }
                reason = problem.reason
            }
            failures += 1
            guard failures < retries.attempts, !Task.isCancelled else {
                throw Failure(.listingUnusable(reason: reason), operation.subject)
            }
            do { try await retries.wait(afterFailures: failures, asked: wait) } catch {
                throw Failure(.storeUnreachable(reason: "stopped"), operation.subject)
            }
        }
    }
}
