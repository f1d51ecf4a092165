import CLinux
import SystemPackage

#if canImport(Glibc)
import Glibc
#endif

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

    /// Opens what a FIFO is fed with.
    static func reading(_ file: FilePath) throws(FeedEnd) -> OwnedDescriptor {
        do throws(Errno) {
            return OwnedDescriptor(
                try SystemCall.value { file.withPlatformString { open($0, O_RDONLY | O_CLOEXEC) } }
            )
        } catch {
            throw .failed(Failure(.feedUnreadable, file.string, error))
        }
    }
}

/// The writing end of an epoch's FIFO; it waits until somebody reads.
struct FeedWriter: ~Copyable {
    private let path: FilePath
    private let wrapsRecords: Bool
    private let descriptor: OwnedDescriptor
    private var buffer = [UInt8](repeating: 0, count: 1 << 18)
    private var filled = 0

    /// Waits for a reader.
    ///
    /// The corresponding C function is `open`, which waits for the other end: fifo(7).
    init(_ path: FilePath, wrapsRecords: Bool) throws(Failure) {
        self.path = path
        self.wrapsRecords = wrapsRecords
        do throws(Errno) {
            descriptor = OwnedDescriptor(
                try SystemCall.value { path.withPlatformString { open($0, O_WRONLY | O_CLOEXEC) } }
            )
        } catch {
            throw Failure(.feedUnwritable, path.string, error)
        }
        linux_grow_pipe(descriptor.rawValue, 1 << 20)
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
        let source = try FeedEnd.reading(file)
        let size: Int
        do throws(Errno) {
            size = try FileStatus(descriptor: source.rawValue).size
        } catch {
            throw FeedEnd.failed(Failure(.feedUnreadable, file.string, error))
        }
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
    private mutating func copy(
        _ source: borrowing OwnedDescriptor,
        _ file: FilePath,
        atMost limit: Int
    ) throws(FeedEnd) -> Int {
        var total = 0
        while total <= limit {
            if filled == buffer.count { try flush() }
            let (start, wanted) = (filled, min(buffer.count - filled, limit - total + 1))
            do throws(Errno) {
                let count = try SystemCall.value {
                    buffer.withUnsafeMutableBytes { read(source.rawValue, $0.baseAddress.map { $0 + start }, wanted) }
                }
                if count == 0 { break }
                filled += count
                total += count
            } catch {
                throw FeedEnd.failed(Failure(.feedUnreadable, file.string, error))
            }
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
        var rest = bytes
        while !rest.isEmpty {
            do throws(Errno) {
                let count = try SystemCall.value {
                    rest.withUnsafeBytes { Glibc.write(descriptor.rawValue, $0.baseAddress, $0.count) }
                }
                rest = rest.dropFirst(count)
            } catch {
                throw error == .brokenPipe ? .readerLeft : .failed(Failure(.feedUnwritable, path.string, error))
            }
        }
    }
}
