import NIOHTTP1

/// What a store says when it refuses: the status, and its code and message from the XML body.
///
/// The body may hold the key's name and the text that was signed; only these fields are ever taken from it.
struct StoreError: Error, Hashable {
    let status: Int
    let code: String
    let message: String
    let region: String?
    /// Seconds that the store asks to wait.
    let wait: Double?

    init(status: Int, headers: HTTPHeaders, body: [UInt8]) {
        // Who is asked in place of a store, a proxy for instance, answers with anything.
        self.init(status: status, headers: headers, answer: try? XMLElement(body))
    }

    init(status: Int, headers: HTTPHeaders, answer: XMLElement?) {
        self.status = status
        code = answer?.text(of: "Code") ?? ""
        message = answer?.text(of: "Message") ?? ""
        region = headers.first(name: "x-amz-bucket-region") ?? answer?.text(of: "Region")
        wait = headers.first(name: "retry-after").flatMap { Double($0) }
    }

    /// Whether the same request may work a little later.
    ///
    /// https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
    var isTransient: Bool {
        if Self.isTransient(status: status) { return true }
        return [
            "SlowDown", "RequestTimeout", "InternalError", "ServiceUnavailable", "Throttling", "ThrottlingException",
            "RequestLimitExceeded", "BandwidthLimitExceeded", "RequestThrottled", "OperationAborted",
        ].contains(code)
    }

    /// Whether an answer's status alone says so.
    static func isTransient(status: Int) -> Bool { [408, 429, 500, 502, 503, 504].contains(status) }

    /// Whether other credentials, asked for now, may be taken.
    var isExpired: Bool { ["ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired"].contains(code) }

    /// Whether our clock is wrong; the answer's Date tells by how much.
    var isSkewed: Bool { code == "RequestTimeTooSkewed" }
}
