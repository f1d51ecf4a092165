import AsyncHTTPClient
import ContainerRuntime
import Logging
import NIOCore
import NIOHTTP1
import SystemPackage

/// Brings a remote object into a file: by several connections where it is large, going on where one broke off.
///
/// - The first answer is for the whole object. Its connection goes on from the front for as long as it lives; the others
///   take parts from the back, until they meet.
/// - A connection that breaks is replaced from the byte that it reached, and the object has to be the same one still.
/// - What a store says about the object's checksum is checked against the file.
struct Download {
    private let object: any RemoteObject
    private let descriptor: FileDescriptor
    private let limit: Int
    private let policy: RetryPolicy
    private let progress: (@Sendable (_ bytes: Int, _ total: Int) -> Void)?
    private let file: DownloadedFile

    /// Makes a download into a file that is open for writing and reading, of so many bytes at most.
    ///
    /// `progress` is told of every piece that was written, in bytes, and of the size, or 0.
    init(
        object: any RemoteObject,
        descriptor: FileDescriptor,
        limit: Int,
        logger: Logger,
        progress: (@Sendable (_ bytes: Int, _ total: Int) -> Void)? = nil
    ) {
        (self.object, self.descriptor, self.limit, self.progress) = (object, descriptor, limit, progress)
        policy = RetryPolicy(subject: object.subject, logger: logger, continuation: "going on from there")
        file = DownloadedFile(descriptor, object.subject)
    }

    /// What sets the most bytes.
    static let limitName = "TRAIN_FETCH_MAX_BYTES"

    /// What one connection asks for at a time.
    static let part = 16 << 20

    /// Downloads everything and gives back its size.
    func run() async throws(Failure) -> Int {
        let first = try await object.open(nil, version: nil)
        let total = Self.length(first)
        try check(total ?? 0)
        let version = Self.version(first)
        guard let total else { return try await sequence(first) }
        let queue = PartQueue(total: total)
        let ranges = first.headers.first(name: "accept-ranges")?.lowercased() != "none"
        let helpers = ranges && version != nil && total > 2 * Self.part ? object.connections - 1 : 0
        do {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await front(first, version, queue) }
                for _ in 0..<helpers {
                    group.addTask {
                        while let range = queue.takeLast() { try await fill(range, version, total) }
                    }
                }
                try await group.waitForAll()
            }
        } catch let failure as Failure {
            throw failure
        } catch { throw Failure(.storeUnreachable(reason: "\(error)"), object.subject) }
        try Checksum.check(first.headers, descriptor, subject: object.subject)
        return total
    }

    /// What tells this version of the object from another: a strong tag, RFC 9110, section 8.8.3.
    private static func version(_ response: HTTPClientResponse) -> String? {
        response.headers.first(name: "etag").flatMap { $0.hasPrefix("W/") ? nil : $0 }
    }

    /// The size that an answer announces for its body.
    private static func length(_ response: HTTPClientResponse) -> Int? {
        response.headers.first(name: "content-length").flatMap { Int($0) }
    }

    /// Reads from the front until the parts that others took begin.
    private func front(_ first: HTTPClientResponse, _ version: String?, _ queue: PartQueue) async throws(Failure) {
        var first: HTTPClientResponse? = first
        var position = 0
        var end = queue.takeFirst()?.upperBound ?? 0
        // Bytes that come once more are no progress: a connection that always breaks would be replaced for ever.
        var reached = 0
        try await retrying(policy) { tries in
            guard position < end else { return }
            let answer: HTTPClientResponse
            if let first = first.take() {
                answer = first
            } else {
                // Without a version a range may be one of another file: everything once more, in one piece.
                if version == nil { position = 0 }
                answer = try await object.open(version == nil ? nil : position..<queue.total, version: version)
                position = try place(answer, position, version, queue.total)
            }
            for try await buffer in answer.body {
                try await write(buffer, at: position, upTo: queue.total)
                progress?(buffer.readableBytes, queue.total)
                position += buffer.readableBytes
                if position > reached { tries.reset() }
                reached = max(reached, position)
                while position >= end {
                    guard let next = queue.takeFirst() else { return }
                    end = next.upperBound
                }
            }
            throw FailedTry(isTransient: true, reason: "the connection ended early")
        }
    }

    /// Reads one part.
    private func fill(_ part: Range<Int>, _ version: String?, _ total: Int) async throws(Failure) {
        var position = part.lowerBound
        try await retrying(policy) { tries in
            // It may have broken behind its last byte.
            guard position < part.upperBound else { return }
            let answer = try await object.open(position..<part.upperBound, version: version)
            guard try place(answer, position, version, total) == position else {
                throw FailedTry(isTransient: false, reason: "the server does not serve parts")
            }
            for try await buffer in answer.body {
                try await write(buffer, at: position, upTo: part.upperBound)
                progress?(buffer.readableBytes, total)
                position += buffer.readableBytes
                tries.reset()
            }
            guard position == part.upperBound else {
                throw FailedTry(isTransient: true, reason: "the connection ended early")
            }
        }
    }

    /// Reads an object of unknown size to its end; it is tried again from the beginning.
    private func sequence(_ first: HTTPClientResponse) async throws(Failure) -> Int {
        var first: HTTPClientResponse? = first
        return try await retrying(policy) { _ in
            let answer: HTTPClientResponse
            if let first = first.take() { answer = first } else { answer = try await object.open(nil, version: nil) }
            var position = 0
            for try await buffer in answer.body {
                try await write(buffer, at: position, upTo: .max)
                progress?(buffer.readableBytes, 0)
                position += buffer.readableBytes
                try check(position)
            }
            do throws(Errno) { try descriptor.truncate(to: position) } catch {
                throw Failure(.codeUnwritable, object.subject, error)
            }
            return position
        }
    }

    /// Where an answer begins: where it was asked for, or at the front if the server takes no ranges.
    ///
    /// - Throws: `Failure` with code `objectChanged` where it is an answer of another object than the first one.
    private func place(_ answer: HTTPClientResponse, _ wanted: Int, _ version: String?, _ total: Int) throws -> Int {
        if let version, let now = Self.version(answer), now != version { throw Failure(.objectChanged, object.subject) }
        guard answer.status.code == 206 else {
            // It came whole, and maybe since If-Range no longer holds: RFC 9110, section 13.1.5.
            guard Self.version(answer) == version, Self.length(answer) ?? total == total else {
                throw Failure(.objectChanged, object.subject)
            }
            return 0
        }
        guard let range = answer.headers.first(name: "content-range").flatMap({ HTTPRange.parse($0) }),
            range.start == wanted
        else { throw FailedTry(isTransient: false, reason: "another part came than the one asked for") }
        guard range.total ?? total == total else { throw Failure(.objectChanged, object.subject) }
        return wanted
    }

    private func check(_ bytes: Int) throws(Failure) {
        guard bytes <= limit else {
            throw Failure(.tooManyBytes(limit: limit, name: Self.limitName), object.subject)
        }
    }

    private func write(_ buffer: ByteBuffer, at offset: Int, upTo end: Int) async throws {
        guard buffer.readableBytes <= end - offset else {
            throw FailedTry(isTransient: false, reason: "more bytes came than were announced")
        }
        try await file.write(buffer, at: offset)
    }
}

/// The file, written by one connection at a time.
///
/// The kernel lets one in anyhow, and threads that wait for it there, or at a lock of ours, burn a tenth of all time.
private actor DownloadedFile {
    private let descriptor: FileDescriptor
    private let subject: String

    init(_ descriptor: FileDescriptor, _ subject: String) {
        (self.descriptor, self.subject) = (descriptor, subject)
    }

    func write(_ buffer: ByteBuffer, at offset: Int) throws(Failure) {
        do {
            try buffer.withUnsafeReadableBytes { try descriptor.writeAll($0, at: offset) }
        } catch { throw Failure(.codeUnwritable, subject, error as? Errno) }
    }
}
