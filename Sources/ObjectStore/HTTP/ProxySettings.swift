/// Which requests go through a proxy: `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY`, in either case.
///
/// `HTTP_PROXY` in capitals is honoured too: the reason against it is CGI, and this is none.
struct ProxySettings: Hashable, Sendable {
    private let secure: WebAddress?
    private let plain: WebAddress?
    private let exceptions: [String]

    /// Reads the variables; one without a scheme is taken for http, as curl(1) does.
    init(environment: (String) -> String?) {
        func value(_ name: String) -> String? {
            firstVariable([name.lowercased(), name], environment)?.value
        }
        func address(_ name: String) -> WebAddress? {
            (value(name) ?? value("ALL_PROXY")).flatMap { WebAddress($0.contains("://") ? $0 : "http://\($0)") }
        }
        (secure, plain) = (address("HTTPS_PROXY"), address("HTTP_PROXY"))
        exceptions = (value("NO_PROXY") ?? "").split { $0 == "," || $0 == " " }.map { $0.lowercased() }
    }

    /// The proxy for an address, or nil for a direct connection.
    func proxy(for address: WebAddress) -> WebAddress? {
        guard let proxy = address.scheme == "https" ? secure : plain else { return nil }
        return exceptions.contains { Self.excepts($0, address.host, address.usedPort) } ? nil : proxy
    }

    /// `*` is all hosts; a name is that host and those below it, with or without a dot in front; a port may follow.
    private static func excepts(_ rule: String, _ host: String, _ port: Int) -> Bool {
        if rule == "*" { return true }
        var name = rule[...]
        if let colon = rule.lastIndex(of: ":"), let number = Int(rule[rule.index(after: colon)...]),
            !rule[..<colon].contains(":") || rule[..<colon].hasSuffix("]")
        {
            guard number == port else { return false }
            name = rule[..<colon]
        }
        if name.hasPrefix("*.") { name = name.dropFirst() }
        if name.hasPrefix(".") { name = name.dropFirst() }
        guard !name.isEmpty else { return false }
        return host == name || host.hasSuffix(".\(name)") || host == "[\(name)]"
    }
}
