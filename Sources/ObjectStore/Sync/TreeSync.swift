import ContainerRuntime
public import Logging
import SystemPackage

#if canImport(Glibc)
import Glibc
#endif

/// `train sync`: keeps a place in S3 in step with a directory while a program writes it.
///
/// - A file is sent once it is closed and has been quiet for a second; one that changes while it is sent is sent again.
/// - Deletions are not passed on: what was there once is what somebody wanted to keep.
/// - At the end everything that is not there yet is sent, and what could not be sent is named.
public struct TreeSync: Sendable {
    private let client: S3Client
    private let root: String
    private let bucket: String
    private let prefix: String
    private let logger: Logger

    /// Makes a sync of a directory to `s3://bucket/prefix`.
    public init(client: S3Client, directory: String, bucket: String, prefix: String, logger: Logger) {
        self.client = client
        root = directory
        self.bucket = bucket
        self.prefix = prefix.split(separator: "/").joined(separator: "/")
        self.logger = logger
    }

    /// What came of it.
    public struct Summary: Sendable {
        /// Files that were sent, each time counted.
        public var sent = 0
        /// Files that did not arrive, with the reason.
        public var missing: [(path: String, reason: String)] = []
    }

    /// Watches until the condition says to stop, then sends what is left and gives back what came of it.
    public func run(until isStopped: @Sendable () -> Bool) async -> Summary {
        let watch = TreeWatch(root: root)
        var state = SyncState()
        var summary = Summary()
        watch.add("") { state.noticed($0, at: Self.now) }
        if watch.isBlind {
            logger.warning("\(root): no more inotify watches; the directory is looked through every 10 s")
        }
        var lookedAt = Self.now
        while !isStopped() {
            watch.read { state.noticed($0, at: Self.now) }
            if watch.isLossy || (watch.isBlind && Self.now - lookedAt > 10) {
                watch.isLossy = false
                lookedAt = Self.now
                watch.add("") { if isUnsent($0, state) { state.noticed($0, at: Self.now) } }
            }
            if let path = state.takeDue(at: Self.now) {
                await send(path, &state, &summary, isLast: false)
            } else {
                watch.wait(milliseconds: 100)
            }
        }
        await flush(&state, &summary)
        return summary
    }

    /// The program has ended: everything that is not there yet is sent, failed ones once more.
    private func flush(_ state: inout SyncState, _ summary: inout Summary) async {
        var left: [String] = []
        TreeWatch(root: root).add("") { if isUnsent($0, state) { left.append($0) } }
        for path in left.sorted() { await send(path, &state, &summary, isLast: true) }
        summary.missing = state.failed.map { (path: $0.key, reason: $0.value) }.sorted { $0.path < $1.path }
    }

    private func isUnsent(_ path: String, _ state: SyncState) -> Bool {
        var status = stat()
        guard stat("\(root)/\(path)", &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return false }
        return !state.hasSent(path, Self.fingerprint(status))
    }

    private func send(_ path: String, _ state: inout SyncState, _ summary: inout Summary, isLast: Bool) async {
        // O_NONBLOCK: a FIFO without a writer must not hold us.
        let descriptor = open("\(root)/\(path)", O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            if errno == ENOENT { return state.vanished(path) }
            return state.failed(path, Errno(rawValue: errno).description, at: Self.now)
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return }
        let before = Self.fingerprint(status)
        guard !state.hasSent(path, before) else { return }
        let age = Double(Glibc.time(nil) - status.st_mtim.tv_sec)
        if !isLast, age >= 0, age < state.quiet { return state.noticed(path, at: Self.now) }
        do throws(Failure) {
            let key = prefix.isEmpty ? path : "\(prefix)/\(path)"
            try await client.upload(descriptor, size: Int(status.st_size), bucket: bucket, key: key)
            summary.sent += 1
            guard fstat(descriptor, &status) == 0, Self.fingerprint(status) == before else {
                return state.noticed(path, at: Self.now)
            }
            state.sent(path, before)
        } catch {
            logger.warning("\(root)/\(path) did not arrive: \(error)")
            state.failed(path, "\(error)", at: Self.now)
        }
    }

    private static func fingerprint(_ status: stat) -> SyncState.Fingerprint {
        SyncState.Fingerprint(
            size: Int(status.st_size),
            modified: status.st_mtim.tv_sec,
            nanoseconds: status.st_mtim.tv_nsec,
            inode: UInt64(status.st_ino)
        )
    }

    private static var now: Double {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
