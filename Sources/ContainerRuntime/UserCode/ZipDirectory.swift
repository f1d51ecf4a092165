import SystemPackage

/// The central directory of a zip file: what it holds, and where.
///
/// The specification is PKWARE's APPNOTE.TXT.
///
/// libarchive reads zip as well, but drops names that are not ASCII where there is no locale, as in an image of one file.
struct ZipDirectory {
    /// One file of the directory, by its record (4.3.12).
    struct Record {
        var name: [UInt8]
        var system: UInt8
        var flags: UInt16
        var method: UInt16
        var checksum: UInt32
        var packed: Int
        var unpacked: Int
        var attributes: UInt32
        var modified: Int?
        var offset: Int
    }

    private let file: RandomAccess
    private let count: Int
    private let origin: Int
    private let end: Int
    private var position: Int
    private var delivered = 0

    /// Finds the directory from the file's end (4.3.16), in its 64-bit form (4.3.14) where the numbers say so.
    init(_ file: RandomAccess, limit: Int) throws(Failure) {
        self.file = file
        let tail = try file.bytes(at: max(0, file.size - 65_557), upTo: 65_557)
        guard let place = Self.findEnd(tail) else { throw Failure(.archiveTruncated, file.source) }
        var count = Int(tail.integer(at: place + 10, 2))
        var size = Int(tail.integer(at: place + 12, 4))
        var start = Int(tail.integer(at: place + 16, 4))
        let endPosition = file.size - tail.count + place
        var directoryEnd = endPosition
        if count == 0xffff || size == 0xffff_ffff || start == 0xffff_ffff, place >= 20,
            tail.integer(at: place - 20, 4) == 0x0706_4b50
        {
            let record = try file.exactly(56, at: Int(truncatingIfNeeded: tail.integer(at: place - 12, 8)))
            guard record.integer(at: 0, 4) == 0x0606_4b50 else { throw file.broken("its 64-bit end record is missing") }
            count = Int(truncatingIfNeeded: record.integer(at: 32, 8))
            size = Int(truncatingIfNeeded: record.integer(at: 40, 8))
            start = Int(truncatingIfNeeded: record.integer(at: 48, 8))
            directoryEnd = Int(truncatingIfNeeded: tail.integer(at: place - 12, 8))
        }
        guard count >= 0, size >= 0, start >= 0, size <= directoryEnd, start <= directoryEnd - size else {
            throw file.broken("its directory lies outside of the file")
        }
        guard count <= limit else { throw Failure(.tooManyEntries(limit: limit), file.source) }
        // Something in front of the archive, as a self-extracting one has it, shifts every offset.
        (self.count, origin) = (count, directoryEnd - size - start)
        position = directoryEnd - size
        end = directoryEnd
    }

    private static func findEnd(_ tail: [UInt8]) -> Int? {
        guard tail.count >= 22 else { return nil }
        return (0...tail.count - 22).last {
            tail.integer(at: $0, 4) == 0x0605_4b50 && $0 + 22 + Int(tail.integer(at: $0 + 20, 2)) == tail.count
        }
    }

    /// The next record, or nil after the last.
    mutating func next() throws(Failure) -> Record? {
        guard delivered < count else { return nil }
        delivered += 1
        let fixed = try file.exactly(46, at: position)
        guard fixed.integer(at: 0, 4) == 0x0201_4b50 else { throw file.broken("its directory is damaged") }
        let (nameLength, extraLength) = (Int(fixed.integer(at: 28, 2)), Int(fixed.integer(at: 30, 2)))
        let variable = try file.exactly(nameLength + extraLength, at: position + 46)
        position += 46 + nameLength + extraLength + Int(fixed.integer(at: 32, 2))
        guard position <= end else { throw file.broken("its directory is damaged") }
        var record = Record(
            name: Array(variable[..<nameLength]),
            system: fixed[5],
            flags: UInt16(fixed.integer(at: 8, 2)),
            method: UInt16(fixed.integer(at: 10, 2)),
            checksum: UInt32(fixed.integer(at: 16, 4)),
            packed: Int(fixed.integer(at: 20, 4)),
            unpacked: Int(fixed.integer(at: 24, 4)),
            attributes: UInt32(fixed.integer(at: 38, 4)),
            modified: Self.time(date: Int(fixed.integer(at: 14, 2)), time: Int(fixed.integer(at: 12, 2))),
            offset: Int(fixed.integer(at: 42, 4))
        )
        Self.readExtra(Array(variable[nameLength...]), into: &record)
        guard record.packed >= 0, record.unpacked >= 0, record.offset >= 0, record.offset <= file.size else {
            throw file.broken("its directory is damaged")
        }
        record.offset += origin
        return record
    }

    /// The fields of the extra block that count: sizes above 4 GiB (0x0001) and a time in UTC (0x5455).
    private static func readExtra(_ extra: [UInt8], into record: inout Record) {
        var place = 0
        while place + 4 <= extra.count {
            let (kind, length) = (extra.integer(at: place, 2), Int(extra.integer(at: place + 2, 2)))
            var field = place + 4
            guard field + length <= extra.count else { return }
            let fieldEnd = field + length
            if kind == 0x5455, length >= 5, extra[field] & 1 == 1 {
                record.modified = Int(Int32(truncatingIfNeeded: extra.integer(at: field + 1, 4)))
            }
            if kind == 0x0001 {
                for part in [\Record.unpacked, \Record.packed, \Record.offset]
                where record[keyPath: part] == 0xffff_ffff && field + 8 <= fieldEnd {
                    record[keyPath: part] = Int(truncatingIfNeeded: extra.integer(at: field, 8))
                    field += 8
                }
            }
            place = fieldEnd
        }
    }

    /// A time of MS-DOS, which has no zone; UTC is as good as any.
    private static func time(date: Int, time: Int) -> Int? {
        let moment = CalendarTime(
            year: date >> 9 + 1_980,
            month: date >> 5 & 15,
            day: date & 31,
            hour: time >> 11,
            minute: time >> 5 & 63,
            second: (time & 31) * 2
        )
        let seconds = moment.secondsSince1970
        return seconds > 0 ? seconds : nil
    }
}

/// A file that is read in any order, in small pieces, through one buffer.
final class RandomAccess {
    let descriptor: FileDescriptor
    let source: String
    let size: Int
    private var buffer: [UInt8] = []
    private var bufferStart = 0

    init(_ descriptor: FileDescriptor, source: String) throws(Failure) {
        self.descriptor = descriptor
        self.source = source
        size = try Failure.wrap(descriptor.status().size, as: .archiveUnreadable(reason: "fstat"), source)
    }

    /// As many bytes as there are at a place, and no more than asked for.
    func bytes(at offset: Int, upTo count: Int) throws(Failure) -> [UInt8] {
        guard offset >= 0, offset < size, count > 0 else { return [] }
        if offset < bufferStart || offset + count > bufferStart + buffer.count { try fill(offset, max(count, 1 << 16)) }
        let start = offset - bufferStart
        guard start < buffer.count else { return [] }
        return Array(buffer[start..<min(buffer.count, start + count)])
    }

    private func fill(_ offset: Int, _ count: Int) throws(Failure) {
        buffer = try Failure.wrap(descriptor.bytes(count, at: offset), as: .archiveUnreadable(reason: "read"), source)
        bufferStart = offset
    }

    /// Exactly that many bytes, or the archive is cut off.
    func exactly(_ count: Int, at offset: Int) throws(Failure) -> [UInt8] {
        let found = try bytes(at: offset, upTo: count)
        guard found.count == count else { throw Failure(.archiveTruncated, source) }
        return found
    }

    func broken(_ reason: String) -> Failure {
        Failure(.archiveUnreadable(reason: reason), source)
    }
}

extension [UInt8] {
    /// A number of one to eight bytes, the lowest first; the place has to be inside.
    func integer(at place: Int, _ count: Int) -> UInt64 {
        self[place..<place + count].reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }
}
