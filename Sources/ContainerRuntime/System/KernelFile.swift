import SystemPackage

/// A small file of the kernel's that is read again and again: opened once, read from its beginning each time.
final class KernelFile {
    private let file: OwnedDescriptor

    init?(_ path: FilePath) {
        do { file = try OwnedDescriptor.open(path, options: [.nonBlocking, .noControllingTerminal]) } catch {
            return nil
        }
    }

    /// What it holds now, up to 32 KiB, or nothing where it cannot be read.
    func withText<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result?) -> Result? {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 1 << 15) { buffer in
            let count = (try? file.readSome(into: UnsafeMutableRawBufferPointer(buffer), at: 0)) ?? 0
            return count > 0 ? body(UnsafeBufferPointer(rebasing: buffer[..<count])) : nil
        }
    }

    /// The first number in it.
    var number: Int? { withText { KernelText($0).number(at: 0) } }

    /// The number behind a word at the beginning of a line.
    func number(after word: StaticString) -> Int? { withText { KernelText($0).number(after: word) } }
}

/// Numbers in a text of the kernel's: lines of words with blanks between them.
struct KernelText {
    private let text: UnsafeBufferPointer<UInt8>

    init(_ text: UnsafeBufferPointer<UInt8>) {
        self.text = text
    }

    /// The number at a place, blanks before it passed over, or nil where there is none that fits.
    func number(at place: Int) -> Int? {
        var place = place
        while place < text.count, text[place] == 0x20 || text[place] == 0x09 { place += 1 }
        let start = place
        var value = 0
        while place < text.count, text[place].isASCIIDigit {
            let (product, tooLarge) = value.multipliedReportingOverflow(by: 10)
            let (sum, overflows) = product.addingReportingOverflow(Int(text[place] - UInt8(ascii: "0")))
            if tooLarge || overflows { return nil }
            value = sum
            place += 1
        }
        return place > start ? value : nil
    }

    /// The number behind a word at the beginning of a line.
    func number(after word: StaticString) -> Int? {
        var found: Int?
        eachLine { line in
            guard found == nil, let rest = Self.rest(of: line, after: word) else { return }
            found = KernelText(rest).number(at: 0)
        }
        return found
    }

    /// The sum of the numbers that stand behind a word, anywhere in the text.
    func sum(after word: StaticString) -> Int {
        var sum = 0
        let letters = UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount)
        var place = 0
        while place + letters.count < text.count {
            if text[place] == letters[0], text[place..<place + letters.count].elementsEqual(letters) {
                sum &+= number(at: place + letters.count) ?? 0
                place += letters.count
            } else {
                place += 1
            }
        }
        return sum
    }

    /// Calls the body with every line.
    func eachLine(_ body: (UnsafeBufferPointer<UInt8>) -> Void) {
        var start = 0
        while start < text.count {
            var end = start
            while end < text.count, text[end] != UInt8(ascii: "\n") { end += 1 }
            body(UnsafeBufferPointer(rebasing: text[start..<end]))
            start = end + 1
        }
    }

    private static func rest(
        of line: UnsafeBufferPointer<UInt8>,
        after word: StaticString
    ) -> UnsafeBufferPointer<UInt8>? {
        let letters = UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount)
        guard line.count > letters.count, line[..<letters.count].elementsEqual(letters) else { return nil }
        return UnsafeBufferPointer(rebasing: line[letters.count...])
    }
}
