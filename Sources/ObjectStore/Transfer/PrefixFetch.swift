import ContainerRuntime
import Logging
import SystemPackage

/// Brings all objects of a prefix into files, as they are, while their list still comes: one page of it is in memory.
///
/// - Several objects come at once; a large one has several connections where some are free.
/// - The sizes of a page are added up before any of its objects is asked for, and an object that is not as long as it was
///   listed has changed.
/// - A list that does not come to an end is given up.
struct PrefixFetch {
    let client: S3Client
    let prefix: ObjectPrefix
    let delivery: ObjectDelivery
    /// The most bytes of all objects together.
    let limit: Int
    let logger: Logger
    /// Told of every piece that was written, in bytes.
    var progress: (@Sendable (_ bytes: Int, _ total: Int) -> Void)?

    /// As many as the HTTP client keeps open to one server; a request beyond that would wait, and be given up after a time.
    static let connections = 8
    /// S3 may answer with a page without a key, but not for ever.
    static let mostEmptyPages = 100

    /// Brings everything; gives back the number of bytes.
    ///
    /// - Throws: What the store, a key or the disk stands in the way with.
    func run() async throws(Failure) -> Int {
        do {
            return try await withThrowingTaskGroup(of: Int.self) { group in
                var free = Self.connections
                var (bytes, emptyPages) = (0, 0)
                var token: String?
                while true {
                    // The list needs a connection too.
                    while free == 0 { free += try await group.next() ?? 0 }
                    let page = try await client.page(prefix, token: token)
                    emptyPages = page.entries.isEmpty ? emptyPages + 1 : 0
                    bytes = try sum(page, bytes)
                    for entry in page.entries {
                        guard !Task.isCancelled else { throw CancellationError() }
                        if entry.size == 0 {
                            if let place = try delivery.makePlace(entry.key, size: 0) { _ = OwnedDescriptor(place) }
                            continue
                        }
                        while free == 0 { free += try await group.next() ?? 0 }
                        let taken = entry.size > 2 * Download.part ? min(free, 4) : 1
                        free -= taken
                        group.addTask {
                            try await bring(entry, taken)
                            return taken
                        }
                    }
                    guard page.isTruncated else { break }
                    token = try next(page, after: token, emptyPages)
                }
                try await group.waitForAll()
                return bytes
            }
        } catch let failure as Failure {
            throw failure
        } catch { throw Failure(.storeUnreachable(reason: "stopped"), prefix.description) }
    }

    private func sum(_ page: ListingPage, _ before: Int) throws(Failure) -> Int {
        var bytes = before
        for entry in page.entries {
            let (sum, overflows) = bytes.addingReportingOverflow(entry.size)
            guard !overflows, sum <= limit else {
                throw Failure(.tooManyBytes(limit: limit, name: Download.limitName), prefix.description)
            }
            bytes = sum
        }
        return bytes
    }

    private func next(_ page: ListingPage, after token: String?, _ emptyPages: Int) throws(Failure) -> String {
        guard let next = page.token, !next.isEmpty else {
            throw unusable("a page names no next one, and is not the last")
        }
        // A longer circle is noticed by its keys, which are there already, or by its pages without any.
        guard next != token, emptyPages < Self.mostEmptyPages else { throw unusable("it does not come to an end") }
        return next
    }

    private func unusable(_ reason: String) -> Failure {
        Failure(.listingUnusable(reason: reason), prefix.description)
    }

    private func bring(_ entry: ListingPage.Entry, _ connections: Int) async throws(Failure) {
        guard let descriptor = try delivery.makePlace(entry.key, size: entry.size) else { return }
        let file = OwnedDescriptor(descriptor)
        try await fill(file.borrowed, entry, connections)
        // close(2): what a network file system could not write may be said only here.
        do { try file.close() } catch { throw Failure(.codeUnwritable, prefix.description, error) }
    }

    private func fill(
        _ descriptor: FileDescriptor,
        _ entry: ListingPage.Entry,
        _ connections: Int
    ) async throws(Failure) {
        let subject = "s3://\(prefix.bucket)/\(String(decoding: entry.key, as: UTF8.self))"
        guard let key = String(validating: entry.key, as: UTF8.self) else {
            throw Failure(.objectRefused(reason: "its key is no UTF-8"), subject)
        }
        let object = S3Object(client: client, bucket: prefix.bucket, key: key, connections: connections)
        let bytes: Int
        do throws(Failure) {
            bytes = try await Download(
                object: object,
                descriptor: descriptor,
                limit: entry.size,
                logger: logger,
                // The size of one object is not that of all.
                progress: { [progress] bytes, _ in progress?(bytes, 0) }
            ).run()
        } catch {
            guard error.code == .tooManyBytes(limit: entry.size, name: Download.limitName) else { throw error }
            throw Failure(.objectChanged, subject)
        }
        guard bytes == entry.size else { throw Failure(.objectChanged, subject) }
    }
}
