package import SystemPackage

/// A path or a name as the kernel takes it: bytes that end with a NUL.
package protocol PlatformPath {
    /// Calls the body with the bytes, which are valid for the time of the call.
    func withPlatformString<Result>(_ body: (UnsafePointer<CChar>) throws -> Result) rethrows -> Result
}

extension FilePath: PlatformPath {}
extension FilePath.Component: PlatformPath {}

extension ArraySlice: PlatformPath where Element == UInt8 {
    /// Calls the body with a NUL after the last byte; for a name of usual length nothing is allocated.
    package func withPlatformString<Result>(_ body: (UnsafePointer<CChar>) throws -> Result) rethrows -> Result {
        try withUnsafeTemporaryAllocation(of: CChar.self, capacity: count + 1) { text in
            UnsafeMutableRawBufferPointer(text).copyBytes(from: self)
            text[count] = 0
            guard let base = text.baseAddress else { return try body("") }
            return try body(base)
        }
    }
}

extension Array: PlatformPath where Element == UInt8 {
    /// Calls the body with a NUL after the last byte.
    package func withPlatformString<Result>(_ body: (UnsafePointer<CChar>) throws -> Result) rethrows -> Result {
        try self[...].withPlatformString(body)
    }
}

extension FilePath.Component {
    /// The name's bytes.
    package var bytes: [UInt8] { withPlatformString { RawString(cString: $0).bytes } }
}
