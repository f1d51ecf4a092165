import ContainerRuntime
package import Logging
import SystemPackage

/// `train sync`: keeps a place in S3 in step with a directory while a program writes it.
///
/// - A file is sent once it is closed and has been quiet for a second; one that changes while it is sent is sent again.
/// - Deletions are not passed on: what was there once is what somebody wanted to keep.
/// - At the end everything that is not there yet is sent, and what could not be sent is named.
package struct TreeSync: Sendable {
    private let client: S3Client
    private let root: String
    private let bucket: String
    private let prefix: String
    private let logger: Logger

    /// Makes a sync of a directory to `s3://bucket/prefix`.
    package init(client: S3Client, directory: String, bucket: String, prefix: String, logger: Logger) {
        (self.client, root, self.bucket, self.logger) = (client, directory, bucket, logger)
        self.prefix = prefix.split(separator: "/").joined(separator: "/")
    }

    /// What came of it.
    package struct Summary: Sendable {
        /// Files that were sent, each time counted.
        package var sent = 0
        /// Files that did not arrive, with the reason.
        package var missing: [(path: String, reason: String)] = []
    }

    /// Watches until the condition says to stop, then sends what is left and gives back what came of it.
    package func run(until isStopped: @Sendable () -> Bool) async -> Summary {
        let watch = TreeWatch(root: FilePath(root))
        var state = SyncState()
        var summary = Summary()
        watch.add([]) { state.noticed($0, at: .now) }
        if watch.isBlind {
            logger.warning("\(root): no more inotify watches; the directory is looked through every 10 s")
        }
        var lookedAt = Instant.now
        while !isStopped() {
            watch.read { state.noticed($0, at: .now) }
            // A program may remove the directory and make it anew: the new one has to be watched as the old one was.
            let isGone = !watch.hasRoot && !watch.isBlind && Instant.now - lookedAt > .milliseconds(500)
            if isGone || watch.isLossy || (watch.isBlind && Instant.now - lookedAt > .seconds(10)) {
                watch.isLossy = false
                lookedAt = .now
                watch.add([]) { if isUnsent(watch.path($0), $0, state) { state.noticed($0, at: .now) } }
            }
            if let path = state.takeDue(at: .now) {
                await send(watch.path(path), path, &state, &summary, isLast: false)
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
        let watch = TreeWatch(root: FilePath(root))
        watch.add([]) { if isUnsent(watch.path($0), $0, state) { left.append($0) } }
        for path in left.sorted(by: { $0.lexicographicallyPrecedes($1) }) {
            await send(watch.path(path), path, &state, &summary, isLast: true)
        }
        for (path, error) in watch.unreadable { state.refused(path, "the directory cannot be read: \(error)") }
        summary.missing = state.failed.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map {
            (path: $0.key.isEmpty ? "." : String(decoding: $0.key, as: UTF8.self), reason: $0.value)
        }
    }

    private func isUnsent(_ path: FilePath, _ relative: [UInt8], _ state: SyncState) -> Bool {
        guard let status = try? FileStatus(path), status.isFile else { return false }
        return !state.hasSent(relative, SyncState.Fingerprint(status))
    }

    private func send(
        _ path: FilePath,
        _ relative: [UInt8],
        _ state: inout SyncState,
        _ summary: inout Summary,
        isLast: Bool
    ) async {
        let descriptor: OwnedDescriptor
        // Not to wait: a FIFO without a writer must not hold us.
        do { descriptor = try .open(path, options: .nonBlocking) } catch .noSuchFileOrDirectory {
            return state.vanished(relative)
        } catch {
            return state.failed(relative, error.description, at: .now)
        }
        guard let status = try? FileStatus(descriptor: descriptor.rawValue), status.isFile else { return }
        let before = SyncState.Fingerprint(status)
        guard !state.hasSent(relative, before) else { return }
        guard let name = String(validating: relative, as: UTF8.self) else {
            return state.refused(relative, "its name is no UTF-8, and the name of an object has to be")
        }
        // A file may have any time.
        let age = Double(Timestamp.now.seconds) - Double(before.seconds)
        if !isLast, age >= 0, age < Double(SyncState.quiet) { return state.noticed(relative, at: .now) }
        do throws(Failure) {
            let key = prefix.isEmpty ? name : "\(prefix)/\(name)"
            let file = LocalFile(descriptor: descriptor.borrowed, size: status.size, name: "\(root)/\(name)")
            try await client.upload(file, bucket: bucket, key: key)
            summary.sent += 1
            let after = (try? FileStatus(descriptor: descriptor.rawValue)).map { SyncState.Fingerprint($0) }
            guard after == before else {
                // The last time nobody comes back to it.
                return isLast
                    ? state.refused(relative, "it was still being written") : state.noticed(relative, at: .now)
            }
            state.sent(relative, before)
        } catch {
            logger.warning("\(root)/\(name) did not arrive: \(error)")
            state.failed(relative, "\(error)", at: .now)
        }
    }
}
