import ContainerRuntime
import NIOCore
import SystemPackage

#if canImport(Glibc)
import Glibc
#endif

/// An open file that is sent.
struct LocalFile {
    let descriptor: Int32
    /// Its size in bytes when it was opened.
    let size: Int
    /// What failures call it.
    let name: String

    /// The bytes of a range; throws `sourceUnreadable` where they cannot be read, or are no longer there.
    func read(_ range: Range<Int>) throws(Failure) -> ByteBuffer {
        var body = ByteBufferAllocator().buffer(capacity: range.count)
        var position = range.lowerBound
        while position < range.upperBound {
            var error: Errno?
            let count = body.writeWithUnsafeMutableBytes(minimumWritableBytes: range.upperBound - position) { bytes in
                let count = pread(descriptor, bytes.baseAddress, range.upperBound - position, off_t(position))
                if count < 0 { error = Errno(rawValue: errno) }
                return max(0, count)
            }
            if error == .interrupted { continue }
            guard count > 0 else { throw Failure(.sourceUnreadable, name, error) }
            position += count
        }
        return body
    }
}
