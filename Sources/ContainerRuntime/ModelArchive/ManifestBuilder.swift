/// The SHA-256 of every file of an archive, made of the blocks as they are written.
final class ManifestBuilder {
    private var hash = SHA256()
    private(set) var text: [UInt8] = []

    /// Adds a part of a file; parts come in order.
    func add(_ part: UnsafeRawBufferPointer, isFirst: Bool, isLast: Bool, of path: ArraySlice<UInt8>) {
        if isFirst { hash = SHA256() }
        hash.add(part)
        if isLast { text += ManifestLine.bytes(hash.text(), path) }
    }
}

/// One line as `sha256sum` writes it, which `sha256sum -c` reads.
enum ManifestLine {
    /// A name with a backslash or a line's end in it is escaped, and the line begins with a backslash: "sha2 utilities" of
    /// GNU coreutils' manual.
    static func bytes(_ digest: String, _ path: ArraySlice<UInt8>) -> [UInt8] {
        var name: [UInt8] = []
        for byte in path {
            switch byte {
            case 0x5c: name += [0x5c, 0x5c]
            case 0x0a: name += [0x5c, 0x6e]
            case 0x0d: name += [0x5c, 0x72]
            default: name.append(byte)
            }
        }
        let escaped = name.count > path.count
        return (escaped ? [0x5c] : []) + Array(digest.utf8) + [0x20, 0x20] + name + [0x0a]
    }
}
