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
