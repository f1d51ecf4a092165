import ContainerRuntime

/// An http or https address, taken apart: what is needed to ask for it, and what must not be shown.
struct WebAddress: Hashable, Sendable {
    /// `http` or `https`.
    var scheme: String
    /// Name and password in front of the host, as written.
    var userInformation: String?
    /// The host; an IPv6 address has its brackets.
    var host: String
    /// The port, where it is not the scheme's own.
    var port: Int?
    /// Path and parameters, as they go into a request; begins with a slash.
    var target: String

    /// Takes an address apart, or nothing if it is none; a fragment is dropped, blanks and what is not ASCII is encoded.
    init?(_ text: String) {
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
            port = number == Self.port(of: scheme) ? nil : number
            place = place[..<colon]
        }
        guard !place.isEmpty, place.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f }) else { return nil }
        host = place.lowercased()
    }

    /// The port that is asked.
    var usedPort: Int { port ?? Self.port(of: scheme) }

    private static func port(of scheme: String) -> Int { scheme == "https" ? 443 : 80 }

    /// Name and password in front of the host as they are meant, or nothing where there are none.
    var credentials: [UInt8]? { userInformation?.utf8.percentDecoded().bytes }

    /// Whether both are of one server: scheme, host and port.
    func isSameServer(as other: WebAddress) -> Bool {
        scheme == other.scheme && host == other.host && port == other.port
    }

    /// The value of the Host header.
    var hostHeader: String { port.map { "\(host):\($0)" } ?? host }

    /// The address for a request, without name and password.
    var url: String { "\(scheme)://\(hostHeader)\(target)" }

    /// Where an answer's Location leads to from here.
    func following(_ location: String) -> WebAddress? {
        if location.hasPrefix("//") { return WebAddress("\(scheme):\(location)") }
        if let other = WebAddress(location) { return other }
        guard !location.contains("://") else { return nil }
        let path = target.prefix { $0 != "?" }
        let directory = path[...(path.lastIndex(of: "/") ?? path.startIndex)]
        return WebAddress("\(scheme)://\(hostHeader)\(location.hasPrefix("/") ? "" : directory)\(location)")
    }

    /// Encodes what no request line may hold and leaves what is encoded already.
    private static func encoded(_ text: String) -> String {
        text.utf8.percentEncoded { $0 > 0x20 && $0 < 0x7f && !"\"<>".utf8.contains($0) }
    }
}
