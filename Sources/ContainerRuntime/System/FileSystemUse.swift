import Glibc
package import SystemPackage

/// How much of a file system is used.
package struct FileSystemUse {
    package let size: Int
    package let free: Int
    package let freeNodes: Int

    /// The use of a file system of known numbers.
    package init(size: Int, free: Int, freeNodes: Int = .max) {
        (self.size, self.free, self.freeNodes) = (size, free, freeNodes)
    }

    /// The corresponding C function is `statvfs`.
    package init?(_ path: FilePath) {
        var status = statvfs()
        guard path.withPlatformString({ statvfs($0, &status) }) == 0 else { return nil }
        self.init(status)
    }

    /// What a file system says of itself, which may be anything: network file systems answer -1 for what they do not count.
    init(_ status: statvfs) {
        func bytes(_ blocks: fsblkcnt_t) -> Int {
            let (product, isTooLarge) = UInt64(blocks).multipliedReportingOverflow(by: UInt64(status.f_frsize))
            return isTooLarge ? .max : Int(clamping: product)
        }
        size = bytes(status.f_blocks)
        free = bytes(status.f_bavail)
        // Some file systems count none and say 0 of 0.
        freeNodes = status.f_files == 0 ? .max : Int(clamping: status.f_favail)
    }

    /// Whether hardly anything more can be written.
    package var isFull: Bool { size > 0 && (free < min(1 << 20, size / 100) || freeNodes == 0) }
}
