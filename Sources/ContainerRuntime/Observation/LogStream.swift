import CRegex
import SystemPackage

/// One stream of a log, piece by piece: gives whole lines on, and keeps the beginning of one that has not ended.
///
/// - No `LineSplitter`: whoever looks for metrics takes many lines as one block, and nearly none of them one by one.
/// - Of a line that is longer than what is looked at, the rest is passed over.
/// - Where the relay could not hand over all, it left a mark: the lines that it cuts are no lines, and are left out.
final class LogStream {
    /// How much is read at once.
    static let pieceSize = 1 << 18

    private let buffer = UnsafeMutableBufferPointer<UInt8>.allocate(
        capacity: pieceSize + MetricScanner.longestLine + 64
    )
    private var count = 0
    private var passesOver = false
    /// Bytes that the relay could not hand over.
    private(set) var dropped = 0

    deinit { buffer.deallocate() }

    /// Reads a piece.
    ///
    /// - Returns: How many bytes came; 0 at the end.
    func read(_ descriptor: FileDescriptor) throws(Errno) -> Int {
        let room = UnsafeMutableRawBufferPointer(UnsafeMutableBufferPointer(rebasing: buffer[count...]))
        let answer = try descriptor.readSome(into: .init(rebasing: room.prefix(Self.pieceSize)))
        count += answer
        return answer
    }

    /// Adds bytes, as many as there is room for, and says how many.
    func add(_ bytes: UnsafeRawBufferPointer) -> Int {
        let taken = min(bytes.count, Self.pieceSize, buffer.count - count)
        UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[count...])
            .copyBytes(from: UnsafeRawBufferPointer(rebasing: bytes[..<taken]))
        count += taken
        return taken
    }

    /// Gives all whole lines on; at the end of the stream, the last one too.
    func drain(atEnd: Bool, _ lines: (UnsafeBufferPointer<UInt8>) -> Void, cut: () -> Void) {
        while let mark = DropMark.find(in: UnsafeBufferPointer(rebasing: buffer[..<count])) {
            // What stands before the mark and has no end was cut there.
            giveLines(before: mark.range.lowerBound, lines)
            // A program may print the mark itself, with any number in it.
            dropped = Int(clamping: UInt64(dropped) + UInt64(max(0, mark.bytes)))
            passesOver = true
            keep(from: mark.range.upperBound)
        }
        let end = passesOver ? passOver() : 0
        if passesOver { return keep(from: end) }
        keep(from: end)
        guard let base = buffer.baseAddress else { return }
        let whole = atEnd ? count : line_start_search(base, count)
        if whole > 0 { lines(UnsafeBufferPointer(rebasing: buffer[..<whole])) }
        keep(from: whole)
        guard count > MetricScanner.longestLine else { return }
        cut()
        lines(UnsafeBufferPointer(rebasing: buffer[..<MetricScanner.longestLine]))
        passesOver = true
        keep(from: passOver())
    }

    private func giveLines(before limit: Int, _ lines: (UnsafeBufferPointer<UInt8>) -> Void) {
        guard let base = buffer.baseAddress else { return }
        var start = 0
        if passesOver {
            start = line_end_search(base, limit)
            guard start < limit else { return }
            passesOver = false
        }
        let end = line_start_search(base, limit)
        if start < end { lines(UnsafeBufferPointer(rebasing: buffer[start..<end])) }
    }

    /// Where the line that is passed over ends; what may be the beginning of a mark stays.
    private func passOver() -> Int {
        guard let base = buffer.baseAddress else { return 0 }
        let end = line_end_search(base, count)
        if end < count {
            passesOver = false
            return end
        }
        let tail = max(0, count - DropMark.longest)
        return buffer[tail..<count].firstIndex(of: 0) ?? count
    }

    private func keep(from start: Int) {
        guard start > 0 else { return }
        count -= start
        if count > 0, let base = buffer.baseAddress { base.update(from: base + start, count: count) }
    }
}

extension DropMark {
    /// The first mark that is whole.
    static func find(in text: UnsafeBufferPointer<UInt8>) -> (range: Range<Int>, bytes: Int)? {
        guard let base = text.baseAddress else { return nil }
        var start = 0
        while start < text.count {
            start += literal_search(base + start, text.count - start, words.utf8Start, words.utf8CodeUnitCount)
            guard start < text.count else { return nil }
            let digits = start + words.utf8CodeUnitCount
            var end = digits
            while end < text.count, end - start < longest, text[end].isASCIIDigit { end += 1 }
            if end < text.count, end > digits, text[end] == 0,
                let count = Int(String(decoding: text[digits..<end], as: UTF8.self))
            {
                return (start..<end + 1, count)
            }
            start = digits
        }
        return nil
    }
}
