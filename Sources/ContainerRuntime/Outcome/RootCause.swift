/// The one line that says why a program failed, out of the end of what it wrote to stderr.
///
/// - Python: the last exception line, the one after the frames of the last traceback; of a message of several lines the first.
/// - pip: its last line that begins with `ERROR:`.
/// - Everything else: the last line that is not empty.
public struct RootCause: Hashable, Sendable {
    /// The line.
    public let line: String
    /// The lines that end with it, for as much context as there is room: the traceback, or what was printed last.
    public let context: [String]

    /// A message of more lines than this after its exception line is more likely the log of a program that went on.
    private static let longestMessage = 40

    /// Reads the end of a stream; the cut off first line of a longer stream does not count.
    public init?(tail: [UInt8], isWhole: Bool = true) {
        var lines = Self.lines(tail)
        if !isWhole, lines.count > 1 { lines.removeFirst() }
        while lines.last?.isBlank == true { lines.removeLast() }
        guard let last = lines.indices.last else { return nil }
        let cause = Self.exceptionLine(lines) ?? last
        line = lines[cause]
        let begin = Self.beginOfTraceback(lines, before: cause) ?? 0
        context = Array(lines[begin...])
    }

    /// The last line that pip marked as an error, or the last line of all.
    static func ofInstaller(tail: [UInt8]) -> RootCause? {
        let lines = lines(tail).filter { !$0.isBlank }
        let marked =
            lines.last { $0.hasPrefix("ERROR: ") }
            ?? lines.lastIndex { $0.trimmed.hasPrefix("error: ") }
            .map { withCause(lines[$0...]) }
        guard let line = marked ?? reason(lines) ?? lines.last else { return nil }
        return RootCause(line: line.trimmed, context: lines)
    }

    /// An error of uv's, with the last of the causes that stand below it.
    private static func withCause(_ lines: ArraySlice<String>) -> String {
        let causes = lines.dropFirst().map(\.trimmed).prefix { $0.lowercased().hasPrefix("cause") }
        let last = causes.last.map { $0.drop { $0 != ":" } } ?? ""
        return (lines.first?.trimmed ?? "") + last
    }

    /// The last of the reasons that uv tells, each wrapped to the terminal's width.
    ///
    /// ```
    ///   × No solution found when resolving dependencies:
    ///   ╰─▶ Because nope was not found in the package registry and you require nope, we can conclude that your
    ///       requirements are unsatisfiable.
    /// ```
    private static func reason(_ lines: [String]) -> String? {
        guard let start = lines.lastIndex(where: { $0.trimmed.hasPrefix("╰─▶ ") }) else { return nil }
        let rest = lines[(start + 1)...].prefix { $0.hasPrefix("      ") }
        let words = [lines[start].trimmed.replacing("╰─▶ ", with: "")] + rest.map(\.trimmed)
        return words.joined(separator: " ")
    }

    /// The same cause, with the name of whose it is in front.
    func of(_ name: String) -> RootCause {
        RootCause(line: "\(name): \(line)", context: context)
    }

    /// The cause that a framework's bridge told; where it knows none, what stderr says.
    init(_ note: FailureNote, _ seen: RootCause?) {
        line = note.cause.isEmpty ? seen?.line ?? "" : note.cause
        context = note.traceback.isEmpty ? seen?.context ?? [] : note.traceback
    }

    init(line: String, context: [String]) {
        self.line = line
        self.context = context
    }

    /// Lines as a terminal would leave them: what a carriage return went back over is gone, escape sequences too.
    static func lines(_ bytes: [UInt8]) -> [String] {
        bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map { line in
            let text = line.last == UInt8(ascii: "\r") ? line.dropLast() : line
            let shown = text.lastIndex(of: UInt8(ascii: "\r")).map { text[text.index(after: $0)...] } ?? text
            return String(decoding: withoutEscapes(shown), as: UTF8.self)
        }
    }

    /// Drops terminal escape sequences and control characters other than tabs: ECMA-48, 5.4.
    private static func withoutEscapes(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        var kept: [UInt8] = []
        var index = bytes.startIndex
        while index < bytes.endIndex {
            let byte = bytes[index]
            index += 1
            guard byte == 0x1b else {
                if byte >= 0x20 && byte != 0x7f || byte == 0x09 { kept.append(byte) }
                continue
            }
            guard index < bytes.endIndex, bytes[index] == UInt8(ascii: "[") else { continue }
            index += 1
            while index < bytes.endIndex, !(0x40...0x7e).contains(bytes[index]) { index += 1 }
            if index < bytes.endIndex { index += 1 }
        }
        return kept
    }

    private static func exceptionLine(_ lines: [String]) -> Int? {
        let first = max(1, lines.count - longestMessage)
        return lines.indices.reversed().first { index in
            guard index >= first, isException(lines[index]) else { return false }
            // Frames are indented, and the exception line is the first after them that is not.
            return lines[index - 1].isIndented || lines[index - 1].hasPrefix("Traceback (most recent call last)")
        }
    }

    /// `package.Name: message`, or `Name` alone.
    private static func isException(_ line: String) -> Bool {
        let name = line.utf8.prefix { $0 != UInt8(ascii: ":") }
        guard let first = name.first, isLetter(first), name.count <= 256 else { return false }
        guard name.allSatisfy({ isLetter($0) || $0 == UInt8(ascii: ".") || $0.isASCIIDigit }) else {
            return false
        }
        let rest = line.utf8.dropFirst(name.count)
        return rest.isEmpty || rest.starts(with: ": ".utf8)
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        byte.isASCIILetter || byte == UInt8(ascii: "_")
    }

    private static func beginOfTraceback(_ lines: [String], before end: Int) -> Int? {
        lines[...end].lastIndex { $0.hasPrefix("Traceback (most recent call last)") }
    }
}

extension String {
    var isBlank: Bool { utf8.allSatisfy { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") } }
    fileprivate var isIndented: Bool { utf8.first == UInt8(ascii: " ") || utf8.first == UInt8(ascii: "\t") }
}
