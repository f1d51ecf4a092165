/// Hides the secrets of a job in everything that the runtime prints or writes.
///
/// - It knows the values of secret-looking hyperparameters and variables, and hides them wherever they appear.
/// - Texts that look like keys are hidden whether they are known or not.
/// - What the program itself prints is not touched, and neither is what `train env` prints.
public struct SecretMask: Sendable {
    /// What stands in the place of a secret.
    public static let cover = "******"

    /// The values, longest first, so that one that holds another is hidden whole.
    private let values: [[UInt8]]

    /// Shorter values are words of any text: hiding them everywhere would hide the text and no secret.
    private static let shortest = 4
    /// Values of secret-looking names that are no secrets.
    private static let harmless: Set<String> = ["true", "false", "none", "null", "True", "False", "None"]

    /// Makes a mask that only knows what keys look like.
    public init() {
        values = []
    }

    /// Makes a mask of the values of a job.
    public init(hyperparameters: JSONObject, variables: EnvironmentVariables) {
        var secrets = Set<[UInt8]>()
        func add(_ value: [UInt8]) {
            guard value.count >= Self.shortest, !Self.harmless.contains(String(decoding: value, as: UTF8.self)) else {
                return
            }
            secrets.insert(value)
        }
        for (key, value) in hyperparameters {
            let texts = SecretNames.contains(key) ? Self.texts(in: value) : Self.secretMembers(of: value)
            for text in texts { add(Array(text.utf8)) }
        }
        for entry in variables.entries {
            guard let name = EnvironmentVariables.name(of: entry), SecretNames.contains(name.description) else {
                continue
            }
            add(Array(entry.bytes.dropFirst(name.bytes.count + 1)))
        }
        values = secrets.sorted { $0.count == $1.count ? $0.lexicographicallyPrecedes($1) : $0.count > $1.count }
    }

    /// Makes a mask of a job's facts.
    public init(_ environment: TrainingEnvironment) {
        self.init(hyperparameters: environment.configuration.hyperparameters.all, variables: environment.incoming)
    }

    /// The text with every secret covered.
    public func mask(_ text: String) -> String {
        String(decoding: mask(Array(text.utf8)), as: UTF8.self)
    }

    /// The bytes with every secret covered.
    public func mask(_ text: [UInt8]) -> [UInt8] {
        let known = values.reduce(text) { Self.cover($0, $1) }
        var masked: [UInt8] = []
        var place = 0
        for range in SecretPatterns.ranges(in: known) {
            masked += known[place..<range.lowerBound] + Array(Self.cover.utf8)
            place = range.upperBound
        }
        return masked + known[place...]
    }

    /// The value as it may be shown beside its name.
    public func shown(_ name: String, _ value: String) -> String {
        SecretNames.contains(name) && !value.isEmpty ? Self.cover : mask(value)
    }

    private static func cover(_ text: [UInt8], _ secret: [UInt8]) -> [UInt8] {
        var covered: [UInt8] = []
        var start = 0
        var place = 0
        while place + secret.count <= text.count {
            guard text[place] == secret[0], text[place..<place + secret.count].elementsEqual(secret) else {
                place += 1
                continue
            }
            covered += text[start..<place] + Array(Self.cover.utf8)
            place += secret.count
            start = place
        }
        return start == 0 ? text : covered + text[start...]
    }

    /// Every text in a value, and the text of every other scalar.
    private static func texts(in value: JSONValue) -> [String] {
        switch value {
        case .null, .bool: []
        case .number, .string: [PythonText.str(value)]
        case .array(let elements): elements.flatMap(texts)
        case .object(let members): members.flatMap { texts(in: $0.value) }
        }
    }

    /// The texts of members that have secret-looking names, at any depth.
    private static func secretMembers(of value: JSONValue) -> [String] {
        switch value {
        case .array(let elements): elements.flatMap(secretMembers)
        case .object(let members):
            members.flatMap { SecretNames.contains($0.key) ? texts(in: $0.value) : secretMembers(of: $0.value) }
        default: []
        }
    }
}
