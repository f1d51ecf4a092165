import SystemPackage

/// Reads what `ManifestBuilder` or `sha256sum` wrote.
enum ManifestReader {
    static func read(_ manifest: FilePath) throws(Failure) -> [[UInt8]: String] {
        var digests: [[UInt8]: String] = [:]
        for (index, line) in try bytes(manifest).split(separator: 0x0a).enumerated() {
            guard let (path, digest) = parse(line) else {
                throw Failure(.manifestMalformed(line: index + 1), manifest.string)
            }
            digests[path] = digest
        }
        return digests
    }

    private static func parse(_ line: ArraySlice<UInt8>) -> (path: [UInt8], digest: String)? {
        let escaped = line.first == 0x5c
        let text = escaped ? line.dropFirst() : line
        let digest = text.prefix(64)
        let rest = text.dropFirst(64)
        guard digest.count == 64, digest.allSatisfy(\.isLowercaseHexDigit) else { return nil }
        guard rest.starts(with: [0x20, 0x20]) || rest.starts(with: [0x20, 0x2a]) else { return nil }
        var path: [UInt8] = []
        var bytes = rest.dropFirst(2).makeIterator()
        while let byte = bytes.next() {
            guard escaped, byte == 0x5c else {
                path.append(byte)
                continue
            }
            switch bytes.next() {
            case 0x6e: path.append(0x0a)
            case 0x72: path.append(0x0d)
            case 0x5c: path.append(0x5c)
            default: return nil
            }
        }
        return (path, String(decoding: digest, as: UTF8.self))
    }

    private static func bytes(_ manifest: FilePath) throws(Failure) -> [UInt8] {
        try Failure.wrap(OwnedDescriptor.open(manifest).readToEnd(), as: .packingUnreadable, manifest)
    }
}
