/// What stands in a copied stream where bytes are missing: a NUL, words with their number, a NUL.
enum DropMark {
    static let longest = 40
    static let words: StaticString = "\0train dropped "

    static func bytes(_ count: Int) -> [UInt8] { Array("\(words)\(count)\0".utf8) }
}
