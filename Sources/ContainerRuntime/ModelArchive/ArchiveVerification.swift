public import SystemPackage

extension ModelArchive {
    /// Reads all of an archive that `pack` made and checks every byte of it; gives back what it holds.
    ///
    /// With a manifest, the SHA-256 of every file is compared too. Throws `Failure.Code.archiveDamaged` with the place of the
    /// first thing that is wrong.
    @discardableResult
    public static func verify(_ archive: FilePath, manifest: FilePath? = nil) throws(Failure) -> PackingSummary {
        let opened = try Failure.wrap(OwnedDescriptor.open(archive), as: .packingUnreadable, archive)
        let file = opened.borrowed
        let listed = try manifest.map { manifest throws(Failure) in try ManifestReader.read(manifest) }
        var reader = TarVerifier(name: archive.string, digests: listed != nil)
        if try isGzip(file, archive) {
            let gzip = try GzipReader(file, name: archive.string)
            try gzip.read { bytes throws(Failure) in try reader.read(bytes) }
        } else {
            var buffer = [UInt8](repeating: 0, count: 256 << 10)
            while true {
                let count = try Failure.wrap(file.read(into: &buffer), as: .packingUnreadable, archive)
                guard count > 0 else { break }
                try buffer.withUnsafeBytes { bytes in
                    Result { () throws(Failure) in try reader.read(.init(rebasing: bytes[..<count])) }
                }.get()
            }
        }
        try reader.finish()
        if let listed { try compare(reader.digests ?? [:], listed, archive) }
        var summary = reader.summary
        summary.bytesOut = (try? file.position()) ?? 0
        return summary
    }

    private static func isGzip(_ file: FileDescriptor, _ archive: FilePath) throws(Failure) -> Bool {
        let start = try Failure.wrap(file.bytes(2, at: 0), as: .packingUnreadable, archive)
        // By name where the name says it: an archive whose first bytes are damaged is still one.
        return start == [0x1f, 0x8b] || !archive.string.hasSuffix(".tar")
    }

    private static func compare(
        _ found: [[UInt8]: String],
        _ listed: [[UInt8]: String],
        _ archive: FilePath
    ) throws(Failure) {
        for path in Set(found.keys).union(listed.keys).sorted(by: { $0.lexicographicallyPrecedes($1) })
        where found[path] != listed[path] {
            let name = String(decoding: path, as: UTF8.self)
            throw Failure(.manifestDiffers(file: name), archive.string)
        }
    }
}
