/// A text that every match of a regular expression holds, so that most lines of a log need no look by the expression.
///
/// - It reads the top level of the pattern only, and gives up where it meets anything that it does not know for certain.
/// - Its text is ASCII, the longest of those that the pattern has.
struct RequiredLiteral {
    private let pattern: [UInt8]
    private var place = 0
    private var run: [UInt8] = []
    private var best: [UInt8] = []

    private struct Unsure: Error {}

    private init(_ pattern: String) {
        self.pattern = Array(pattern.utf8)
    }

    /// The text, or nil where none is certain.
    static func find(_ pattern: String) -> [UInt8]? {
        var reader = RequiredLiteral(pattern)
        do {
            try reader.read()
        } catch {
            return nil
        }
        return reader.best.isEmpty ? nil : reader.best
    }

    private mutating func read() throws {
        while let byte = next() {
            switch byte {
            case UInt8(ascii: "|"), UInt8(ascii: ")"): throw Unsure()
            case UInt8(ascii: "("):
                endRun()
                try skipGroup()
                try skipQuantifier()
            case UInt8(ascii: "["):
                endRun()
                try skipClass()
                try skipQuantifier()
            case UInt8(ascii: "."), UInt8(ascii: "^"), UInt8(ascii: "$"):
                endRun()
                try skipQuantifier()
            case UInt8(ascii: "\\"): try readEscape()
            case UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "?"): throw Unsure()
            case UInt8(ascii: "{") where bracesMayCount(at: place - 1): throw Unsure()
            case 0x20..<0x7f: try add(byte)
            default:
                // A character of several bytes, or a control: a quantifier behind it counts for all of it.
                endRun()
                while let more = peek(), more >= 0x80 { place += 1 }
                try skipQuantifier()
            }
        }
        endRun()
    }

    private func peek() -> UInt8? { place < pattern.count ? pattern[place] : nil }

    private mutating func next() -> UInt8? {
        guard let byte = peek() else { return nil }
        place += 1
        return byte
    }

    private mutating func endRun() {
        if run.count > best.count { best = run }
        run = []
    }

    /// Adds a letter, unless what follows lets it be left out.
    private mutating func add(_ byte: UInt8) throws {
        switch peek() {
        case UInt8(ascii: "{") where !bracesMayCount(at: place): run.append(byte)
        case UInt8(ascii: "*"), UInt8(ascii: "?"), UInt8(ascii: "{"):
            endRun()
            try skipQuantifier()
        case UInt8(ascii: "+"):
            run.append(byte)
            endRun()
            try skipQuantifier()
        default: run.append(byte)
        }
    }

    private mutating func readEscape() throws {
        guard let byte = next() else { throw Unsure() }
        switch byte {
        case UInt8(ascii: "d"), UInt8(ascii: "D"), UInt8(ascii: "s"), UInt8(ascii: "S"), UInt8(ascii: "w"),
            UInt8(ascii: "W"), UInt8(ascii: "b"), UInt8(ascii: "B"), UInt8(ascii: "t"):
            endRun()
            try skipQuantifier()
        case 0x21..<0x7f where !byte.isASCIIAlphanumeric:
            try add(byte)
        default: throw Unsure()
        }
    }

    /// Passes over what says how often: `*`, `+`, `?`, `{…}`, and a `?` or `+` behind it.
    private mutating func skipQuantifier() throws {
        switch peek() {
        case UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "?"): place += 1
        case UInt8(ascii: "{") where bracesMayCount(at: place):
            let inner = pattern[(place + 1)...].prefix { $0.isASCIIDigit || $0 == UInt8(ascii: ",") }
            let end = place + 1 + inner.count
            guard !inner.isEmpty, end < pattern.count, pattern[end] == UInt8(ascii: "}") else { throw Unsure() }
            place = end + 1
        default: return
        }
        if let more = peek(), more == UInt8(ascii: "?") || more == UInt8(ascii: "+") { place += 1 }
    }

    /// Whether braces may say how often, and are not text as in `{"loss": …`.
    private func bracesMayCount(at place: Int) -> Bool {
        guard place + 1 < pattern.count else { return false }
        return pattern[place + 1].isASCIIDigit || pattern[place + 1] == UInt8(ascii: ",") || pattern[place + 1] <= 0x20
    }

    private mutating func skipClass() throws {
        if peek() == UInt8(ascii: "^") { place += 1 }
        // A bracket that comes first is one of the characters.
        if peek() == UInt8(ascii: "]") { place += 1 }
        while let byte = next() {
            switch byte {
            case UInt8(ascii: "]"): return
            case UInt8(ascii: "["): throw Unsure()
            case UInt8(ascii: "\\"): guard let escaped = next(), escaped != UInt8(ascii: "Q") else { throw Unsure() }
            default: break
            }
        }
        throw Unsure()
    }

    private mutating func skipGroup() throws {
        switch peek() {
        case UInt8(ascii: "?"):
            // Only what changes nothing outside of it: (?:…), (?P<name>…), and looks ahead or behind.
            place += 1
            guard let kind = next(), ":P<=!".utf8.contains(kind) else { throw Unsure() }
        case UInt8(ascii: "*"): throw Unsure()
        default: break
        }
        while let byte = next() {
            switch byte {
            case UInt8(ascii: ")"): return
            case UInt8(ascii: "("): try skipGroup()
            case UInt8(ascii: "["): try skipClass()
            case UInt8(ascii: "\\"): guard let escaped = next(), escaped != UInt8(ascii: "Q") else { throw Unsure() }
            default: break
            }
        }
        throw Unsure()
    }
}
