/// How much a source may bring: hostile archives end here, not at a full disk.
public struct ExtractionLimits: Hashable, Sendable {
    /// Bytes that are downloaded: `TRAIN_FETCH_MAX_BYTES`, 10 GiB unless set.
    public var fetchBytes: Int
    /// Bytes that are unpacked: `TRAIN_EXTRACT_MAX_BYTES`, 10 GiB unless set.
    public var extractBytes: Int
    /// Files, directories and links that are unpacked: `TRAIN_EXTRACT_MAX_ENTRIES`, 500,000 unless set.
    public var entries: Int

    /// Makes limits of numbers.
    public init(fetchBytes: Int = 10 << 30, extractBytes: Int = 10 << 30, entries: Int = 500_000) {
        self.fetchBytes = fetchBytes
        self.extractBytes = extractBytes
        self.entries = entries
    }

    /// Reads the limits from variables: a number, and K, M, G or T after it for powers of 1,024.
    ///
    /// Throws `unexpectedValue` for anything else, since a limit that is not understood protects nobody.
    public init(environment: (String) -> String?) throws(Failure) {
        self.init()
        fetchBytes = try Self.number("TRAIN_FETCH_MAX_BYTES", environment) ?? fetchBytes
        extractBytes = try Self.number("TRAIN_EXTRACT_MAX_BYTES", environment) ?? extractBytes
        entries = try Self.number("TRAIN_EXTRACT_MAX_ENTRIES", environment) ?? entries
    }

    private static func number(_ name: String, _ environment: (String) -> String?) throws(Failure) -> Int? {
        guard let text = environment(name), !text.isEmpty else { return nil }
        var digits = text[...]
        var shift = 0
        if let unit = text.last, let index = ["K", "M", "G", "T"].firstIndex(of: unit.uppercased()) {
            shift = 10 * (index + 1)
            digits = digits.dropLast()
        }
        guard let number = Int(digits), number > 0, number <= Int.max >> shift else {
            throw Failure(
                .unexpectedValue(key: "", expected: "a number like 500000 or 2G", found: "\"\(text)\""),
                name
            )
        }
        return number << shift
    }
}
