import Glibc

extension UnsafeRawBufferPointer {
    /// The order of two pieces of bytes, the shorter first where one begins with the other: below 0, 0 or above it.
    ///
    /// The corresponding C function is `memcmp`: going through bytes one by one took most of a large job's time.
    package func order(with other: UnsafeRawBufferPointer) -> Int {
        guard let first = baseAddress, let second = other.baseAddress else { return count - other.count }
        let order = Int(memcmp(first, second, Swift.min(count, other.count)))
        return order == 0 ? count - other.count : order
    }

    /// The first place of a byte, from a place on.
    ///
    /// The corresponding C function is `memchr`.
    package func place(of byte: UInt8, from start: Int = 0) -> Int? {
        guard let base = baseAddress, let found = memchr(base + start, Int32(byte), count - start) else { return nil }
        return UnsafeRawPointer(found) - base
    }

    /// The number that is written at a place, and where it ends.
    ///
    /// The corresponding C function is `strtod`: behind the bytes has to stand one that is no part of a number.
    package func number(at place: Int) -> (value: Double, end: Int)? {
        guard let base = baseAddress else { return nil }
        let text = (base + place).assumingMemoryBound(to: CChar.self)
        var end: UnsafeMutablePointer<CChar>?
        let value = strtod(text, &end)
        guard let end, end > UnsafeMutablePointer(mutating: text) else { return nil }
        return (value, UnsafeRawPointer(end) - base)
    }
}

extension UnsafeMutableRawBufferPointer {
    /// Memory, or nothing where there is none: what the language itself allocates ends the process then.
    ///
    /// The corresponding C function is `malloc`.
    package static func tryAllocate(byteCount: Int) -> UnsafeMutableRawBufferPointer? {
        malloc(byteCount).map { UnsafeMutableRawBufferPointer(start: $0, count: byteCount) }
    }

    /// Gives back what `tryAllocate` gave.
    ///
    /// The corresponding C function is `free`.
    package func free() { Glibc.free(baseAddress) }
}
