package import SystemPackage

/// The names in a directory, in the order of their bytes, held without an allocation each.
package struct SortedNames {
    /// All of them, one after the other.
    private var bytes: [UInt8] = []
    /// Where each one ends.
    private var ends: [Int] = []

    package var count: Int { ends.count }

    /// One name.
    package subscript(index: Int) -> ArraySlice<UInt8> {
        bytes[(index == 0 ? 0 : ends[index - 1])..<ends[index]]
    }

    /// Reads a directory.
    package init(_ path: FilePath) throws(Errno) { try self.init(DirectoryStream(path)) }

    /// Reads a directory that is open.
    package init(_ directory: FileDescriptor) throws(Errno) { try self.init(DirectoryStream(reading: directory)) }

    private init(_ names: consuming DirectoryStream) throws(Errno) {
        var stream = names
        var unsorted: [UInt8] = []
        var ranges: [Range<Int>] = []
        while let name = try stream.next() {
            let start = unsorted.count
            unsorted.append(contentsOf: name.bytes)
            ranges.append(start..<unsorted.count)
        }
        unsorted.withUnsafeBytes { names in
            ranges.sort { left, right in
                let (left, right) = (names[left], names[right])
                return UnsafeRawBufferPointer(rebasing: left).order(with: .init(rebasing: right)) < 0
            }
        }
        bytes.reserveCapacity(unsorted.count)
        ends.reserveCapacity(ranges.count)
        for range in ranges {
            bytes += unsorted[range]
            ends.append(bytes.count)
        }
    }
}
