import Synchronization

/// The parts of an object that nobody has taken yet: one reader takes from the front, the others from the back.
final class PartQueue: Sendable {
    let total: Int
    private let part: Int
    private let open: Mutex<Range<Int>>

    init(total: Int, part: Int = Download.part) {
        (self.total, self.part) = (total, part)
        open = Mutex(0..<(total + part - 1) / part)
    }

    /// The first part that is left.
    func takeFirst() -> Range<Int>? {
        open.withLock { open in
            guard let index = open.first else { return nil }
            open = index + 1..<open.upperBound
            return bytes(index)
        }
    }

    /// The last part that is left.
    func takeLast() -> Range<Int>? {
        open.withLock { open in
            guard let index = open.last else { return nil }
            open = open.lowerBound..<index
            return bytes(index)
        }
    }

    private func bytes(_ index: Int) -> Range<Int> {
        index * part..<min(total, (index + 1) * part)
    }
}
