/// Texts of others in lines of ours.
extension String {
    /// The text cut to so many bytes of UTF-8, with an ellipsis where something is gone; never in a character's middle.
    func cut(toUTF8 limit: Int) -> String {
        guard utf8.count > limit else { return self }
        var kept = String.UnicodeScalarView()
        var room = limit - 3
        for scalar in unicodeScalars {
            room -= UTF8.width(scalar)
            if room < 0 { break }
            kept.append(scalar)
        }
        return String(kept) + "…"
    }

    /// The text with line ends shown as `\n`, so that a value with several lines cannot pass for lines of ours.
    var asOneLine: String {
        guard utf8.contains(where: { $0 < 0x20 || $0 == 0x7f }) else { return self }
        var text = ""
        for scalar in unicodeScalars {
            switch scalar {
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\t"
            default: if scalar.value >= 0x20 && scalar.value != 0x7f { text.unicodeScalars.append(scalar) }
            }
        }
        return text
    }

    /// The text without blanks and tabs at its ends.
    var trimmed: String {
        let blank: (UInt8) -> Bool = { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
        let front = utf8.drop(while: blank)
        return String(Substring(front.prefix(front.count - front.reversed().prefix(while: blank).count)))
    }
}

extension [String] {
    /// Names, as far as they fit in a line.
    var listing: String {
        let shown = prefix(12).joined(separator: ", ")
        return count > 12 ? "\(shown) and \(count - 12) more" : shown
    }

    /// What a directory of these names holds, as far as it fits in a line.
    var directoryListing: String { isEmpty ? "the directory is empty" : "the directory holds \(listing)" }
}
