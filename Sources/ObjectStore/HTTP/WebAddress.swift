/// An http or https address, taken apart: what is needed to ask for it, and what must not be shown.
public struct WebAddress: Hashable, Sendable {
    /// `http` or `https`.
    public var scheme: String
    /// Name and password in front of the host, as written.
    public var userInformation: String?
    /// The host; an IPv6 address has its brackets.
    public var host: String
    /// The port, where it is not the scheme's own.
    public var port: Int?
    /// Path and parameters, as they go into a request; begins with a slash.
    public var target: String

    /// Takes an address apart, or nothing if it is none; a fragment is dropped, blanks and what is not ASCII is encoded.
    public init?(_ text: String) {
        guard let separator = text.firstRange(of: "://") else { return nil }
        scheme = text[..<separator.lowerBound].lowercased()
        guard scheme == "http" || scheme == "https" else { return nil }
        let rest = text[separator.upperBound...].prefix { $0 != "#" }
        let authority = rest.prefix { $0 != "/" && $0 != "?" }
        let target = rest.dropFirst(authority.count)
        self.target = Self.encoded(target.hasPrefix("/") ? String(target) : "/\(target)")
        var place = authority
        if let at = authority.lastIndex(of: "@") {
            userInformation = String(authority[..<at])
            place = authority[authority.index(after: at)...]
        }
        let bracket = place.lastIndex(of: "]") ?? place.startIndex
        if let colon = place[bracket...].lastIndex(of: ":") {
            let digits = place[place.index(after: colon)...]
            guard let number = Int(digits), (1...65_535).contains(number) else { return nil }
            port = number == (scheme == "https" ? 443 : 80) ? nil : number
            place = place[..<colon]
        }
        guard !place.isEmpty, place.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f }) else { return nil }
        host = place.lowercased()
    }

    /// Name and password in front of the host as they are meant, or nothing where there are none.
    public var credentials: [UInt8]? { userInformation.map(Self.decoded) }

    /// Whether both are of one server: scheme, host and port.
    public func isSameServer(as other: WebAddress) -> Bool {
        scheme == other.scheme && host == other.host && port == other.port
    }

    /// The value of the Host header.
    public var hostHeader: String { port.map { "\(host):\($0)" } ?? host }

    /// The address for a request, without name and password.
    public var url: String { "\(scheme)://\(hostHeader)\(target)" }

    /// Where an answer's Location leads to from here.
    public func following(_ location: String) -> WebAddress? {
        if location.hasPrefix("//") { return WebAddress("\(scheme):\(location)") }
        if let other = WebAddress(location) { return other }
        guard !location.contains("://") else { return nil }
        let path = target.prefix { $0 != "?" }
        let directory = path[...(path.lastIndex(of: "/") ?? path.startIndex)]
        return WebAddress("\(scheme)://\(hostHeader)\(location.hasPrefix("/") ? "" : directory)\(location)")
    }

    private static func decoded(_ text: String) -> [UInt8] {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            let digits = String(decoding: rest.prefix(2), as: UTF8.self)
            if byte == UInt8(ascii: "%"), rest.count >= 2, let value = UInt8(digits, radix: 16) {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return bytes
    }

    /// Encodes what no request line may hold and leaves what is encoded already.
    private static func encoded(_ text: String) -> String {
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            if byte > 0x20, byte < 0x7f, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "<"),
                byte != UInt8(ascii: ">")
            {
                bytes.append(byte)
            } else {
                bytes += Array("%".utf8) + hexadecimal([byte], upper: true).utf8
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// Bytes as hexadecimal digits.
func hexadecimal(_ bytes: some Sequence<UInt8>, upper: Bool = false) -> String {
    let digits = Array((upper ? "0123456789ABCDEF" : "0123456789abcdef").utf8)
    return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
}

/// Base64 of RFC 4648 with padding.
func base64(_ bytes: some Sequence<UInt8>) -> String {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    let bytes = Array(bytes)
    var text: [UInt8] = []
    for start in stride(from: 0, to: bytes.count, by: 3) {
        let group = bytes[start..<min(start + 3, bytes.count)]
        let bits = group.reduce(UInt32(0)) { $0 << 8 | UInt32($1) } << (8 * UInt32(3 - group.count))
        for index in 0..<4 {
            text.append(index <= group.count ? alphabet[Int(bits >> (18 - 6 * UInt32(index)) & 63)] : UInt8(ascii: "="))
        }
    }
    return String(decoding: text, as: UTF8.self)
}
