import CZlib
import ContainerRuntime
import NIOHTTP1
import SystemPackage

/// The checksums that S3 keeps with an object.
///
/// https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html
enum Checksum: String, CaseIterable {
    case crc64nvme = "x-amz-checksum-crc64nvme"
    case crc32 = "x-amz-checksum-crc32"
    case crc32c = "x-amz-checksum-crc32c"
    case sha256 = "x-amz-checksum-sha256"
    case sha1 = "x-amz-checksum-sha1"

    /// Compares a file with what an answer's headers say about the whole object.
    ///
    /// A composite checksum is one of the parts' checksums, and where parts began is not told; it ends with their number.
    static func check(_ headers: HTTPHeaders, _ file: FileDescriptor, subject: String) throws(Failure) {
        for kind in allCases {
            guard let stated = headers.first(name: kind.rawValue), !stated.contains("-") else { continue }
            let value: [UInt8]
            do { value = try kind.value(of: file) } catch { throw Failure(.sourceUnreadable, subject, error) }
            guard value.base64 == stated else {
                throw Failure(.checksumWrong(name: String(kind.rawValue.dropFirst("x-amz-checksum-".count))), subject)
            }
            return
        }
    }

    /// The checksum of a file's bytes.
    func value(of file: FileDescriptor) throws(Errno) -> [UInt8] {
        switch self {
        case .crc32:
            var value = CZlib.crc32(0, nil, 0)
            try Self.read(file) { value = Self.crc32(value, $0) }
            return Self.bytes(UInt64(value), 4)
        case .crc32c:
            var value: UInt64 = 0xffff_ffff
            try Self.read(file) { value = CRCTable.castagnoli.update(value, $0) }
            return Self.bytes(~value, 4)
        case .crc64nvme:
            var value = UInt64.max
            try Self.read(file) { value = CRCTable.nvme.update(value, $0) }
            return Self.bytes(~value, 8)
        case .sha256:
            var hash = SHA256()
            try Self.read(file) { hash.add($0) }
            return hash.bytes()
        case .sha1:
            var hash = SHA1()
            try Self.read(file) { hash.add($0) }
            return hash.bytes()
        }
    }

    /// Goes on with zlib's CRC-32.
    static func crc32(_ value: UInt, _ bytes: UnsafeRawBufferPointer) -> UInt {
        CZlib.crc32(value, bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), UInt32(bytes.count))
    }

    /// The last bytes of a number, the highest first.
    static func bytes(_ value: UInt64, _ count: Int) -> [UInt8] {
        withUnsafeBytes(of: value.bigEndian) { Array($0.suffix(count)) }
    }

    private static func read(_ file: FileDescriptor, _ body: (UnsafeRawBufferPointer) -> Void) throws(Errno) {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 16)
        defer { buffer.deallocate() }
        var position = 0
        while true {
            let count = try file.readSome(into: buffer, at: position)
            if count == 0 { return }
            body(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
            position += count
        }
    }
}

/// A table of eight times 256 remainders, to go on by eight bytes at once ("slicing by eight").
struct CRCTable: Sendable {
    private let entries: [UInt64]

    /// CRC-32C: RFC 3720, the polynomial reflected.
    static let castagnoli = CRCTable(polynomial: 0x82f6_3b78)
    /// CRC-64/NVME of the NVM Express specification, the polynomial reflected.
    static let nvme = CRCTable(polynomial: 0x9a6c_9329_ac4b_c9b5)

    init(polynomial: UInt64) {
        var entries = [UInt64](repeating: 0, count: 8 * 256)
        for byte in 0..<256 {
            entries[byte] = (0..<8).reduce(UInt64(byte)) { value, _ in value >> 1 ^ (value & 1 == 1 ? polynomial : 0) }
        }
        for index in 256..<8 * 256 {
            let value = entries[index - 256]
            entries[index] = entries[Int(value & 0xff)] ^ value >> 8
        }
        self.entries = entries
    }

    func update(_ value: UInt64, _ bytes: UnsafeRawBufferPointer) -> UInt64 {
        entries.withUnsafeBufferPointer { table in
            var value = value
            var place = 0
            while place + 8 <= bytes.count {
                let word = value ^ UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self))
                value = 0
                for index in 0..<8 { value ^= table[(7 - index) * 256 + Int(word >> (8 * UInt64(index)) & 0xff)] }
                place += 8
            }
            for byte in bytes[place...] { value = table[Int((value ^ UInt64(byte)) & 0xff)] ^ value >> 8 }
            return value
        }
    }
}
