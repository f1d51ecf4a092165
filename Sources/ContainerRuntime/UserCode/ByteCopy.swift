import SystemPackage

#if canImport(Glibc)
import Glibc
#endif

/// Copies one descriptor's bytes to another's, within a limit.
struct ByteCopy {
    let source: String
    let from: Int32
    let checkpoint: () throws(Failure) -> Void
    private(set) var count = 0

    init(source: String, from: Int32, checkpoint: @escaping () throws(Failure) -> Void) {
        (self.source, self.from, self.checkpoint) = (source, from, checkpoint)
    }

    /// Copies to the end.
    mutating func run(to output: Int32, name: MemberName, limit: Int, whole: Int) throws(Failure) {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 16)
        defer { buffer.deallocate() }
        while true {
            try checkpoint()
            let read: Int
            do { read = try SystemCall.value { pread(from, buffer.baseAddress, buffer.count, count) } } catch {
                throw Failure(.sourceUnreadable, source, error)
            }
            guard read > 0 else { return }
            guard read <= limit - count else {
                throw Failure(.tooManyBytes(limit: whole, name: "TRAIN_EXTRACT_MAX_BYTES"), source)
            }
            var done = 0
            while done < read {
                do {
                    done += try SystemCall.value { write(output, buffer.baseAddress.map { $0 + done }, read - done) }
                } catch {
                    throw Failure(.codeUnwritable, name.displayName, error)
                }
            }
            count += read
        }
    }
}
