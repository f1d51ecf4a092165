/// What a file is by its first bytes; its name only decides what it must not be.
enum ArchiveKind: Hashable {
    case gzippedTar
    case tar
    case zip
    /// A single file, to be brought as it is.
    case plain

    /// Looks at a file's beginning and at its name.
    ///
    /// Throws `archiveFormatUnsupported` for an archive of another format, and for a file whose name promises an archive
    /// and that is none, as a login page saved under `sourcedir.tar.gz` is.
    static func of(_ head: [UInt8], name: String, source: String) throws(Failure) -> ArchiveKind {
        let name = name.lowercased()
        // A wheel and a zipped application are zip files that Python takes as they are.
        if [".whl", ".pyz", ".egg", ".jar"].contains(where: name.hasSuffix) { return .plain }
        if head.starts(with: [0x1f, 0x8b]) { return .gzippedTar }
        if head.starts(with: [0x50, 0x4b, 3, 4]) || head.starts(with: [0x50, 0x4b, 5, 6]) { return .zip }
        if isTarHeader(head) { return .tar }
        for (magic, format) in foreign where head.starts(with: magic) {
            throw Failure(.archiveFormatUnsupported(found: format), source)
        }
        if [".tar.gz", ".tgz", ".tar", ".zip"].contains(where: name.hasSuffix) {
            let found = head.isEmpty ? "is empty" : "does not begin like an archive"
            throw Failure(.archiveFormatUnsupported(found: found), source)
        }
        return .plain
    }

    private static let foreign: [([UInt8], String)] = [
        (Array("BZh".utf8), "is compressed with bzip2"), ([0xfd, 0x37, 0x7a, 0x58, 0x5a], "is compressed with xz"),
        ([0x28, 0xb5, 0x2f, 0xfd], "is compressed with zstd"), ([0x37, 0x7a, 0xbc, 0xaf], "is a 7z archive"),
        (Array("Rar!".utf8), "is a RAR archive"),
    ]

    /// A header's checksum is the sum of its bytes with the checksum's own taken as blanks: tar(5).
    private static func isTarHeader(_ head: [UInt8]) -> Bool {
        guard head.count >= 512 else { return false }
        let field = head[148..<156]
        let digits = field.drop { $0 == 0x20 }.prefix { (0x30...0x37).contains($0) }
        guard !digits.isEmpty else { return false }
        let stated = digits.reduce(0) { $0 << 3 | Int($1 - 0x30) }
        let sum = head[..<512].reduce(0) { $0 + Int($1) } - field.reduce(0) { $0 + Int($1) } + 8 * 0x20
        return sum == stated
    }
}
