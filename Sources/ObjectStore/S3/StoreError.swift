import NIOHTTP1

#if canImport(Glibc)
import Glibc
#endif

/// What a store says when it refuses: the status, and its code and message from the XML body.
///
/// The body may hold the key's name and the text that was signed; only these fields are ever taken from it.
struct StoreError: Error, Hashable {
    var status: Int
    var code: String
    var message: String
    var region: String?
    /// Seconds that the store asks to wait.
    var wait: Double?

    init(status: Int, headers: HTTPHeaders, body: [UInt8]) {
        self.status = status
        code = XMLField.text("Code", in: body) ?? ""
        message = XMLField.text("Message", in: body) ?? ""
        region = headers.first(name: "x-amz-bucket-region") ?? XMLField.text("Region", in: body)
        wait = headers.first(name: "retry-after").flatMap { Double($0) }
    }

    /// Whether the same request may work a little later.
    ///
    /// https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
    var isTransient: Bool {
        if [500, 502, 503, 504, 429, 408].contains(status) { return true }
        return [
            "SlowDown", "RequestTimeout", "InternalError", "ServiceUnavailable", "Throttling", "ThrottlingException",
            "RequestLimitExceeded", "BandwidthLimitExceeded", "RequestThrottled", "OperationAborted",
        ].contains(code)
    }

    /// Whether other credentials, asked for now, may be taken.
    var isExpired: Bool { ["ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired"].contains(code) }

    /// Whether our clock is wrong; the answer's Date tells by how much.
    var isSkewed: Bool { code == "RequestTimeTooSkewed" }
}

/// Finds the text of one element, as much XML as S3's answers need.
enum XMLField {
    /// The text of the first element of that name, or nil; entities are resolved.
    static func text(_ name: String, in body: [UInt8]) -> String? {
        guard let start = range(of: Array("<\(name)>".utf8), in: body, from: 0)?.upperBound,
            let end = range(of: Array("</\(name)>".utf8), in: body, from: start)?.lowerBound
        else { return nil }
        var text = String(decoding: body[start..<end], as: UTF8.self)
        for (entity, character) in [("&quot;", "\""), ("&lt;", "<"), ("&gt;", ">"), ("&apos;", "'"), ("&amp;", "&")] {
            text = text.replacing(entity, with: character)
        }
        return text
    }

    /// Whether an element of that name begins in the body.
    static func has(_ name: String, in body: [UInt8]) -> Bool {
        range(of: Array("<\(name)".utf8), in: body, from: 0) != nil
    }

    /// The first place of some bytes from a place on; a page of a listing has a megabyte to look through.
    static func range(of wanted: [UInt8], in body: [UInt8], from start: Int) -> Range<Int>? {
        guard let first = wanted.first else { return nil }
        return body.withUnsafeBytes { bytes in
            var place = start
            while let base = bytes.baseAddress, place <= bytes.count - wanted.count {
                let rest = bytes.count - wanted.count - place + 1
                guard let found = memchr(base + place, Int32(first), rest) else { return nil }
                place = base.distance(to: found)
                if memcmp(found, wanted, wanted.count) == 0 { return place..<place + wanted.count }
                place += 1
            }
            return nil
        }
    }
}
