/// Reads the tar archives that `TarStream` makes, byte after byte, and checks all of them.
///
/// It knows no other kinds of entries and no names that lead out of the directory of extraction.
struct TarVerifier {
    private enum State {
        case header
        case body(Int, padding: Int)
        case end
    }

    private let name: String
    private var state = State.header
    private var header: [UInt8] = []
    private var entry = TarHeader.Entry(name: [], kind: .directory)
    private var longName: [UInt8]?
    private var longTarget: [UInt8]?
    private var text: [UInt8] = []
    private var zeroBlocks = 0
    private var offset = 0
    private var hash: SHA256?
    private(set) var summary = PackingSummary()
    /// The path and the SHA-256 of every file, where they are asked for.
    private(set) var digests: [[UInt8]: String]?

    init(name: String, digests: Bool) {
        self.name = name
        self.digests = digests ? [:] : nil
    }

    /// Reads the next bytes.
    mutating func read(_ bytes: UnsafeRawBufferPointer) throws(Failure) {
        var rest = bytes[...]
        while let first = rest.first {
            switch state {
            case .end:
                guard first == 0 else { throw damage("something follows the end of the archive") }
                offset += 1
                rest = rest.dropFirst()
            case .header:
                let part = rest.prefix(TarHeader.blockSize - header.count)
                header += part
                offset += part.count
                rest = rest.dropFirst(part.count)
                if header.count == TarHeader.blockSize {
                    try parse()
                    header.removeAll(keepingCapacity: true)
                }
            case .body(let left, let padding):
                let part = rest.prefix(left > 0 ? left : padding)
                if left == 0, part.contains(where: { $0 != 0 }) { throw damage("the bytes after a file are not zero") }
                if left > 0 { take(UnsafeRawBufferPointer(rebasing: part)) }
                offset += part.count
                rest = rest.dropFirst(part.count)
                advance(left > 0 ? left - part.count : 0, left > 0 ? padding : padding - part.count)
            }
        }
    }

    /// Makes sure that the archive came to its end.
    func finish() throws(Failure) {
        guard case .end = state else { throw damage("it ends in the middle") }
    }

    private mutating func advance(_ left: Int, _ padding: Int) {
        state = .body(left, padding: padding)
        guard left == 0 else { return }
        if let hash {
            digests?[entry.name] = hash.text()
            self.hash = nil
        }
        guard padding == 0 else { return }
        if entry.kind == .longName { longName = Array(text.dropLast()) }
        if entry.kind == .longTarget { longTarget = Array(text.dropLast()) }
        text = []
        state = .header
    }

    private mutating func take(_ bytes: UnsafeRawBufferPointer) {
        if entry.kind == .file { hash?.add(bytes) } else { text += bytes }
    }

    private mutating func parse() throws(Failure) {
        if header.allSatisfy({ $0 == 0 }) {
            zeroBlocks += 1
            if zeroBlocks == 2 { state = .end }
            return
        }
        guard zeroBlocks == 0 else { throw damage("a block of zeros is between the entries") }
        guard let kind = TarHeader.Kind(rawValue: header[TarHeader.Field.kind]) else {
            throw damage("an entry is of a kind that train pack does not write")
        }
        entry = TarHeader.Entry(name: field(TarHeader.Field.name), kind: kind)
        entry.size = try number(TarHeader.Field.size)
        guard entry.size >= 0 else { throw damage("an entry has a size below zero") }
        entry.modified = try number(TarHeader.Field.modified)
        entry.mode = try number(TarHeader.Field.mode)
        entry.target = field(TarHeader.Field.target)
        try compare(kind)
        guard kind != .longName, kind != .longTarget else {
            guard entry.size <= 1 << 20 else { throw damage("a name is longer than a megabyte") }
            state = .body(entry.size, padding: TarHeader.padding(entry.size))
            return
        }
        if let longName { entry.name = longName }
        (longName, longTarget) = (nil, nil)
        try checkName(entry.name)
        summary.entries += 1
        if kind == .file {
            summary.files += 1
            let (sum, isTooLarge) = summary.bytesIn.addingReportingOverflow(entry.size)
            guard !isTooLarge else { throw damage("an entry is larger than any archive") }
            summary.bytesIn = sum
            if digests != nil { hash = SHA256() }
        }
        advance(entry.size, TarHeader.padding(entry.size))
    }

    /// A header has to be, byte for byte, the one that would be written for what it says.
    private func compare(_ kind: TarHeader.Kind) throws(Failure) {
        var again: [UInt8] = []
        TarHeader.append(entry, to: &again)
        guard again == header else { throw damage("a header is damaged") }
    }

    private func checkName(_ name: [UInt8]) throws(Failure) {
        let parts = name.split(separator: 0x2f, omittingEmptySubsequences: false)
        let isDirectory = entry.kind == .directory
        for (index, part) in parts.enumerated() {
            let isEnd = isDirectory && index == parts.count - 1
            if isEnd != part.isEmpty || part.elementsEqual(".".utf8) || part.elementsEqual("..".utf8) {
                throw damage("an entry's name leads out of the directory")
            }
        }
    }

    private func field(_ range: Range<Int>) -> [UInt8] {
        Array(header[range].prefix { $0 != 0 })
    }

    private func number(_ range: Range<Int>) throws(Failure) -> Int {
        let bytes = header[range]
        if let first = bytes.first, first & 0x80 != 0 {
            return bytes.dropFirst().reduce(first == 0xff ? -1 : Int(first & 0x7f)) { $0 << 8 | Int($1) }
        }
        var value = 0
        for byte in bytes.dropLast() {
            guard byte >= 0x30, byte <= 0x37 else { throw damage("a number in a header is damaged") }
            value = value << 3 | Int(byte - 0x30)
        }
        return value
    }

    private func damage(_ reason: String) -> Failure {
        Failure(.archiveDamaged(offset: offset, reason: "\(reason), in the tar archive"), name)
    }
}
