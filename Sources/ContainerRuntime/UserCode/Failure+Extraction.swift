/// What can be wrong with an archive that is unpacked, and with what is written of it.
extension Failure.Code {
    /// A source of code cannot be read.
    public static let sourceUnreadable = Self("sourceUnreadable", .client) { "\($0): the code cannot be read" }

    /// The directory that code has to go to holds something already.
    public static func codeDirectoryNotEmpty(holds: [String]) -> Self {
        Self("codeDirectoryNotEmpty", .client) {
            "\($0): code can only be brought to an empty directory; \(holds.directoryListing)"
        }
    }

    /// A file of the code, or of a channel, cannot be written.
    public static let codeUnwritable = Self("codeUnwritable", .client) { "\($0): cannot be written" }

    /// An archive is of no format that is read, or of none at all.
    public static func archiveFormatUnsupported(found: String) -> Self {
        Self("archiveFormatUnsupported", .client) { "\($0): \(found); a .tar.gz, .tar or .zip archive is expected" }
    }

    /// An archive cannot be read.
    public static func archiveUnreadable(reason: String) -> Self {
        Self("archiveUnreadable", .client) { "\($0): the archive is damaged: \(reason)" }
    }

    /// An archive ends before its end.
    public static let archiveTruncated = Self("archiveTruncated", .client) {
        "\($0): the archive is truncated; send it again"
    }

    /// A source holds no file.
    public static let archiveEmpty = Self("archiveEmpty", .client) { "\($0): there is no file in it" }

    /// A member of an archive is not let in.
    public static func memberRefused(reason: String) -> Self {
        Self("memberRefused", .client) { "\($0): this member of the archive is refused: \(reason)" }
    }

    /// A source brings more files than the limit.
    public static func tooManyEntries(limit: Int) -> Self {
        Self("tooManyEntries", .client) {
            "\($0): more than \(limit) entries; TRAIN_EXTRACT_MAX_ENTRIES is the limit of them"
        }
    }

    /// A source brings more bytes than the limit of that name.
    public static func tooManyBytes(limit: Int, name: String) -> Self {
        Self("tooManyBytes", .client) { "\($0): more than \(limit) bytes; \(name) is the limit" }
    }

    /// An archive grows out of proportion, as a gzip bomb does.
    public static func archiveExpands(ratio: Int) -> Self {
        Self("archiveExpands", .client) {
            "\($0): the archive unpacks to more than \(ratio) times its size, as only a hostile one does"
        }
    }
}
