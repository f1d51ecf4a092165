/// Makes lines of the pieces of a stream, in bounded memory.
///
///     while let line = splitter.next(&piece) { … }
struct LineSplitter: Hashable {
    /// A line without what ended it.
    struct Line {
        let bytes: ArraySlice<UInt8>
        let end: End
    }

    /// What ended a line.
    enum End {
        case lineFeed
        case carriageReturn
        /// Nothing: it is longer than a line may be, and goes on in the next one. No character is cut in two.
        case cut
    }

    private let longest: Int
    private let endsAtReturns: Bool
    /// The beginning of a line whose end has not come.
    private var partial: [UInt8] = []

    /// Makes a splitter for lines of so many bytes at most, which end at carriage returns as well or at line feeds only.
    init(longest: Int, endsAtReturns: Bool = false) {
        (self.longest, self.endsAtReturns) = (longest, endsAtReturns)
    }

    /// Takes the next line off a piece; nil when all of the piece is taken, and what is left of it waits for the next one.
    mutating func next(_ piece: inout ArraySlice<UInt8>) -> Line? {
        let window = piece.prefix(longest - partial.count + 1)
        guard let place = window.firstIndex(where: { $0 == 0x0a || (endsAtReturns && $0 == 0x0d) }) else {
            piece = piece[window.endIndex...]
            partial += window
            return partial.count > longest ? cut() : nil
        }
        let end = piece[place] == 0x0d ? End.carriageReturn : .lineFeed
        let rest = piece[..<place]
        piece = piece[(place + 1)...]
        // Nearly every line lies in one piece, and is not copied.
        guard !partial.isEmpty else { return Line(bytes: rest, end: end) }
        defer { partial = [] }
        partial += rest
        return Line(bytes: partial[...], end: end)
    }

    /// The last line, if it has no end.
    mutating func finish() -> ArraySlice<UInt8>? {
        defer { partial = [] }
        return partial.isEmpty ? nil : partial[...]
    }

    private mutating func cut() -> Line {
        let line = partial[..<Self.beginOfLastCharacter(partial[..<longest])]
        partial = Array(partial[line.endIndex...])
        return Line(bytes: line, end: .cut)
    }

    /// The place of the last character, where it may go on behind the end; the end where it cannot.
    private static func beginOfLastCharacter(_ bytes: ArraySlice<UInt8>) -> Int {
        for back in 1...3 where back < bytes.count {
            let byte = bytes[bytes.endIndex - back]
            if byte & 0xc0 == 0x80 { continue }
            let length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1
            return length > back ? bytes.endIndex - back : bytes.endIndex
        }
        return bytes.endIndex
    }
}

extension LineSplitter.End {
    /// The bytes that ended the line.
    var bytes: [UInt8] {
        switch self {
        case .lineFeed: [0x0a]
        case .carriageReturn: [0x0d]
        case .cut: []
        }
    }
}
