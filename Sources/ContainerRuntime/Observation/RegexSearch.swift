import CRegex

/// A compiled regular expression of Python's dialect, whose work on a text is bounded.
///
/// PCRE2 compiles it to machine code; Swift's own Regex takes 150 times as long on a log: docs/benchmarks.md.
final class RegexSearch {
    /// Why a pattern is none.
    struct Problem: Error {
        let words: String
    }

    enum Answer: Equatable {
        case none
        /// The bytes of the first group, or nil where it took no part in the match.
        case found(Range<Int>?)
        /// The bound on the work was reached.
        case givenUp
    }

    private let search: OpaquePointer
    /// How many groups it captures.
    let groups: Int

    /// Compiles a pattern.
    ///
    /// The corresponding C function is `pcre2_compile`.
    init(_ pattern: String) throws(Problem) {
        var pattern = Self.translated(pattern)
        var groups: UInt32 = 0
        var error: Int32 = 0
        var offset = 0
        let made = pattern.withUTF8 { bytes in
            bytes.withMemoryRebound(to: CChar.self) {
                regex_search_compile($0.baseAddress, $0.count, &groups, &error, &offset)
            }
        }
        guard let made else {
            var words = [CChar](repeating: 0, count: 256)
            regex_search_message(error, &words, words.count)
            let text = String(decoding: words.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
            throw Problem(words: "\(text) at offset \(offset)")
        }
        search = made
        self.groups = Int(groups)
    }

    deinit { regex_search_free(search) }

    /// Looks for the first match in a text; invalid UTF-8 in it matches nothing.
    func first(in text: UnsafeBufferPointer<UInt8>) -> Answer {
        var (start, end) = (0, 0)
        switch regex_search_first(search, text.baseAddress, text.count, &start, &end) {
        case 0: return .none
        case 1: return .found(start <= end && end <= text.count ? start..<end : nil)
        default: return .givenUp
        }
    }

    /// The pattern with `{,n}` as `{0,n}`: PCRE2 before 10.43 takes Python's short form for a text.
    static func translated(_ pattern: String) -> String {
        var output: [UInt8] = []
        let bytes = Array(pattern.utf8)
        var place = 0
        while place < bytes.count {
            let byte = bytes[place]
            output.append(byte)
            place += 1
            if byte == UInt8(ascii: "\\"), place < bytes.count {
                output.append(bytes[place])
                place += 1
            } else if byte == UInt8(ascii: "{"), place < bytes.count, bytes[place] == UInt8(ascii: ",") {
                let digits = bytes[(place + 1)...].prefix(while: \.isASCIIDigit)
                let end = place + 1 + digits.count
                if !digits.isEmpty, end < bytes.count, bytes[end] == UInt8(ascii: "}") {
                    output.append(UInt8(ascii: "0"))
                }
            }
        }
        return String(decoding: output, as: UTF8.self)
    }
}
