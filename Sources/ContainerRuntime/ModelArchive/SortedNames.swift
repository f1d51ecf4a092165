import SystemPackage

#if canImport(Glibc)
import Glibc
#endif

/// The names in a directory, in the order of their bytes, held without an allocation each.
struct SortedNames {
    /// All of them, a NUL after each.
    private var bytes: [UInt8] = []
    /// Where the NUL of each lies.
    private var ends: [Int] = []

    var count: Int { ends.count }

    /// One name.
    subscript(index: Int) -> ArraySlice<UInt8> {
        bytes[start(index)..<ends[index]]
    }

    /// Calls the body with one name as C has it, without a copy.
    func withCString<Result, E: Error>(
        _ index: Int,
        _ body: (UnsafePointer<CChar>) throws(E) -> Result
    ) throws(E) -> Result {
        try bytes.withUnsafeBufferPointer { bytes throws(E) in
            // There is at least the name's NUL.
            guard let base = bytes.baseAddress else { return try body("") }
            return try UnsafeRawPointer(base + start(index)).withMemoryRebound(to: CChar.self, capacity: 1, body)
        }
    }

    private func start(_ index: Int) -> Int { index == 0 ? 0 : ends[index - 1] + 1 }

    /// Reads a directory.
    ///
    /// The descriptor stays the caller's.
    ///
    /// The corresponding C functions are `fdopendir` and `readdir`.
    init(descriptor: Int32) throws(Errno) {
        let copy = try SystemCall.value { fcntl(descriptor, F_DUPFD_CLOEXEC, 0) }
        guard let stream = fdopendir(copy) else {
            let error = Errno(rawValue: errno)
            close(copy)
            throw error
        }
        defer { closedir(stream) }
        // A copy of a descriptor shares its place in the directory.
        rewinddir(stream)
        var unsorted: [UInt8] = []
        var ranges: [Range<Int>] = []
        while true {
            errno = 0
            guard let entry = readdir(stream) else {
                guard errno == 0 else { throw Errno(rawValue: errno) }
                break
            }
            let start = unsorted.count
            let nameOffset = MemoryLayout<dirent>.offset(of: \dirent.d_name) ?? 0
            let name = UnsafeRawPointer(entry).advanced(by: nameOffset).assumingMemoryBound(to: UInt8.self)
            unsorted.append(contentsOf: UnsafeBufferPointer(start: name, count: Self.length(name)))
            if unsorted[start...].elementsEqual([0x2e]) || unsorted[start...].elementsEqual([0x2e, 0x2e]) {
                unsorted.removeSubrange(start...)
            } else {
                ranges.append(start..<unsorted.count)
            }
        }
        unsorted.withUnsafeBytes { names in
            ranges.sort { left, right in
                let common = min(left.count, right.count)
                guard let base = names.baseAddress else { return false }
                let order = memcmp(base + left.lowerBound, base + right.lowerBound, common)
                return order != 0 ? order < 0 : left.count < right.count
            }
        }
        bytes.reserveCapacity(unsorted.count + ranges.count)
        ends.reserveCapacity(ranges.count)
        for range in ranges {
            bytes += unsorted[range]
            ends.append(bytes.count)
            bytes.append(0)
        }
    }

    private static func length(_ name: UnsafePointer<UInt8>) -> Int {
        UnsafeRawPointer(name).withMemoryRebound(to: CChar.self, capacity: 256) { strlen($0) }
    }
}
