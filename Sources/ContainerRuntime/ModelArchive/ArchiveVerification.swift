public import SystemPackage

#if canImport(Glibc)
import Glibc
#endif

extension ModelArchive {
    /// Reads all of an archive that `pack` made and checks every byte of it; gives back what it holds.
    ///
    /// With a manifest, the SHA-256 of every file is compared too. Throws `Failure.Code.archiveDamaged` with the place of the
    /// first thing that is wrong.
    @discardableResult
    public static func verify(_ archive: FilePath, manifest: FilePath? = nil) throws(Failure) -> PackingSummary {
        let descriptor: OwnedDescriptor
        let listed: [[UInt8]: String]?
        do {
            descriptor = OwnedDescriptor(
                try SystemCall.value { archive.withPlatformString { open($0, O_RDONLY | O_CLOEXEC) } }
            )
        } catch {
            throw Failure(.packingUnreadable, archive.string, error)
        }
        if let manifest { listed = try ManifestReader.read(manifest) } else { listed = nil }
        var reader = TarVerifier(name: archive.string, digests: listed != nil)
        var bytes = 0
        if try isGzip(descriptor.rawValue, archive) {
            let gzip = try GzipReader(descriptor.rawValue, name: archive.string)
            try gzip.read { bytes throws(Failure) in try reader.read(bytes) }
        } else {
            var buffer = [UInt8](repeating: 0, count: 256 << 10)
            while true {
                let count = try part(descriptor.rawValue, &buffer, archive)
                guard count > 0 else { break }
                try buffer.withUnsafeBytes { bytes in
                    Result { () throws(Failure) in try reader.read(.init(rebasing: bytes[..<count])) }
                }.get()
            }
        }
        try reader.finish()
        if let listed { try compare(reader.digests ?? [:], listed, archive) }
        var summary = reader.summary
        bytes = Int(lseek(descriptor.rawValue, 0, SEEK_CUR))
        summary.bytesOut = bytes
        return summary
    }

    private static func isGzip(_ descriptor: Int32, _ archive: FilePath) throws(Failure) -> Bool {
        var start: [UInt8] = [0, 0]
        guard pread(descriptor, &start, 2, 0) >= 0 else {
            throw Failure(.packingUnreadable, archive.string, Errno(rawValue: errno))
        }
        // By name where the name says it: an archive whose first bytes are damaged is still one.
        return start == [0x1f, 0x8b] || !archive.string.hasSuffix(".tar")
    }

    private static func part(_ descriptor: Int32, _ buffer: inout [UInt8], _ archive: FilePath) throws(Failure) -> Int {
        do {
            return try SystemCall.value { read(descriptor, &buffer, buffer.count) }
        } catch {
            throw Failure(.packingUnreadable, archive.string, error)
        }
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
