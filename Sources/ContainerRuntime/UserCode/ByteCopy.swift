import SystemPackage

/// Copies one descriptor's bytes to another's, within a limit.
struct ByteCopy {
    let source: String
    let from: FileDescriptor
    let checkpoint: () throws(Failure) -> Void
    private(set) var count = 0

    init(source: String, from: FileDescriptor, checkpoint: @escaping () throws(Failure) -> Void) {
        (self.source, self.from, self.checkpoint) = (source, from, checkpoint)
    }

    /// Copies to the end.
    mutating func run(to output: FileDescriptor, name: MemberName, limit: Int, whole: Int) throws(Failure) {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 16)
        defer { buffer.deallocate() }
        while true {
            try checkpoint()
            let read = try Failure.wrap(from.readSome(into: buffer, at: count), as: .sourceUnreadable, source)
            guard read > 0 else { return }
            guard read <= limit - count else {
                throw Failure(.tooManyBytes(limit: whole, name: "TRAIN_EXTRACT_MAX_BYTES"), source)
            }
            let bytes = UnsafeRawBufferPointer(rebasing: buffer[..<read])
            try Failure.wrap(output.writeAll(bytes), as: .codeUnwritable, name.displayName)
            count += read
        }
    }
}
