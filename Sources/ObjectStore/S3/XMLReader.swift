import ContainerRuntime

/// Takes XML apart piece by piece; which end belongs to which start is for whoever asks for the pieces.
struct XMLReader {
    enum Piece: Hashable {
        case start(String)
        case text(String)
        case end(String)
    }

    private let bytes: [UInt8]
    private var place: Int
    /// The name of an element that ended where it began.
    private var ended: String?

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        // The mark of UTF-8.
        place = bytes.starts(with: [0xef, 0xbb, 0xbf]) ? 3 : 0
    }

    /// The next piece, or nil behind the last; comments and instructions for programs are none.
    mutating func next() throws(XMLError) -> Piece? {
        if let name = ended.take() { return .end(name) }
        while let end = take("<!--") ? "-->" : take("<?") ? "?>" : nil { _ = try until(end) }
        if take("<![CDATA[") { return .text(try string(until("]]>"))) }
        if take("</") {
            let name = try name()
            skipBlanks()
            try expect(">")
            return .end(name)
        }
        if take("<") { return .start(try startTag()) }
        guard place < bytes.count else { return nil }
        let start = place
        place = bytes[place...].firstIndex(of: UInt8(ascii: "<")) ?? bytes.count
        return .text(try resolved(start..<place))
    }

    func error(_ expected: String) -> XMLError { XMLError(expected: expected, offset: place) }

    private mutating func startTag() throws(XMLError) -> String {
        let name = try name()
        var attributes: Set<String> = []
        while true {
            let hasBlank = skipBlanks()
            if take(">") { return name }
            if take("/>") {
                ended = name
                return name
            }
            guard hasBlank, attributes.insert(try self.name()).inserted else { throw error("another attribute") }
            skipBlanks()
            try expect("=")
            skipBlanks()
            let quote = take("'") ? "'" : "\""
            if quote == "\"" { try expect(quote) }
            let value = try until(quote)
            guard !bytes[value].contains(UInt8(ascii: "<")) else { throw error("a value without <") }
            _ = try resolved(value)
        }
    }

    private mutating func name() throws(XMLError) -> String {
        let start = place
        place =
            bytes[place...].firstIndex { byte in
                byte < 0x80 && !byte.isASCIILetter && !byte.isASCIIDigit && !"_:-.".utf8.contains(byte)
            } ?? bytes.count
        guard start < place, !bytes[start].isASCIIDigit, !"-.".utf8.contains(bytes[start]) else {
            throw error("a name")
        }
        return try string(start..<place)
    }

    @discardableResult private mutating func skipBlanks() -> Bool {
        let start = place
        place = bytes[place...].firstIndex { !" \t\r\n".utf8.contains($0) } ?? bytes.count
        return place > start
    }

    private mutating func take(_ token: String) -> Bool {
        guard bytes[place...].starts(with: token.utf8) else { return false }
        place += token.utf8.count
        return true
    }

    private mutating func expect(_ token: String) throws(XMLError) {
        guard take(token) else { throw error(token) }
    }

    /// What lies in front of a token, which is skipped.
    private mutating func until(_ token: String) throws(XMLError) -> Range<Int> {
        guard let found = bytes[place...].firstRange(of: Array(token.utf8)) else { throw error(token) }
        defer { place = found.upperBound }
        return place..<found.lowerBound
    }

    /// The text of a range, with the characters that entities stand for.
    private func resolved(_ range: Range<Int>) throws(XMLError) -> String {
        var rest = bytes[range]
        var text = ""
        while let start = rest.firstIndex(of: UInt8(ascii: "&")) {
            guard let end = rest[start...].firstIndex(of: UInt8(ascii: ";")),
                let character = Self.character(String(decoding: rest[start + 1..<end], as: UTF8.self))
            else { throw error("an entity behind &") }
            text += try string(rest.startIndex..<start)
            text.unicodeScalars.append(character)
            rest = rest[(end + 1)...]
        }
        return try text + string(rest.indices)
    }

    private static func character(_ entity: String) -> Unicode.Scalar? {
        guard entity.hasPrefix("#") else {
            return ["lt": "<", "gt": ">", "amp": "&", "quot": "\"", "apos": "'"][entity]
        }
        let isHexadecimal = entity.hasPrefix("#x")
        let digits = entity.dropFirst(isHexadecimal ? 2 : 1)
        // A sign would be taken, and no document may hold a NUL.
        guard digits.first != "+", let value = UInt32(digits, radix: isHexadecimal ? 16 : 10), value > 0 else {
            return nil
        }
        return Unicode.Scalar(value)
    }

    private func string(_ range: Range<Int>) throws(XMLError) -> String {
        guard let text = String(validating: bytes[range], as: UTF8.self) else { throw error("UTF-8") }
        return text
    }
}
