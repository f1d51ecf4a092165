/// What can be wrong with an archive that is made or verified.
extension Failure.Code {
    /// A file of the tree could not be read while it was packed.
    public static let packingUnreadable = Self("packingUnreadable", .packing) {
        "\($0): cannot be read while it is packed"
    }

    /// A file of the tree changed while it was packed.
    public static func packingChanged(expected: Int, found: Int) -> Self {
        Self("packingChanged", .packing) {
            "\($0): changed while it was read, \(expected) bytes expected, \(found) found"
        }
    }

    /// A file of the tree was written to or replaced while it was packed.
    public static let packingReplaced = Self("packingReplaced", .packing) {
        "\($0): was written to or replaced while it was packed; end whatever writes to it before the job ends"
    }

    /// The archive could not be written: which step of it, as in `fsync`.
    public static func packingFailed(step: String) -> Self {
        Self("packingFailed", .packing) { "\($0): the archive could not be written (\(step))" }
    }

    /// An archive is not as it was made: where, in bytes, and what is wrong.
    public static func archiveDamaged(offset: Int, reason: String) -> Self {
        Self("archiveDamaged", .packing) { "\($0): damaged at byte \(offset): \(reason)" }
    }

    /// A file of an archive is not the one that its manifest lists, or only one of them has it.
    public static func manifestDiffers(file: String) -> Self {
        Self("manifestDiffers", .packing) { "\($0): the manifest and the archive differ in \"\(file)\"" }
    }

    /// A line of a manifest is not one of `sha256sum`.
    public static func manifestMalformed(line: Int) -> Self {
        Self("manifestMalformed", .packing) {
            "\($0): line \(line) is not a line of sha256sum, 64 hexadecimal digits, two blanks and a name"
        }
    }

    /// The archive would be inside the directory that it is made of.
    public static let packingInside = Self("packingInside", .packing) {
        "\($0): the archive is inside the directory that it is made of"
    }
}
