import AsyncHTTPClient
import ContainerRuntime
import Logging
import NIOCore
import NIOHTTP1
import SystemPackage

#if canImport(Glibc)
import Glibc
#endif

/// Brings a remote object into a file: by several connections where it is large, going on where one broke off.
///
/// - The first answer is for the whole object. Its connection goes on from the front for as long as it lives; the others
///   take parts from the back, until they meet.
/// - A connection that breaks is replaced from the byte that it reached, and the object has to be the same one still.
/// - What a store says about the object's checksum is checked against the file.
struct Download {
    let object: any RemoteObject
    let descriptor: Int32
    let limit: Int
    let logger: Logger
    /// Told of every piece that was written, in bytes, and of the size, or 0.
    var progress: (@Sendable (_ bytes: Int, _ total: Int) -> Void)?

    private let file: DownloadedFile

    /// Makes a download into a file that is open for writing, of so many bytes at most.
    init(
        object: any RemoteObject,
        descriptor: Int32,
        limit: Int,
        logger: Logger,
        progress: (@Sendable (_ bytes: Int, _ total: Int) -> Void)? = nil
    ) {
        self.object = object
        self.descriptor = descriptor
        self.limit = limit
        self.logger = logger
        self.progress = progress
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
        guard let total else { return try await sequence(first, version) }
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
        try Checksum.check(first.headers, descriptor: descriptor, subject: object.subject)
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
    private func front(_ first: HTTPClientResponse, _ version: String?, _ queue: PartQueue) async throws {
        var response: HTTPClientResponse? = first
        var range = queue.takeFirst() ?? 0..<0
        var tries = Tries(object)
        // Bytes that come once more are no progress: a connection that always breaks would be replaced for ever.
        var reached = 0
        while !range.isEmpty {
            var position = range.lowerBound
            do {
                let answer: HTTPClientResponse
                if let response {
                    answer = response
                } else {
                    // Without a version a range may be one of another file: everything once more, in one piece.
                    let wanted = version == nil ? nil : position..<queue.total
                    answer = try await object.open(wanted, version: version)
                    position = try place(answer, position, version, queue.total)
                }
                response = nil
                for try await buffer in answer.body {
                    try await write(buffer, at: position, upTo: queue.total)
                    progress?(buffer.readableBytes, queue.total)
                    position += buffer.readableBytes
                    if position > reached { tries.reset() }
                    reached = max(reached, position)
                    while position >= range.upperBound {
                        guard let next = queue.takeFirst() else { return }
                        range = range.lowerBound..<next.upperBound
                    }
                }
                guard position < range.upperBound else { return }
                throw TransportProblem(isTransient: true, reason: "the connection ended early")
            } catch {
                try await tries.failed(error, logger)
                range = position..<range.upperBound
                if version == nil { range = 0..<range.upperBound }
            }
        }
    }

    /// Reads one part.
    private func fill(_ part: Range<Int>, _ version: String?, _ total: Int) async throws {
        var position = part.lowerBound
        var tries = Tries(object)
        while position < part.upperBound {
            do {
                let answer = try await object.open(position..<part.upperBound, version: version)
                guard try place(answer, position, version, total) == position else {
                    throw TransportProblem(isTransient: false, reason: "the server does not serve parts")
                }
                for try await buffer in answer.body {
                    try await write(buffer, at: position, upTo: part.upperBound)
                    progress?(buffer.readableBytes, total)
                    position += buffer.readableBytes
                    tries.reset()
                }
                guard position < part.upperBound else { return }
                throw TransportProblem(isTransient: true, reason: "the connection ended early")
            } catch { try await tries.failed(error, logger) }
        }
    }

    /// Reads an object of unknown size to its end; it is tried again from the beginning.
    private func sequence(_ first: HTTPClientResponse, _ version: String?) async throws(Failure) -> Int {
        var response: HTTPClientResponse? = first
        var tries = Tries(object)
        while true {
            var position = 0
            do {
                let answer: HTTPClientResponse
                if let response { answer = response } else { answer = try await object.open(nil, version: nil) }
                response = nil
                for try await buffer in answer.body {
                    try await write(buffer, at: position, upTo: .max)
                    progress?(buffer.readableBytes, 0)
                    position += buffer.readableBytes
                    try check(position)
                }
                guard ftruncate(descriptor, position) == 0 else {
                    throw Failure(.codeUnwritable, object.subject, Errno(rawValue: errno))
                }
                return position
            } catch { try await tries.failed(error, logger) }
        }
    }

    /// Where an answer begins: where it was asked for, or at the front if the server takes no ranges.
    ///
    /// Throws `objectChanged` where it is an answer of another object than the first one.
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
        else { throw TransportProblem(isTransient: false, reason: "another part came than the one asked for") }
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
            throw TransportProblem(isTransient: false, reason: "more bytes came than were announced")
        }
        try await file.write(buffer, at: offset)
    }
}

/// The file, written by one connection at a time.
///
/// The kernel lets one in anyhow, and threads that wait for it there, or at a lock of ours, burn a tenth of all time.
private actor DownloadedFile {
    private let descriptor: Int32
    private let subject: String

    init(_ descriptor: Int32, _ subject: String) {
        self.descriptor = descriptor
        self.subject = subject
    }

    /// The corresponding C function is `pwrite`.
    func write(_ buffer: ByteBuffer, at offset: Int) throws(Failure) {
        let problem = buffer.withUnsafeReadableBytes { bytes -> Errno? in
            var done = 0
            while done < bytes.count {
                let count = pwrite(
                    descriptor,
                    bytes.baseAddress.map { $0 + done },
                    bytes.count - done,
                    off_t(offset + done)
                )
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { return Errno(rawValue: errno) }
                done += count
            }
            return nil
        }
        if let problem { throw Failure(.codeUnwritable, subject, problem) }
    }
}
