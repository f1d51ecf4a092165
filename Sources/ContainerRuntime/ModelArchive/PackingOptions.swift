public import SystemPackage

/// How a directory is packed.
public struct PackingOptions: Sendable {
    /// How much work is put into a smaller archive.
    public enum Level: String, Hashable, Sendable, CaseIterable {
        /// As fast as the machine: ISA-L, or zlib's level 1 where this build has none.
        case fast
        /// zlib's level 6, the size of an ordinary `gzip`.
        case balanced
        /// zlib's level 9.
        case best
        /// No compression; the archive is still a valid `.tar.gz`.
        case store
    }

    /// What becomes of symbolic links.
    public enum Links: String, Hashable, Sendable, CaseIterable {
        /// What they point to is stored, as hosting needs it, which cannot extract links.
        case follow
        /// They are stored as links.
        case keep
    }

    /// What is made.
    public enum Format: String, Hashable, Sendable, CaseIterable {
        /// One gzip member that holds a tar archive in GNU's format.
        case gzip
        /// A tar archive in GNU's format.
        case tar
        /// A directory with a copy of every file.
        case directory
    }

    /// The level of compression.
    public var level: Level
    /// Threads that compress; nil stands for the processors that this process really has.
    public var threads: Int?
    /// What becomes of symbolic links.
    public var links: Links
    /// What is made; nil decides by the archive's name: `.tar` is a tar archive, everything else gzip.
    public var format: Format?
    /// The time of every entry, in seconds since 1970.
    public var modificationTime: Int
    /// Where the SHA-256 of every file is written, in the format of `sha256sum`; nil writes none.
    public var manifest: FilePath?
    /// Whether the summary holds the SHA-256 of the archive.
    public var digest: Bool
    /// Whether the bytes of all files are counted before the first is read, for the total that `progress` tells.
    public var countsAhead: Bool
    /// Called every fifth of a second, on the thread that packs.
    public var progress: Progress?

    /// Makes options; the defaults are those of `train pack`.
    public init(
        level: Level = .fast,
        threads: Int? = nil,
        links: Links = .follow,
        format: Format? = nil,
        modificationTime: Int = 0,
        manifest: FilePath? = nil,
        digest: Bool = false,
        countsAhead: Bool = true,
        progress: Progress? = nil
    ) {
        self.level = level
        self.threads = threads
        self.links = links
        self.format = format
        self.modificationTime = modificationTime
        self.manifest = manifest
        self.digest = digest
        self.countsAhead = countsAhead
        self.progress = progress
    }
}
