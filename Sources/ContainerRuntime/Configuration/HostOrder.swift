/// The order of a job's hosts, which decides their ranks.
public enum HostOrder: String, Hashable, Sendable, CaseIterable {
    /// As resourceconfig.json has them: by code points, so that algo-10 comes before algo-2.
    case platform
    /// By the numbers in their names: algo-2 comes before algo-10.
    case natural

    /// The hosts in this order.
    public func sorted(_ hosts: [String]) -> [String] {
        guard self == .natural else { return hosts }
        return hosts.map { (name: $0, key: Self.key($0)) }
            .sorted {
                $0.key == $1.key ? $0.name.precedesByCodePoint($1.name) : $0.key.lexicographicallyPrecedes($1.key)
            }
            .map(\.name)
    }

    /// Text and numbers in turn; a number is its length and its digits, so that no name is too long for an integer.
    private static func key(_ name: String) -> [String] {
        var parts: [String] = []
        var bytes = name.utf8[...]
        while !bytes.isEmpty {
            let text = bytes.prefix { !$0.isASCIIDigit }
            bytes = bytes.dropFirst(text.count)
            let digits = bytes.prefix(while: \.isASCIIDigit)
            bytes = bytes.dropFirst(digits.count)
            let number = digits.drop { $0 == UInt8(ascii: "0") }
            let length = String(number.count)
            parts.append(String(Substring(text)))
            parts.append(
                String(repeating: "0", count: 4 - min(4, length.utf8.count)) + length + String(Substring(number))
            )
        }
        return parts
    }
}
