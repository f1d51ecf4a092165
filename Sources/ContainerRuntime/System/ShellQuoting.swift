extension Collection<UInt8> {
    /// The bytes in single quotation marks, where a shell takes every byte for itself but the mark.
    var shellQuoted: [UInt8] {
        let mark = UInt8(ascii: "'")
        let parts = split(separator: mark, omittingEmptySubsequences: false)
        return [mark] + parts.joined(separator: Array("'\\''".utf8)) + [mark]
    }
}
