/// Which names hold secrets, word by word: `HF_TOKEN` does, `TOKENIZER_NAME` and `max_tokens` do not.
enum SecretNames {
    /// Words that make a name secret wherever they stand.
    private static let anywhere: Set<String> = [
        "secret", "secrets", "password", "passwd", "passphrase", "credential", "credentials", "apikey", "authorization",
    ]

    /// Words that make a name secret only as its last one: `TOKEN_LIMIT` holds none.
    private static let last: Set<String> = ["token", "pwd", "auth", "pat"]

    /// Words before `token` that tell of text, not of access.
    private static let textual: Set<String> = [
        "pad", "eos", "bos", "unk", "cls", "sep", "mask", "special", "start", "end", "stop", "per", "image", "new",
    ]

    /// Words that make a `key` at the end one that opens something: `label_key` does not.
    private static let opening: Set<String> = [
        "api", "access", "secret", "private", "encryption", "signing", "account", "auth", "ssh", "storage", "service",
        "license", "subscription", "deploy", "master", "shared", "client", "openai", "azure", "wandb", "comet",
        "neptune", "hf", "github", "gitlab", "google", "aws", "anthropic",
    ]

    /// Names that are secret without such a word.
    private static let whole: Set<String> = ["aws_access_key_id", "key", "aws_container_authorization_token"]

    /// Whether the value of a variable or hyperparameter of this name is to be hidden.
    static func contains(_ name: String) -> Bool {
        guard mayContain(name) else { return false }
        let name = String(decoding: name.utf8.drop { $0 == UInt8(ascii: "-") }, as: UTF8.self)
        if ["PWD", "OLDPWD"].contains(name) { return false }
        let words = words(of: name).filter { !$0.utf8.allSatisfy(\.isASCIIDigit) }
        if whole.contains(name.lowercased()) || !anywhere.isDisjoint(with: words) { return true }
        guard let end = words.last else { return false }
        let before = words.dropLast()
        if last.contains(end) { return before.last.map { !textual.contains($0) } ?? true }
        return end == "key" && !opening.isDisjoint(with: before)
    }

    /// Whether a name has a part that every secret name has; thousands of others need not be cut into words.
    private static func mayContain(_ name: String) -> Bool {
        name.withBytes { letters in
            letters.indices.contains { place in
                // The small letter of a capital; no other byte becomes one of these six.
                switch letters[place] | 0x20 {
                case UInt8(ascii: "s"): follows("secret", letters, place)
                case UInt8(ascii: "p"):
                    follows("pass", letters, place) || follows("pwd", letters, place) || follows("pat", letters, place)
                case UInt8(ascii: "c"): follows("credential", letters, place)
                case UInt8(ascii: "k"): follows("key", letters, place)
                case UInt8(ascii: "t"): follows("token", letters, place)
                case UInt8(ascii: "a"): follows("auth", letters, place)
                default: false
                }
            }
        }
    }

    private static func follows(_ part: StaticString, _ letters: UnsafeBufferPointer<UInt8>, _ place: Int) -> Bool {
        guard letters.count - place >= part.utf8CodeUnitCount else { return false }
        return (0..<part.utf8CodeUnitCount).allSatisfy { letters[place + $0].lowercasedASCII == part.utf8Start[$0] }
    }

    /// The words of a name in small letters: `hfToken`, `HF_TOKEN`, `hf-token` and `HFToken` have the same two.
    static func words(of name: String) -> [String] {
        if name.utf8.allSatisfy({ $0 < 0x80 }) { return words(ofASCII: Array(name.utf8)) }
        var words: [String] = []
        var word = ""
        let letters = Array(name.unicodeScalars)
        for (place, letter) in letters.enumerated() {
            let isUpper = letter.properties.isUppercase
            let follows = place > 0 && letters[place - 1].properties.isLowercase
            let starts =
                place > 0 && letters[place - 1].properties.isUppercase && place + 1 < letters.count
                && letters[place + 1].properties.isLowercase
            let isWord = letter.properties.isAlphabetic || letter.properties.numericType != nil
            if !isWord || (isUpper && (follows || starts)) {
                if !word.isEmpty { words.append(word) }
                word = ""
            }
            if isWord { word += letter.properties.lowercaseMapping }
        }
        if !word.isEmpty { words.append(word) }
        return words
    }

    /// The same without a look into Unicode's tables, which costs a microsecond a letter.
    private static func words(ofASCII name: [UInt8]) -> [String] {
        var words: [String] = []
        var start: Int?
        func close(at end: Int) {
            guard let first = start else { return }
            words.append(String(decoding: name[first..<end].map(\.lowercasedASCII), as: UTF8.self))
            start = nil
        }
        for (place, letter) in name.enumerated() {
            guard letter.isASCIIAlphanumeric else {
                close(at: place)
                continue
            }
            if letter.isASCIIUppercase, place > 0 {
                let endsCapitals = place + 1 < name.count && name[place + 1].isASCIILowercase
                let before = name[place - 1]
                if before.isASCIILowercase || (before.isASCIIUppercase && endsCapitals) { close(at: place) }
            }
            if start == nil { start = place }
        }
        close(at: name.count)
        return words
    }
}
