import AsyncHTTPClient
import ContainerRuntime
import NIOCore

extension S3Client {
    /// A page is a thousand keys of at most 1,024 bytes, each of which may be three when it is encoded.
    static let largestPage = 16 << 20

    /// Asks for one page of the objects whose keys begin with a prefix; a page that breaks off is asked for again.
    ///
    /// - Throws: `Failure` with code `listingUnusable`, and what `send` throws.
    func page(_ prefix: ObjectPrefix, token: String?) async throws(Failure) -> ListingPage {
        var query = [(name: "list-type", value: "2"), (name: "encoding-type", value: "url")]
        if !prefix.prefix.isEmpty { query.append((name: "prefix", value: prefix.prefix)) }
        if let token { query.append((name: "continuation-token", value: token)) }
        let operation = Operation(bucket: prefix.bucket, key: "", query: query, prefix: prefix)
        let policy = RetryPolicy(subject: operation.subject, code: { .listingUnusable(reason: $0) })
        return try await retrying(policy) { _ in
            let response = try await send(operation)
            let body: [UInt8]
            do { body = try await response.bytes(upTo: Self.largestPage) } catch is NIOTooManyBytesError {
                let reason = "a page has more than \(Self.largestPage) bytes"
                throw Failure(.listingUnusable(reason: reason), operation.subject)
            }
            let answer: XMLElement
            do { answer = try XMLElement(body) } catch {
                throw FailedTry(isTransient: true, reason: "a page of it is no whole one, \(error)")
            }
            if let page = ListingPage(answer) { return page }
            // S3 may answer 200 before it knows, with an error in the body of it.
            let error = StoreError(status: 200, headers: response.headers, answer: answer)
            guard error.code.isEmpty || error.isTransient else { throw refusal(error, operation) }
            let reason = error.code.isEmpty ? "a page of it is no whole one" : error.code
            throw FailedTry(isTransient: true, reason: reason, wait: error.wait)
        }
    }
}
