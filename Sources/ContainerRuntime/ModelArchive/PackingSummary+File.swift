import CSha256
public import SystemPackage

extension PackingSummary {
    /// Whether the digest of an archive costs little here: this processor has instructions for it.
    public static var digestIsCheap: Bool { csha256_is_fast() != 0 }

    /// Writes what the archive holds as JSON, whole or not at all.
    ///
    /// - Throws: `Failure` with code `outcomeUnwritable`.
    public func write(to file: FilePath) throws(Failure) {
        var object = JSONObject([
            ("entries", .integer(entries)), ("files", .integer(files)), ("content_bytes", .integer(bytesIn)),
            ("bytes", .integer(bytesOut)), ("warnings", .integer(warnings)),
        ])
        if let digest { object["sha256"] = .string(digest) }
        let bytes = JSONWriter.bytes(.object(object))
        try Failure.wrap(SmallFile.write(bytes, to: file, isDurable: false), as: .outcomeUnwritable, file)
    }
}
