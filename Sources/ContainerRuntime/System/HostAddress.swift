import CLinux

/// Addresses of this host and of others, as numeric texts.
enum HostAddress {
    /// The first address of a network interface, or nil where there is no such interface.
    ///
    /// The corresponding C function is `getifaddrs`.
    static func ofInterface(_ name: String) -> String? {
        var text = [CChar](repeating: 0, count: 64)
        guard linux_interface_address(name, &text, UInt(text.count)) == 0 else { return nil }
        return Self.text(text)
    }

    /// The addresses of a name, or why there are none.
    ///
    /// The corresponding C function is `getaddrinfo`. It may wait for a resolver: never called by PID 1.
    static func of(_ name: String) -> Result<[String], ResolverProblem> {
        var text = [CChar](repeating: 0, count: 4096)
        let error = linux_resolve(name, &text, UInt(text.count))
        guard error == 0 else {
            return .failure(ResolverProblem(words: linux_resolve_error(error).map { String(cString: $0) } ?? ""))
        }
        return .success(Self.text(text).split(separator: "\n").map(String.init))
    }

    static func text(_ buffer: [CChar]) -> String {
        String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}

/// What a resolver said.
struct ResolverProblem: Error, Hashable {
    let words: String
}
