/// What a line of a log says beside its metrics: the step, and which process of a distributed run wrote it.
///
/// Styles that are known: `step 12`, `global_step=12`, `iteration: 12`, `iter 12`, `'step': 12` (transformers, Lightning),
/// `[12]` at the beginning (XGBoost, LightGBM), else `Epoch 3` (Keras, plain loops). The position in a bar, as in `12/938`,
/// is none: it begins anew with every epoch.
struct LineFacts: Equatable {
    var step: Int?
    var rank: Int?

    private static let words: [StaticString] = ["step", "iteration", "iter", "epoch"]

    init(_ line: UnsafeBufferPointer<UInt8>) {
        let start = Self.tag(line)
        rank = start.rank
        let text = UnsafeBufferPointer(rebasing: line[start.end...])
        step = Self.bracket(text)
        for word in Self.words where step == nil { step = Self.number(after: word, in: text) }
    }

    /// A tag at the beginning: `[algo-2:3] ` of ours, `[rank3]:` and `[default3]:` of torchrun.
    private static func tag(_ line: UnsafeBufferPointer<UInt8>) -> (rank: Int?, end: Int) {
        guard line.count > 3, line[0] == UInt8(ascii: "["),
            let close = line.prefix(80).firstIndex(of: UInt8(ascii: "]"))
        else { return (nil, 0) }
        var first = close
        while first > 1, line[first - 1].isASCIIDigit { first -= 1 }
        guard first < close, close + 1 < line.count else { return (nil, 0) }
        let name = line[1..<first]
        // A host's name has a letter; a time of the day has none.
        let isOurs =
            name.last == UInt8(ascii: ":") && line[close + 1] == UInt8(ascii: " ")
            && name.contains { $0.isASCIILetter }
        let isTorch = name.elementsEqual("rank".utf8) || name.elementsEqual("default".utf8)
        guard isOurs || (isTorch && line[close + 1] == UInt8(ascii: ":")) else { return (nil, 0) }
        return (integer(line, first), min(close + 2, line.count))
    }

    /// `[12]` and a blank at the beginning.
    private static func bracket(_ line: UnsafeBufferPointer<UInt8>) -> Int? {
        guard line.count > 3, line[0] == UInt8(ascii: "["), line[1].isASCIIDigit else { return nil }
        var end = 1
        while end < line.count, line[end].isASCIIDigit { end += 1 }
        guard end + 1 < line.count, line[end] == UInt8(ascii: "]"), line[end + 1] <= 0x20 else { return nil }
        return integer(line, 1)
    }

    /// The integer that follows a word, with signs such as ` = `, `: ` or `':` between them.
    private static func number(after word: StaticString, in line: UnsafeBufferPointer<UInt8>) -> Int? {
        let letters = UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount)
        var place = 0
        while place + letters.count < line.count {
            guard line[place].lowercasedASCII == letters[0], isWord(letters, at: place, in: line) else {
                place += 1
                continue
            }
            place += letters.count
            var signs = place
            while signs < line.count, signs - place < 4, " =:'\"[#\t".utf8.contains(line[signs]) { signs += 1 }
            guard signs > place, signs < line.count, line[signs].isASCIIDigit else { continue }
            var end = signs
            while end < line.count, line[end].isASCIIDigit { end += 1 }
            // 1.25 epochs are no step.
            let isFraction = end + 1 < line.count && line[end] == UInt8(ascii: ".") && line[end + 1].isASCIIDigit
            if !isFraction { return integer(line, signs) }
        }
        return nil
    }

    /// Whether the letters stand there, with no letter before them: `global_step` counts, `timestep` does not.
    private static func isWord(
        _ letters: UnsafeBufferPointer<UInt8>,
        at place: Int,
        in line: UnsafeBufferPointer<UInt8>
    ) -> Bool {
        if place > 0 {
            let before = line[place - 1].lowercasedASCII
            if before.isASCIILowercase || before.isASCIIDigit { return false }
        }
        for index in letters.indices where line[place + index].lowercasedASCII != letters[index] { return false }
        return true
    }

    /// The digits from a place on, up to 18 of them.
    private static func integer(_ line: UnsafeBufferPointer<UInt8>, _ start: Int) -> Int? {
        var value = 0
        var place = start
        while place < line.count, line[place].isASCIIDigit {
            guard place - start < 18 else { return nil }
            value = value * 10 + Int(line[place] - UInt8(ascii: "0"))
            place += 1
        }
        return place > start ? value : nil
    }
}
