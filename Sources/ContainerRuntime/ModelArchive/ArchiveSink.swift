import SystemPackage

/// Writes the blocks of an archive, in order, to a descriptor.
///
/// One thread at a time writes; the pipeline sees to that.
final class ArchiveSink {
    /// What is written to, for messages.
    let name: String
    private let output: FileDescriptor
    private let plain: Bool
    private let manifest: ManifestBuilder?
    private var digest: SHA256?
    private var checksum: UInt32 = 0
    private var count = 0
    private(set) var bytesOut = 0
    /// Bytes of files that are written.
    private(set) var bytesIn = 0
    private var handed = 0

    init(_ output: FileDescriptor, name: String, plain: Bool, manifest: ManifestBuilder?, digest: Bool) {
        self.output = output
        self.name = name
        self.plain = plain
        self.manifest = manifest
        self.digest = digest ? SHA256() : nil
    }

    /// Writes one block.
    func write(_ slot: BlockSlot) throws(Failure) {
        if count == 0, !plain { try write(GzipFraming.header) }
        if !plain { checksum = Checksum.combine(checksum, slot.checksum, slot.count) }
        count += slot.count
        bytesIn += slot.fileBytes
        if let manifest {
            for body in slot.bodies.all {
                let content = UnsafeRawBufferPointer(rebasing: slot.bytes[body.place])
                manifest.add(content, isFirst: body.offset == 0, isLast: body.isLast, of: slot.bodies.path(of: body))
            }
        }
        switch slot.result {
        case .raw: try write([slot.bytes])
        case .deflated(let count): try write([UnsafeRawBufferPointer(rebasing: slot.output[..<count])])
        case .stored: try writeStored(slot.bytes)
        }
        startWriteback()
    }

    /// Ends the archive.
    func end() throws(Failure) {
        guard !plain else { return }
        if count == 0 { try write(GzipFraming.header) }
        try write(GzipFraming.lastBlock + GzipFraming.trailer(checksum: checksum, count: count))
    }

    /// The SHA-256 of what was written, if it was asked for.
    func digestText() -> String? {
        digest?.text()
    }

    private func writeStored(_ bytes: UnsafeRawBufferPointer) throws(Failure) {
        let full = StoredBlocks.header(StoredBlocks.most)
        let rest = StoredBlocks.header(bytes.count % StoredBlocks.most)
        let outcome = full.withUnsafeBytes { full in
            rest.withUnsafeBytes { rest in
                var parts: [UnsafeRawBufferPointer] = []
                for start in stride(from: 0, to: bytes.count, by: StoredBlocks.most) {
                    let part = bytes[start..<min(bytes.count, start + StoredBlocks.most)]
                    parts.append(part.count == StoredBlocks.most ? full : rest)
                    parts.append(UnsafeRawBufferPointer(rebasing: part))
                }
                return Result { () throws(Failure) in try write(parts) }
            }
        }
        try outcome.get()
    }

    private func write(_ bytes: [UInt8]) throws(Failure) {
        try bytes.withUnsafeBytes { bytes in Result { () throws(Failure) in try write([bytes]) } }.get()
    }

    private func write(_ parts: [UnsafeRawBufferPointer]) throws(Failure) {
        for part in parts { digest?.add(part) }
        try Failure.wrap(output.writeAll(parts), as: .packingFailed(step: "write"), name)
        bytesOut += parts.reduce(0) { $0 + $1.count }
    }

    /// Lets the disk begin with what is there, so that fsync has little left to wait for.
    private func startWriteback() {
        guard bytesOut - handed >= 8 << 20 else { return }
        output.startWriteback(handed..<bytesOut)
        handed = bytesOut
    }
}
