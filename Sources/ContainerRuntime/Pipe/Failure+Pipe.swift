/// What can be wrong with a channel of pipes, for its reader and for its feeder.
extension Failure.Code {
    /// The FIFO of an epoch did not come; how long was waited, and what is there instead.
    public static func pipeMissing(waited: String, there: String) -> Self {
        Self("pipeMissing", .executeUserScript) { "\($0): no such FIFO within \(waited); \(there)" }
    }

    /// Nobody writes to the FIFO of an epoch.
    public static func pipeSilent(waited: String) -> Self {
        Self("pipeSilent", .executeUserScript) { "\($0): nothing was written within \(waited)" }
    }

    /// What has the name of a FIFO is something else.
    public static let pipeIsFile = Self("pipeIsFile", .executeUserScript) {
        "\($0) is no FIFO; is the channel's TrainingInputMode Pipe?"
    }

    /// A FIFO cannot be opened or read.
    public static let pipeUnreadable = Self("pipeUnreadable", .executeUserScript) { "\($0): the FIFO cannot be read" }

    /// A stream is no RecordIO, ends within a record or has one that is too long: which one, and where in bytes.
    public static func recordUnusable(record: Int, offset: Int, reason: String) -> Self {
        Self("recordUnusable", .executeUserScript) { "\($0): record \(record) at byte \(offset): \(reason)" }
    }

    /// A stream ends within a sample of an augmented manifest, or no attributes are given.
    public static func sampleIncomplete(missing: [String]) -> Self {
        Self("sampleIncomplete", .executeUserScript) { subject in
            missing.isEmpty
                ? "\(subject): the attributes of the augmented manifest are needed, in the order of AttributeNames"
                : "\(subject): the stream ends within a sample: \(missing.joined(separator: ", ")) not there"
        }
    }

    /// There is nothing to feed a channel with.
    public static let feedEmpty = Self("feedEmpty", .client) {
        "\($0): there is no file in it; the platform refuses a channel without objects"
    }

    /// What a channel is fed with cannot be read.
    public static let feedUnreadable = Self("feedUnreadable", .client) { "\($0): cannot be read for its channel" }

    /// A file had another size when it was read than when its record was begun.
    public static func feedChanged(expected: Int, found: Int) -> Self {
        Self("feedChanged", .client) { "\($0): changed while it was fed, \(expected) bytes expected, \(found) found" }
    }

    /// A FIFO cannot be made or written.
    public static let feedUnwritable = Self("feedUnwritable", .client) { "\($0): the FIFO cannot be made or written" }

    /// A payload is longer than a record of RecordIO can be.
    public static func recordTooLong(bytes: Int) -> Self {
        Self("recordTooLong", .client) {
            "\($0): \(bytes) bytes are too long for a record, at most \(RecordIO.lengthLimit) fit"
        }
    }

    /// A line of an augmented manifest cannot be used.
    public static func manifestLineUnusable(line: Int, reason: String) -> Self {
        Self("manifestLineUnusable", .client) { "\($0): line \(line): \(reason)" }
    }
}
