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
        watch.add([]) { state.noticed($0, at: Self.now) }
        if watch.isBlind {
            logger.warning("\(root): no more inotify watches; the directory is looked through every 10 s")
        }
        var lookedAt = Self.now
        while !isStopped() {
            watch.read { state.noticed($0, at: Self.now) }
            // A program may remove the directory and make it anew: the new one has to be watched as the old one was.
            let isGone = !watch.hasRoot && !watch.isBlind && Self.now - lookedAt > 0.5
            if isGone || watch.isLossy || (watch.isBlind && Self.now - lookedAt > 10) {
                watch.isLossy = false
                lookedAt = Self.now
                watch.add([]) { if isUnsent($0, state) { state.noticed($0, at: Self.now) } }
            }
            if let path = state.takeDue(at: Self.now) {
                await send(path, &state, &summary, isLast: false)
            } else {
                watch.wait(atMost: .milliseconds(100))
            }
        }
        await flush(&state, &summary)
        return summary
    }

    /// The program has ended: everything that is not there yet is sent, failed ones once more.
    private func flush(_ state: inout SyncState, _ summary: inout Summary) async {
        var left: [[UInt8]] = []
        let watch = TreeWatch(root: root)
        watch.add([]) { if isUnsent($0, state) { left.append($0) } }
        for path in left.sorted(by: { $0.lexicographicallyPrecedes($1) }) {
            await send(path, &state, &summary, isLast: true)
        }
        for (path, error) in watch.unreadable { state.refused(path, "the directory cannot be read: \(error)") }
        summary.missing = state.failed.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map {
            (path: $0.key.isEmpty ? "." : String(decoding: $0.key, as: UTF8.self), reason: $0.value)
        }
    }

    private func isUnsent(_ path: [UInt8], _ state: SyncState) -> Bool {
        var status = stat()
        guard TreeWatch.withPath(root, path, { stat($0, &status) }) == 0, status.st_mode & S_IFMT == S_IFREG else {
            return false
        }
        return !state.hasSent(path, Self.fingerprint(status))
    }

    private func send(_ path: [UInt8], _ state: inout SyncState, _ summary: inout Summary, isLast: Bool) async {
        // O_NONBLOCK: a FIFO without a writer must not hold us.
        let flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK
        let descriptor = TreeWatch.withPath(root, path) { open($0, flags) }
        guard descriptor >= 0 else {
            if errno == ENOENT { return state.vanished(path) }
            return state.failed(path, Errno(rawValue: errno).description, at: Self.now)
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return }
        let before = Self.fingerprint(status)
        guard !state.hasSent(path, before) else { return }
        guard let name = String(validating: path, as: UTF8.self) else {
            return state.refused(path, "its name is no UTF-8, and the name of an object has to be")
        }
        // A file may have any time.
        let age = Double(Glibc.time(nil)) - Double(status.st_mtim.tv_sec)
        if !isLast, age >= 0, age < state.quiet { return state.noticed(path, at: Self.now) }
        do throws(Failure) {
            let key = prefix.isEmpty ? name : "\(prefix)/\(name)"
            let file = LocalFile(descriptor: descriptor, size: Int(status.st_size), name: "\(root)/\(name)")
            try await client.upload(file, bucket: bucket, key: key)
            summary.sent += 1
            guard fstat(descriptor, &status) == 0, Self.fingerprint(status) == before else {
                // The last time nobody comes back to it.
                return isLast
                    ? state.refused(path, "it was still being written") : state.noticed(path, at: Self.now)
            }
            state.sent(path, before)
        } catch {
            logger.warning("\(root)/\(name) did not arrive: \(error)")
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

    private static var now: Double { Double(Instant.now.nanoseconds) / 1e9 }
}
