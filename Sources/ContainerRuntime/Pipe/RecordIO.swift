/// The framing of records in Pipe mode: magic, length, payload, zeros up to a multiple of four bytes.
///
/// The format: https://mxnet.apache.org/versions/1.9.1/api/architecture/note_data_loading. Both words are little endian; the
/// upper three bits of the length say whether the record is whole (0) or the first (1), a middle (2) or the last (3) part.
public enum RecordIO {
    /// What every record begins with.
    public static let magic: UInt32 = 0xced7_230a
    /// The longest payload of one record, in bytes.
    public static let lengthLimit = (1 << 29) - 1
    /// The bytes before a payload.
    static let headerSize = 8

    /// The payload as one whole record.
    ///
    /// - Throws: `Failure` with code `recordTooLong`.
    public static func frame(_ payload: [UInt8]) throws(Failure) -> [UInt8] {
        guard payload.count <= lengthLimit else { throw Failure(.recordTooLong(bytes: payload.count), "the record") }
        return header(length: payload.count) + payload + padding(payload.count)
    }

    /// The header of a whole record.
    static func header(length: Int) -> [UInt8] {
        bytes(magic) + bytes(UInt32(truncatingIfNeeded: length & lengthLimit))
    }

    /// The zeros after a payload.
    static func padding(_ length: Int) -> [UInt8] {
        [UInt8](repeating: 0, count: -length & 3)
    }

    /// A word of a header.
    static func word(_ bytes: [UInt8], at offset: Int) -> UInt32 {
        bytes.dropFirst(offset).prefix(4).reversed().reduce(0) { $0 << 8 | UInt32($1) }
    }

    /// The bytes of a word.
    static func bytes(_ word: UInt32) -> [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) }
    }
}
