import SystemPackage

/// What takes the members of JSON lines, one after the other.
protocol LineSink {
    /// Takes a member: its name, the place in the list of objects that it is in, its value.
    mutating func take(_ name: UnsafeRawBufferPointer, _ place: Int?, _ value: ScannedValue)
    /// The line's last member was taken.
    mutating func endLine()
    /// The line was none; what was taken of it does not count.
    mutating func dropLine()
}

/// A value as it stands in a file.
enum ScannedValue {
    case number(Double)
    case text(UnsafeRawBufferPointer)
}

/// Reads a file of JSON lines, a million of them in a second, member by member.
///
/// - Takes flat objects of texts and numbers, and lists of such objects in them; everything else goes to `JSONReader`.
/// - A line that is no object, or was cut off when its writer was ended, is counted and passed over.
struct LineScanner<Sink: LineSink> {
    var sink: Sink
    /// Lines that could not be read.
    private(set) var broken = 0
    /// Whether the file is longer than what was read.
    private(set) var isCut = false

    /// More is not read: a file that large was not written by us.
    private static var limit: Int { 1 << 31 }
    private static var longestLine: Int { 1 << 22 }

    init(_ sink: Sink) { self.sink = sink }

    /// Reads a file; one that is not there has no lines.
    mutating func read(_ file: FilePath) throws(Errno) {
        let opened: OwnedDescriptor
        do throws(Errno) {
            // A FIFO in place of the file must not hold us: open(2).
            opened = try OwnedDescriptor.open(file, options: .nonBlocking)
        } catch .noSuchFileOrDirectory {
            return
        }
        // One byte more than is read: a number at the very end must end in something for strtod(3).
        var buffer = [UInt8](repeating: 0, count: (1 << 20) + 1)
        var (kept, total) = (0, 0)
        while true {
            if kept + 1 >= buffer.count { buffer += [UInt8](repeating: 0, count: buffer.count) }
            let count = try opened.read(into: &buffer, after: kept, upTo: buffer.count - 1 - kept)
            let end = kept + count
            buffer[end] = 0
            let used = buffer.withUnsafeBytes { lines(UnsafeRawBufferPointer(rebasing: $0[..<end])) }
            if count == 0 {
                // The last line has no end, so nobody knows whether it is whole.
                if used < end { broken += 1 }
                return
            }
            buffer.withUnsafeMutableBytes { bytes in
                guard let base = bytes.baseAddress else { return }
                base.copyMemory(from: base + used, byteCount: end - used)
            }
            (kept, total) = (end - used, total + count)
            isCut = total >= Self.limit || kept > Self.longestLine
            if isCut { return }
        }
    }

    /// Reads the whole lines of a piece; gives back how many bytes they are.
    private mutating func lines(_ bytes: UnsafeRawBufferPointer) -> Int {
        var start = 0
        while start < bytes.count, let end = bytes.place(of: 0x0a, from: start) {
            line(UnsafeRawBufferPointer(rebasing: bytes[start..<end]))
            start = end + 1
        }
        return start
    }

    private mutating func line(_ bytes: UnsafeRawBufferPointer) {
        guard !bytes.isEmpty else { return }
        var place = 0
        if object(bytes, &place, in: nil), place == bytes.count { return sink.endLine() }
        sink.dropLine()
        guard let object = try? JSONReader.read(Array(bytes)).object else {
            broken += 1
            return
        }
        take(object, in: nil)
        sink.endLine()
    }

    /// Takes a flat object that begins at a place, and moves the place behind it; false where it is something else.
    private mutating func object(_ bytes: UnsafeRawBufferPointer, _ place: inout Int, in list: Int?) -> Bool {
        guard skip(bytes, &place, 0x7b) else { return false }
        if skip(bytes, &place, 0x7d) { return true }
        while true {
            guard let name = text(bytes, &place), skip(bytes, &place, 0x3a) else { return false }
            blanks(bytes, &place)
            guard place < bytes.count else { return false }
            switch bytes[place] {
            case 0x22:
                guard let text = text(bytes, &place) else { return false }
                sink.take(name, list, .text(text))
            case 0x5b where list == nil:
                guard objects(bytes, &place) else { return false }
            case 0x2d, 0x30...0x39:
                guard let (value, end) = bytes.number(at: place), end <= bytes.count else { return false }
                place = end
                sink.take(name, list, .number(value))
            default: return false
            }
            if skip(bytes, &place, 0x2c) { continue }
            return skip(bytes, &place, 0x7d)
        }
    }

    private mutating func objects(_ bytes: UnsafeRawBufferPointer, _ place: inout Int) -> Bool {
        place += 1
        if skip(bytes, &place, 0x5d) { return true }
        var index = 0
        while true {
            guard object(bytes, &place, in: index) else { return false }
            index += 1
            if skip(bytes, &place, 0x2c) { continue }
            return skip(bytes, &place, 0x5d)
        }
    }

    private mutating func take(_ object: JSONObject, in list: Int?) {
        for (name, value) in object {
            Array(name.utf8).withUnsafeBytes { name in
                switch value {
                case .number(let number): sink.take(name, list, .number(number.double))
                case .string(let text): Array(text.utf8).withUnsafeBytes { sink.take(name, list, .text($0)) }
                case .array(let elements) where list == nil:
                    for (index, element) in elements.enumerated() {
                        if let object = element.object { take(object, in: index) }
                    }
                case .array, .object, .bool, .null: break
                }
            }
        }
    }

    private func blanks(_ bytes: UnsafeRawBufferPointer, _ place: inout Int) {
        while place < bytes.count, bytes[place] == 0x20 || bytes[place] == 0x09 { place += 1 }
    }

    /// Skips blanks, the byte, and blanks behind it.
    private func skip(_ bytes: UnsafeRawBufferPointer, _ place: inout Int, _ byte: UInt8) -> Bool {
        blanks(bytes, &place)
        guard place < bytes.count, bytes[place] == byte else { return false }
        place += 1
        blanks(bytes, &place)
        return true
    }

    /// A text of ASCII without escapes.
    private func text(_ bytes: UnsafeRawBufferPointer, _ place: inout Int) -> UnsafeRawBufferPointer? {
        blanks(bytes, &place)
        guard place < bytes.count, bytes[place] == 0x22 else { return nil }
        var end = place + 1
        while end < bytes.count, bytes[end] != 0x22 {
            guard bytes[end] != 0x5c, bytes[end] < 0x80 else { return nil }
            end += 1
        }
        guard end < bytes.count else { return nil }
        defer { place = end + 1 }
        return UnsafeRawBufferPointer(rebasing: bytes[(place + 1)..<end])
    }
}

extension UnsafeRawBufferPointer {
    /// Whether the bytes are those of a name.
    func isName(_ name: StaticString) -> Bool {
        order(with: UnsafeRawBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount)) == 0
    }
}
