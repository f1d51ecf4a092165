import Testing

@testable import ContainerRuntime

@Suite struct LineSplitterTests {
    /// The lines of a text that comes in pieces of a size: `|` stands for a line feed, `<` for a carriage return, `…` for a cut.
    private func lines(_ text: String, _ size: Int, longest: Int, endsAtReturns: Bool) -> String {
        var splitter = LineSplitter(longest: longest, endsAtReturns: endsAtReturns)
        let bytes = Array(text.utf8)
        var output = ""
        for start in stride(from: 0, to: bytes.count, by: size) {
            var piece = bytes[start..<min(bytes.count, start + size)]
            while let line = splitter.next(&piece) {
                let end =
                    switch line.end {
                    case .lineFeed: "|"
                    case .carriageReturn: "<"
                    case .cut: "…"
                    }
                output += String(decoding: line.bytes, as: UTF8.self) + end
            }
            #expect(piece.isEmpty)
        }
        return output + (splitter.finish().map { String(decoding: $0, as: UTF8.self) } ?? "")
    }

    @Test(
        arguments: [
            ("", ""), ("a", "a"), ("a\nb\n", "a|b|"), ("\n\n", "||"), ("a\rb\r\n", "a<b<|"), ("abcd\n", "abcd|"),
            ("abcde\n", "abcd…e|"), ("abcdefgh\n", "abcd…efgh|"), ("abcdefghi", "abcd…efgh…i"), ("é€\n", "é…€|"),
            ("abc😀\n", "abc…😀|"),
        ] as [(String, String)]
    )
    func whereTheBytesAreCutChangesNothing(_ text: String, _ expected: String) {
        for size in 1...6 {
            #expect(lines(text, size, longest: 4, endsAtReturns: true) == expected, "pieces of \(size)")
        }
    }

    @Test func aReturnIsAByteWhereItEndsNoLine() {
        for size in 1...4 { #expect(lines("a\r\nb\r", size, longest: 9, endsAtReturns: false) == "a\r|b\r") }
    }

    /// What is no UTF-8 has no characters to keep whole, and is never held back.
    @Test func bytesThatAreNoCharactersAreCutAnywhere() {
        var splitter = LineSplitter(longest: 4)
        var piece = [UInt8](repeating: 0x80, count: 9)[...]
        #expect(splitter.next(&piece)?.bytes.count == 4)
        #expect(splitter.next(&piece)?.bytes.count == 4)
        #expect(splitter.next(&piece) == nil && splitter.finish()?.count == 1)
    }
}
