import SystemPackage

extension PipeStream {
    /// The payload of the next record of a channel with RecordWrapperType RecordIO, or nil at the end of the epoch.
    ///
    /// A record in parts is put together.
    ///
    /// - Throws: `Failure` with code `recordUnusable`, which says where the stream is no RecordIO, ends within a record or has
    ///   a record above the channel's limit; or with code `pipeUnreadable`.
    public mutating func nextRecord() throws(Failure) -> [UInt8]? {
        var parts: [UInt8]?
        while true {
            let start = offset
            let header = try take(RecordIO.headerSize)
            if header.isEmpty, parts == nil { return nil }
            guard header.count == RecordIO.headerSize else {
                throw unusable(start, "the stream ends after \(header.count) of 8 bytes of its header")
            }
            let magic = RecordIO.word(header, at: 0)
            guard magic == RecordIO.magic else {
                throw unusable(
                    start,
                    "it begins with \(Self.hexadecimal(magic)), expected \(Self.hexadecimal(RecordIO.magic)); "
                        + "is the channel's RecordWrapperType RecordIO?"
                )
            }
            let word = RecordIO.word(header, at: 4)
            let (kind, length) = (word >> 29, Int(word) & RecordIO.lengthLimit)
            // The four bytes of the magic between two parts count as well.
            let whole = (parts.map { $0.count + 4 } ?? 0) + length
            guard whole <= recordLimit else {
                throw unusable(start, "\(whole) bytes are more than the limit of \(recordLimit)")
            }
            let padded = length + (-length & 3)
            var payload = try take(padded)
            guard payload.count == padded else {
                throw unusable(start, "the stream ends after \(payload.count) of \(padded) bytes")
            }
            guard kind <= 3, (kind >= 2) == (parts != nil) else {
                throw unusable(start, "part \(kind) does not follow what was before it")
            }
            payload.removeLast(padded - length)
            // Where a record is divided, the writer left out the magic that stood there.
            let record = parts.map { $0 + RecordIO.bytes(RecordIO.magic) + payload } ?? payload
            guard kind == 0 || kind == 3 else {
                parts = record
                continue
            }
            records += 1
            return record
        }
    }

    /// The next sample of an augmented manifest with RecordWrapperType RecordIO: a record for each attribute.
    ///
    /// - Parameter attributes: The AttributeNames of the channel, in their order.
    /// - Returns: The bytes of each attribute, or nil at the end of the epoch.
    /// - Throws: `Failure` with code `sampleIncomplete`, and what `nextRecord` throws.
    public mutating func nextSample(_ attributes: [String]) throws(Failure) -> [String: [UInt8]]? {
        guard !attributes.isEmpty else { throw Failure(.sampleIncomplete(missing: []), path.string) }
        var sample: [String: [UInt8]] = [:]
        for (index, attribute) in attributes.enumerated() {
            guard let record = try nextRecord() else {
                if index == 0 { return nil }
                throw Failure(.sampleIncomplete(missing: Array(attributes[index...])), path.string)
            }
            sample[attribute] = record
        }
        return sample
    }

    private func unusable(_ start: Int, _ reason: String) -> Failure {
        Failure(.recordUnusable(record: records, offset: start, reason: reason), path.string)
    }

    private static func hexadecimal(_ word: UInt32) -> String {
        "0x\(word.hexadecimal(digits: 8).uppercased())"
    }
}
