/// The memory of one block on its way through a thread: what it is made of, and what becomes of it.
///
/// The pipeline gives it to one thread at a time; from "filled" to "written" others may read the input.
final class BlockSlot {
    /// Bytes of the archive that are compressed together: part of the format, since other sizes give other bytes.
    static let size = 1 << 20
    /// Room for a block that grows a little; one that grows more is stored as it is.
    private static let outputSize = size + (64 << 10)

    let input: UnsafeMutableRawBufferPointer
    let output: UnsafeMutableRawBufferPointer
    /// How many bytes of the input count.
    var count = 0
    var bodies = BlockBodies()
    var result = BlockResult.raw
    /// The checksum of the input.
    var checksum: UInt32 = 0

    /// Bytes of files in it.
    private(set) var fileBytes = 0

    /// The block that is filled, and the block that is compressed, -1 for none.
    var filled = -1
    var compressed = -1

    /// Makes a slot, or nothing where there is no memory for it.
    init?() {
        guard let input = UnsafeMutableRawBufferPointer.tryAllocate(byteCount: Self.size) else { return nil }
        guard let output = UnsafeMutableRawBufferPointer.tryAllocate(byteCount: Self.outputSize) else {
            input.free()
            return nil
        }
        (self.input, self.output) = (input, output)
    }

    /// Reads the parts of files that belong into it, all below the root.
    func read(below root: TreeRoot) throws(Failure) {
        fileBytes = 0
        for index in bodies.all.indices {
            let body = bodies.all[index]
            guard !body.place.isEmpty else { continue }
            let path = bodies.path(of: body)
            try body.file.read(.init(rebasing: input[body.place]), at: body.offset, of: path, below: root)
            fileBytes += body.place.count
        }
    }

    deinit {
        input.free()
        output.free()
    }

    var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: input[..<count]) }

    /// The end of the block, which the next one's matches may reach into.
    var dictionary: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: bytes.suffix(32 << 10)) }
}

/// How a block is written.
enum BlockResult {
    /// As it is, in a tar archive.
    case raw
    /// As it is, in stored blocks of deflate.
    case stored
    /// As so many bytes of the output.
    case deflated(Int)
}
