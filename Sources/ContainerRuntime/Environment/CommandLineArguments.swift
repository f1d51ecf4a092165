/// The arguments of the program: two words for each user hyperparameter, in the order of code points.
///
/// - The name is `-k` for a key of one character, `--key` for a longer one, and an empty word for the empty key.
/// - The value is Python's `str()`, nothing for null, and `k=v,k=v` for an object.
/// - A boolean may have another form, by `BooleanStyle`.
/// - There is no shell on the way: a value is one word whatever it holds.
public struct CommandLineArguments: Sendable, Equatable {
    /// The words, for `SM_USER_ARGS`.
    public let words: [String]
    /// The words as the kernel gets them.
    public let rawStrings: [RawString]

    /// The longest argument or variable that the kernel takes, in bytes: MAX_ARG_STRLEN of execve(2), without the NUL.
    public static let longest = 131_071

    /// Makes the arguments of hyperparameters.
    ///
    /// - Throws: `Failure` that names the hyperparameter that holds a NUL or is too long.
    public init(_ hyperparameters: JSONObject, booleans: BooleanStyle = .value) throws(Failure) {
        var words: [String] = []
        var raw: [RawString] = []
        for (key, value) in hyperparameters.sorted {
            for word in Self.words(key, value, booleans) {
                guard let string = RawString(word) else { throw Failure(.containsNUL, key) }
                guard string.bytes.count <= Self.longest else {
                    throw Failure(.argumentTooLong(bytes: string.bytes.count, limit: Self.longest), key)
                }
                words.append(word)
                raw.append(string)
            }
        }
        (self.words, rawStrings) = (words, raw)
    }

    private init(words: [String], rawStrings: [RawString]) {
        (self.words, self.rawStrings) = (words, rawStrings)
    }

    /// The same arguments and words behind them, which are no hyperparameters.
    func appending(_ more: [RawString]) -> CommandLineArguments {
        guard !more.isEmpty else { return self }
        return CommandLineArguments(words: words + more.map(\.description), rawStrings: rawStrings + more)
    }

    private static func words(_ key: String, _ value: JSONValue, _ booleans: BooleanStyle) -> [String] {
        if case .bool(let value) = value { return booleans.words(name(key), value) }
        return [name(key), Self.value(value)]
    }

    private static func name(_ key: String) -> String {
        switch key.unicodeScalars.prefix(2).count {
        case 0: ""
        case 1: "-\(key)"
        default: "--\(key)"
        }
    }

    private static func value(_ value: JSONValue) -> String {
        switch value {
        case .null: ""
        case .object(let members):
            members.sorted.map { "\($0.key)=\(PythonText.str($0.value))" }.joined(separator: ",")
        default: PythonText.str(value)
        }
    }
}
