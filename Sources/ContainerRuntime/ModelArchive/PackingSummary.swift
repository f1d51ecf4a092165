/// What a finished archive holds.
public struct PackingSummary: Hashable, Sendable {
    /// All entries: files, directories, links.
    public var entries = 0
    /// The entries that are files.
    public var files = 0
    /// The bytes of all files.
    public var bytesIn = 0
    /// The bytes of the archive.
    public var bytesOut = 0
    /// Entries that were left out, and links that lead out of the tree; each was named in a warning, up to a limit.
    public var warnings = 0
    /// The threads that compressed.
    public var threads = 0
    /// The SHA-256 of the archive in hexadecimal digits, if it was asked for.
    public var digest: String?
}

extension PackingSummary {
    /// From here on the size of the archive and the speed say something, in bytes.
    private static let muchIsPacked = 1_000_000

    /// What was packed, for people: `1 file, 7 bytes`, `12 files, 34 GB in 12 GB (35%), 1 min 4 s, 531 MB a second`.
    ///
    /// - Parameter seconds: How long it took.
    /// - Returns: The words, without those that say nothing: a part that is more than the whole, the speed of an instant.
    public func text(after seconds: Double) -> String {
        var text = "\(Amount.count(files, "file")), \(Amount.bytes(bytesIn))"
        // A small archive is larger than what it holds, which is nobody's concern.
        let isSmaller = bytesOut < bytesIn
        if isSmaller || bytesIn >= Self.muchIsPacked { text += " in \(Amount.bytes(bytesOut))" }
        if isSmaller { text += " (\(Amount.percent(bytesOut, of: bytesIn)))" }
        guard seconds >= 1 else { return text }
        text += ", \(Amount.seconds(seconds))"
        guard bytesIn >= Self.muchIsPacked else { return text }
        return "\(text), \(Amount.bytes(Int(Double(bytesIn) / seconds))) a second"
    }
}

/// How far packing has come.
public struct PackingProgress: Hashable, Sendable {
    /// Bytes of files that are in the archive by now.
    public var bytesIn: Int
    /// Bytes of the archive that are written by now.
    public var bytesOut: Int
    /// Bytes of all files of the tree, as counted before the first one was read.
    public var total: Int
}

/// Something that is told how far packing has come.
public typealias Progress = @Sendable (PackingProgress) -> Void
