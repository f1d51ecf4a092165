/// Which texts look like keys, whatever they are called: access keys, tokens of well-known services, JSON web tokens,
/// passwords and signatures in addresses.
enum SecretPatterns {
    private struct Pattern {
        let prefix: [UInt8]
        /// How many letters follow at least.
        let least: Int
        let alphabet: @Sendable (UInt8) -> Bool

        init(_ prefix: String, _ least: Int, _ alphabet: @escaping @Sendable (UInt8) -> Bool = SecretPatterns.isWord) {
            self.prefix = Array(prefix.utf8)
            self.least = least
            self.alphabet = alphabet
        }
    }

    private static let patterns: [Pattern] = [
        // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids
        Pattern("AKIA", 16, isCapital), Pattern("ASIA", 16, isCapital),
        Pattern("hf_", 20),
        // https://github.blog/engineering/behind-githubs-new-authentication-token-formats/
        Pattern("ghp_", 30), Pattern("gho_", 30), Pattern("ghu_", 30), Pattern("ghs_", 30), Pattern("ghr_", 30),
        Pattern("github_pat_", 22), Pattern("glpat-", 20),
        Pattern("pypi-AgEI", 20), Pattern("sk-", 20), Pattern("xoxb-", 10), Pattern("xoxp-", 10), Pattern("AIza", 35),
    ]

    /// The ranges of a text that look like keys, in order.
    static func ranges(in text: [UInt8]) -> [Range<Int>] {
        var found: [Range<Int>] = []
        var place = 0
        while place < text.count {
            let isStart = place == 0 || !isWord(text[place - 1])
            if let range = isStart ? token(in: text, at: place) : nil {
                found.append(range)
                place = range.upperBound
            } else if let range = urlPassword(in: text, at: place) ?? parameter(in: text, at: place) {
                found.append(range)
                place = range.upperBound
            } else {
                place += 1
            }
        }
        return found
    }

    private static func token(in text: [UInt8], at place: Int) -> Range<Int>? {
        for pattern in patterns where text[place] == pattern.prefix[0] && text[place...].starts(with: pattern.prefix) {
            let count = text[(place + pattern.prefix.count)...].prefix(while: pattern.alphabet).count
            if count >= pattern.least { return place..<place + pattern.prefix.count + count }
        }
        return webToken(in: text, at: place)
    }

    /// Three parts of base64url with points between them; the first is the JSON of a header: RFC 7519.
    private static func webToken(in text: [UInt8], at place: Int) -> Range<Int>? {
        guard text[place] == UInt8(ascii: "e"), text[place...].starts(with: "eyJ".utf8) else { return nil }
        let end = text[place...].firstIndex { !isWord($0) && $0 != UInt8(ascii: ".") } ?? text.count
        let parts = text[place..<end].split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        return parts.count >= 3 && parts[0].count > 8 && parts[1].count > 2 ? place..<end : nil
    }

    /// The password of `scheme://user:password@host`, or the user where there is no password: pip takes tokens there.
    private static func urlPassword(in text: [UInt8], at place: Int) -> Range<Int>? {
        guard text[place] == UInt8(ascii: ":"), text[place...].starts(with: "://".utf8) else { return nil }
        let start = place + 3
        let end = text[start...].firstIndex { $0 <= 0x20 || $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "\"") }
        // The last @ is the one before the host: a password may hold others.
        guard let at = text[start..<(end ?? text.count)].lastIndex(of: UInt8(ascii: "@")) else { return nil }
        let colon = text[start..<at].firstIndex(of: UInt8(ascii: ":"))
        let first = colon.map { $0 + 1 } ?? start
        return first < at ? first..<at : nil
    }

    /// The parameters of an address that let in whoever has them, in lower case.
    ///
    /// S3: https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html, CloudFront and S3's version 2:
    /// Signature, Azure: sig, Google: X-Goog-….
    private static let parameters: [[UInt8]] = [
        "x-amz-signature", "x-amz-security-token", "x-amz-credential", "x-goog-signature", "x-goog-credential",
        "signature", "sig", "token",
    ].map { Array("\($0)=".utf8) }

    /// The value of such a parameter, which begins at its `?` or `&`.
    private static func parameter(in text: [UInt8], at place: Int) -> Range<Int>? {
        guard text[place] == UInt8(ascii: "?") || text[place] == UInt8(ascii: "&") else { return nil }
        let rest = text[(place + 1)...]
        for name in parameters where rest.prefix(name.count).map(\.lowercasedASCII) == name {
            let value = rest.dropFirst(name.count).prefix { $0 > 0x20 && !"&#\"'<>".utf8.contains($0) }
            return value.isEmpty ? nil : value.startIndex..<value.endIndex
        }
        return nil
    }

    @Sendable private static func isCapital(_ byte: UInt8) -> Bool {
        byte.isASCIIUppercase || byte.isASCIIDigit
    }

    @Sendable private static func isWord(_ byte: UInt8) -> Bool {
        isCapital(byte) || byte.isASCIILowercase || byte == UInt8(ascii: "_")
            || byte == UInt8(ascii: "-")
    }
}
