import ContainerRuntime
import NIOCore
import SystemPackage

/// The system's, and not NIO's.
typealias FileDescriptor = SystemPackage.FileDescriptor

/// An open file that is sent.
struct LocalFile {
    let descriptor: FileDescriptor
    /// Its size in bytes when it was opened.
    let size: Int
    /// What failures call it.
    let name: String

    /// The bytes of a range.
    ///
    /// - Throws: `Failure` with code `sourceUnreadable` where they cannot be read, or are no longer there.
    func read(_ range: Range<Int>) throws(Failure) -> ByteBuffer {
        var body = ByteBufferAllocator().buffer(capacity: range.count)
        while body.readableBytes < range.count {
            let (offset, rest) = (range.lowerBound + body.readableBytes, range.count - body.readableBytes)
            let count: Int
            do {
                count = try body.writeWithUnsafeMutableBytes(minimumWritableBytes: rest) { bytes in
                    try descriptor.readSome(into: UnsafeMutableRawBufferPointer(rebasing: bytes[..<rest]), at: offset)
                }
            } catch { throw Failure(.sourceUnreadable, name, error as? Errno) }
            guard count > 0 else { throw Failure(.sourceUnreadable, name) }
        }
        return body
    }
}
