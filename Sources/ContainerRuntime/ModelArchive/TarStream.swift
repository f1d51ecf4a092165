/// The tar archive of a tree as a stream of bytes, laid out block by block; bodies are read later, by whoever compresses.
///
/// - Laying out reads no file: it needs only what the listing told.
/// - The caller makes sure that one thread at a time asks for the next block.
final class TarStream {
    let root: TreeRoot
    private let walk: TreeWalk
    private let modified: Int
    /// Whether empty files are told as bodies too, which a manifest needs.
    private let tellsEmptyFiles: Bool
    private var file: TreeFile?
    private var offset = 0
    /// Headers and padding that wait to be laid out.
    private var pending: [UInt8] = []
    private var pendingStart = 0
    private var ended = false
    private(set) var summary = PackingSummary()

    init(_ root: TreeRoot, _ walk: TreeWalk, modified: Int, tellsEmptyFiles: Bool) {
        self.root = root
        self.walk = walk
        self.modified = modified
        self.tellsEmptyFiles = tellsEmptyFiles
    }

    /// Lays out the next bytes.
    ///
    /// Returns how many, fewer than there is room only at the end of the archive.
    func fill(_ block: UnsafeMutableRawBufferPointer, _ bodies: inout BlockBodies) throws(Failure) -> Int {
        var count = 0
        while count < block.count {
            let room = UnsafeMutableRawBufferPointer(rebasing: block[count...])
            if pendingStart < pending.count {
                count += takePending(room)
            } else if let file {
                let width = min(block.count - count, file.identity.size - offset)
                let part = width < file.identity.size && offset == 0 ? file.inParts() : file
                bodies.append(part, walk.path, offset: offset, place: count..<count + width)
                self.file = part
                count += width
                offset += width
                if offset == file.identity.size { count += endFile(.init(rebasing: room[width...])) }
            } else if ended {
                break
            } else {
                count += try nextEntry(room, &bodies, count)
            }
        }
        return count
    }

    private func takePending(_ room: UnsafeMutableRawBufferPointer) -> Int {
        let width = min(room.count, pending.count - pendingStart)
        pending.withUnsafeBytes { room.copyMemory(from: .init(rebasing: $0[pendingStart..<pendingStart + width])) }
        pendingStart += width
        return width
    }

    private func startPending() {
        pending.removeAll(keepingCapacity: true)
        pendingStart = 0
    }

    /// Fills the last block of a file's body: gives back how much of it found room, and keeps the rest.
    private func endFile(_ room: UnsafeMutableRawBufferPointer) -> Int {
        let padding = TarHeader.padding(offset)
        file = nil
        offset = 0
        let width = min(padding, room.count)
        UnsafeMutableRawBufferPointer(rebasing: room[..<width]).initializeMemory(as: UInt8.self, repeating: 0)
        startPending()
        pending.append(contentsOf: repeatElement(0, count: padding - width))
        return width
    }

    /// Lays out the next header: gives back what of it stands in the room, and keeps what does not.
    private func nextEntry(
        _ room: UnsafeMutableRawBufferPointer,
        _ bodies: inout BlockBodies,
        _ place: Int
    ) throws(Failure) -> Int {
        startPending()
        guard let entry = try walk.next() else {
            // Two blocks of zeros are the end of an archive.
            pending.append(contentsOf: repeatElement(0, count: 2 * TarHeader.blockSize))
            ended = true
            return 0
        }
        var header = TarHeader.Entry(
            name: walk.path,
            kind: .file,
            mode: entry.executable ? 0o755 : 0o644,
            modified: modified
        )
        switch entry.kind {
        case .directory:
            header.kind = .directory
            header.name.append(0x2f)
        case .link(let target):
            header.kind = .link
            header.mode = 0o777
            header.target = target
        case .file(let identity):
            header.size = identity.size
            let file = TreeFile(identity, throughLink: entry.throughLink)
            if identity.size > 0 {
                self.file = file
            } else if tellsEmptyFiles {
                bodies.append(file, walk.path, offset: 0, place: place..<place)
            }
            summary.files += 1
            summary.bytesIn += identity.size
        }
        summary.entries += 1
        guard room.count >= TarHeader.blockSize, TarHeader.isOne(header) else {
            TarHeader.append(header, to: &pending)
            return 0
        }
        TarHeader.write(header, to: room)
        return TarHeader.blockSize
    }
}
