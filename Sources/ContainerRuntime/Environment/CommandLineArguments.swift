/// The arguments of the program: two words for each user hyperparameter, in the order of code points.
///
/// - The name is `-k` for a key of one character, `--key` for a longer one, and an empty word for the empty key.
/// - The value is Python's `str()`, nothing for null, and `k=v,k=v` for an object.
/// - A boolean may have another form, by `BooleanStyle`.
/// - There is no shell on the way: a value is one word whatever it holds.
public struct CommandLineArguments: Sendable, Equatable {
    /// The words as texts, for `SM_USER_ARGS`.
    public var words: [String] { rawStrings.map(\.description) }
    /// The words as the kernel gets them.
    public let rawStrings: [RawString]

    /// The longest argument or variable that the kernel takes, in bytes: MAX_ARG_STRLEN of execve(2), without the NUL.
    public static let longest = 131_071

    /// Makes the arguments of hyperparameters.
    ///
    /// - Throws: `Failure` that names the hyperparameter that holds a NUL or is too long.
    public init(_ hyperparameters: JSONObject, booleans: BooleanStyle = .value) throws(Failure) {
        var words: [RawString] = []
        words.reserveCapacity(2 * hyperparameters.count)
        func add(_ key: String, _ bytes: [UInt8]) throws(Failure) {
            guard let word = RawString(bytes: bytes) else { throw Failure(.containsNUL, key) }
            guard bytes.count <= Self.longest else {
                throw Failure(.argumentTooLong(bytes: bytes.count, limit: Self.longest), key)
            }
            words.append(word)
        }
        let members = hyperparameters.sorted
        for place in members.indices {
            let (key, value) = members[place]
            let text: String
            if case .bool(let flag) = value {
                switch booleans.argument(flag) {
                case .nothing: continue
                case .nameAlone:
                    try add(key, Self.name(key))
                    continue
                case .value(let word): text = word
                }
            } else {
                text = Self.value(value)
            }
            try add(key, Self.name(key))
            try add(key, Array(text.utf8))
        }
        rawStrings = words
    }

    private init(rawStrings: [RawString]) {
        self.rawStrings = rawStrings
    }

    /// The same arguments and words behind them, which are no hyperparameters.
    func appending(_ more: [RawString]) -> CommandLineArguments {
        more.isEmpty ? self : CommandLineArguments(rawStrings: rawStrings + more)
    }

    private static func name(_ key: String) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(2 + key.utf8.count)
        // No character has more than four bytes.
        let isLong = key.utf8.count > 4 || key.unicodeScalars.count > 1
        if !key.isEmpty { bytes.append(UInt8(ascii: "-")) }
        if isLong { bytes.append(UInt8(ascii: "-")) }
        bytes.append(utf8Of: key)
        return bytes
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
