import SystemPackage

/// One thing that goes into a FIFO.
enum FeedItem {
    /// The bytes of a file.
    case file(FilePath)
    /// A value.
    case bytes([UInt8])
}

/// Why an epoch ends before its last byte.
enum FeedEnd: Error {
    /// The reader has closed the FIFO, as it may.
    case readerLeft
    /// Something is wrong.
    case failed(Failure)

    /// What a call answers that reads what a FIFO is fed with.
    static func reading<Answer: ~Copyable>(
        _ call: @autoclosure () throws(Errno) -> Answer,
        _ file: FilePath
    ) throws(FeedEnd) -> Answer {
        do { return try call() } catch { throw .failed(Failure(.feedUnreadable, file.string, error)) }
    }
}

/// The writing end of an epoch's FIFO; it waits until somebody reads.
struct FeedWriter: ~Copyable {
    private let path: FilePath
    private let wrapsRecords: Bool
    private let descriptor: OwnedDescriptor
    private var buffer = [UInt8](repeating: 0, count: 1 << 18)
    private var filled = 0

    /// Waits for a reader, as opening a FIFO does: fifo(7).
    init(_ path: FilePath, wrapsRecords: Bool) throws(Failure) {
        self.path = path
        self.wrapsRecords = wrapsRecords
        descriptor = try Failure.wrap(OwnedDescriptor.open(path, .writeOnly), as: .feedUnwritable, path)
        descriptor.growPipe(to: 1 << 20)
    }

    /// Writes a thing whole, as a record where that is asked for.
    mutating func write(_ item: FeedItem) throws(FeedEnd) {
        switch item {
        case .file(let file): try write(file: file)
        case .bytes(let bytes):
            guard wrapsRecords else { return try writeAll(bytes[...]) }
            let record: [UInt8]
            do throws(Failure) {
                record = try RecordIO.frame(bytes)
            } catch {
                throw FeedEnd.failed(error)
            }
            try writeAll(record[...])
        }
    }

    private mutating func write(file: FilePath) throws(FeedEnd) {
        let opened = try FeedEnd.reading(OwnedDescriptor.open(file), file)
        let source = opened.borrowed
        let size = try FeedEnd.reading(source.status().size, file)
        if wrapsRecords {
            guard size <= RecordIO.lengthLimit else {
                throw FeedEnd.failed(Failure(.recordTooLong(bytes: size), file.string))
            }
            try put(RecordIO.header(length: size))
        }
        let found = try copy(source, file, atMost: wrapsRecords ? size : .max - 1)
        guard !wrapsRecords || found == size else {
            throw FeedEnd.failed(Failure(.feedChanged(expected: size, found: found), file.string))
        }
        if wrapsRecords { try put(RecordIO.padding(size)) }
        try flush()
    }

    /// Copies up to the end of the file, or to one byte beyond the limit: that file has grown.
    private mutating func copy(_ source: FileDescriptor, _ file: FilePath, atMost limit: Int) throws(FeedEnd) -> Int {
        var total = 0
        while total <= limit {
            if filled == buffer.count { try flush() }
            let (kept, wanted) = (filled, limit - total + 1)
            let count = try FeedEnd.reading(source.read(into: &buffer, after: kept, upTo: wanted), file)
            if count == 0 { break }
            filled += count
            total += count
        }
        return total
    }

    private mutating func put(_ bytes: [UInt8]) throws(FeedEnd) {
        if filled + bytes.count > buffer.count { try flush() }
        buffer.replaceSubrange(filled..<(filled + bytes.count), with: bytes)
        filled += bytes.count
    }

    private mutating func flush() throws(FeedEnd) {
        try writeAll(buffer[..<filled])
        filled = 0
    }

    private func writeAll(_ bytes: ArraySlice<UInt8>) throws(FeedEnd) {
        do { try descriptor.writeAll(bytes) } catch {
            throw error == .brokenPipe ? .readerLeft : .failed(Failure(.feedUnwritable, path.string, error))
        }
    }
}
