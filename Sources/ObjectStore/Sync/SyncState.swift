import ContainerRuntime

/// What has been sent and what waits, in memory that grows with the files that were sent; no I/O.
///
/// Paths are bytes: two spellings of an accented letter are two files, and one String.
struct SyncState {
    private(set) var waiting: [[UInt8]: Instant] = [:]
    private(set) var failed: [[UInt8]: String] = [:]
    private var sent: [[UInt8]: Fingerprint] = [:]

    /// Seconds that a file has to be quiet before it is sent.
    static let quiet = 1
    /// Seconds after which a file that could not be sent is tried again.
    private static let patience = 15

    /// What makes one state of a file another than the next.
    struct Fingerprint: Hashable {
        let size: Int
        let seconds: Int
        let nanoseconds: Int
        let inode: UInt64

        init(_ status: FileStatus) {
            (size, inode) = (status.size, status.identity.inode)
            (seconds, nanoseconds) = (status.modified.seconds, status.modified.nanoseconds)
        }
    }

    /// A file was closed or seen: it waits until it has been quiet.
    mutating func noticed(_ path: [UInt8], at time: Instant) {
        waiting[path] = time + .seconds(Self.quiet)
    }

    /// The file that waits longest, once its time has come.
    mutating func takeDue(at time: Instant) -> [UInt8]? {
        guard let next = waiting.min(by: { $0.value < $1.value }), next.value <= time else { return nil }
        waiting[next.key] = nil
        return next.key
    }

    /// Whether this state of the file has been sent already.
    func hasSent(_ path: [UInt8], _ fingerprint: Fingerprint) -> Bool {
        sent[path] == fingerprint
    }

    /// A file has been sent as it was.
    mutating func sent(_ path: [UInt8], _ fingerprint: Fingerprint) {
        sent[path] = fingerprint
        failed[path] = nil
    }

    /// A file could not be sent; it is tried again after a while.
    mutating func failed(_ path: [UInt8], _ reason: String, at time: Instant) {
        failed[path] = reason
        waiting[path] = time + .seconds(Self.patience)
    }

    /// A file cannot be sent, ever.
    mutating func refused(_ path: [UInt8], _ reason: String) {
        failed[path] = reason
    }

    /// A file is gone, and needs no place any more.
    mutating func vanished(_ path: [UInt8]) {
        failed[path] = nil
    }
}
