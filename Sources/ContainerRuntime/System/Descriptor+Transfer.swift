import CLinux
import Glibc
package import SystemPackage

extension Descriptor where Self: ~Copyable {
    // MARK: Reading

    /// Reads what is there into a buffer, whose first bytes may be kept, and says how many bytes that were; none at the end.
    ///
    /// The corresponding C function is `read`.
    package func read(into buffer: inout [UInt8], after kept: Int = 0, upTo most: Int = .max) throws(Errno) -> Int {
        try buffer.withUnsafeMutableBytes { bytes in
            let room = UnsafeMutableRawBufferPointer(rebasing: bytes[kept...].prefix(most))
            return Result { () throws(Errno) in try readSome(into: room) }
        }.get()
    }

    /// Reads what is there, as far as it fits, and says how many bytes that were; none at the end.
    ///
    /// The corresponding C function is `read`.
    package func readSome(into buffer: UnsafeMutableRawBufferPointer) throws(Errno) -> Int {
        try SystemCall.value { Glibc.read(rawValue, buffer.baseAddress, buffer.count) }
    }

    /// Reads at a place of a file, and says how many bytes; the place of the next byte to be read stays.
    ///
    /// The corresponding C function is `pread`.
    package func readSome(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws(Errno) -> Int {
        try SystemCall.value { linux_read_at(rawValue, buffer.baseAddress, buffer.count, Int64(offset)) }
    }

    /// Fills a buffer from a place of a file on, and says how many bytes that were: fewer than fit only where the file ends.
    package func fill(_ buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws(Errno) -> Int {
        var done = 0
        while done < buffer.count {
            let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[done...])
            let count = try readSome(into: rest, at: offset + done)
            if count == 0 { break }
            done += count
        }
        return done
    }

    /// Reads so many bytes from a place of a file on, fewer only where it ends.
    package func bytes(_ count: Int, at offset: Int) throws(Errno) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        let read = try bytes.withUnsafeMutableBufferPointer { buffer throws(Errno) in
            try fill(UnsafeMutableRawBufferPointer(buffer), at: offset)
        }
        bytes.removeLast(count - read)
        return bytes
    }

    /// Reads to the end, or up to a limit in bytes; how long the file seems to be may be wrong.
    package func readToEnd(limit: Int = .max, expecting size: Int = 1 << 16) throws(Errno) -> [UInt8] {
        var bytes: [UInt8] = []
        // One byte more, so that a file of that size is read in one call.
        var buffer = [UInt8](repeating: 0, count: min(limit, max(1 << 12, min(size, 1 << 16 - 1) + 1)))
        while bytes.count < limit {
            let count = try read(into: &buffer, upTo: limit - bytes.count)
            if count == 0 { break }
            bytes += buffer[..<count]
        }
        return bytes
    }

    // MARK: Writing

    /// Writes what is taken at once, and says how many bytes that were.
    ///
    /// The corresponding C function is `write`.
    package func writeSome(_ bytes: UnsafeRawBufferPointer) throws(Errno) -> Int {
        try SystemCall.value { Glibc.write(rawValue, bytes.baseAddress, bytes.count) }
    }

    /// Writes all bytes, in as many calls as that takes.
    package func writeAll(_ bytes: UnsafeRawBufferPointer) throws(Errno) {
        var rest = bytes
        while !rest.isEmpty {
            let count = try writeSome(rest)
            guard count > 0 else { throw .ioError }
            rest = UnsafeRawBufferPointer(rebasing: rest[count...])
        }
    }

    /// Writes all bytes, in as many calls as that takes.
    package func writeAll(_ bytes: ArraySlice<UInt8>) throws(Errno) {
        try bytes.withUnsafeBufferPointer { bytes throws(Errno) in try writeAll(UnsafeRawBufferPointer(bytes)) }
    }

    /// Writes all bytes, in as many calls as that takes.
    package func writeAll(_ bytes: [UInt8]) throws(Errno) { try writeAll(bytes[...]) }

    /// Writes all bytes at a place of a file.
    ///
    /// The corresponding C function is `pwrite`.
    package func writeAll(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(Errno) {
        var done = 0
        while done < bytes.count {
            let rest = UnsafeRawBufferPointer(rebasing: bytes[done...])
            let count = try SystemCall.value { pwrite(rawValue, rest.baseAddress, rest.count, offset + done) }
            guard count > 0 else { throw .ioError }
            done += count
        }
    }

    /// Writes all bytes of several places in memory, one after the other.
    ///
    /// The corresponding C function is `writev`.
    package func writeAll(_ parts: [UnsafeRawBufferPointer]) throws(Errno) {
        var vectors = parts.map { iovec(iov_base: .init(mutating: $0.baseAddress), iov_len: $0.count) }[...]
        while let first = vectors.first {
            var written = try SystemCall.value {
                vectors.withUnsafeBufferPointer { writev(rawValue, $0.baseAddress, Int32(min($0.count, 1_024))) }
            }
            guard written > 0 || first.iov_len == 0 else { throw .ioError }
            while let first = vectors.first, written >= first.iov_len {
                written -= first.iov_len
                vectors.removeFirst()
            }
            if written > 0, let first = vectors.first {
                vectors[vectors.startIndex] = iovec(
                    iov_base: first.iov_base.map { $0 + written },
                    iov_len: first.iov_len - written
                )
            }
        }
    }
}
