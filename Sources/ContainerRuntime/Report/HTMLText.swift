/// Text for a page: what comes from outside goes in only through `escaped`.
enum HTMLText {
    /// The text as it may stand between tags and in a quoted attribute.
    ///
    /// Control characters, which no page may hold, become U+FFFD.
    static func escaped(_ text: String) -> String {
        var result: [UInt8] = []
        result.reserveCapacity(text.utf8.count)
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "&"): result += "&amp;".utf8
            case UInt8(ascii: "<"): result += "&lt;".utf8
            case UInt8(ascii: ">"): result += "&gt;".utf8
            case UInt8(ascii: "\""): result += "&quot;".utf8
            case UInt8(ascii: "'"): result += "&#39;".utf8
            case 0x09, 0x0a: result.append(byte)
            case 0x00..<0x20, 0x7f: result += "\u{fffd}".utf8
            default: result.append(byte)
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// JSON as it may stand in a script element: nothing in it can end the element.
    static func script(_ json: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(json.count)
        for byte in json {
            if byte == UInt8(ascii: "<") { result += "\\u003c".utf8 } else { result.append(byte) }
        }
        return result
    }

    /// The word by which a policy allows one script or style sheet: https://www.w3.org/TR/CSP3/#grammardef-hash-source.
    static func policyHash(_ text: String) -> String {
        "'sha256-\(SHA256.bytes(of: Array(text.utf8)).base64)'"
    }
}
