public import SystemPackage

/// A metric that is looked for in the log: its name, and a regular expression whose first group is the number.
///
/// Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_MetricDefinition.html
public struct MetricDefinition: Hashable, Sendable {
    /// The name, 1 to 255 characters.
    public let name: String
    /// The regular expression in Python's dialect, 1 to 500 characters.
    public let regex: String

    /// How many definitions a job may have.
    public static let most = 40
    /// What a text of definitions must be, for messages.
    public static let expected =
        "a JSON object of names and regexes, such as {\"loss\": \"loss: ([0-9.]+)\"}: \(most) at most, names of 1 to 255 "
        + "characters, regexes of 1 to 500"

    /// Makes a definition.
    ///
    /// - Throws: `Failure` with code `unexpectedValue` where the name or the regex is empty or too long.
    public init(name: String, regex: String, source: String = "metrics") throws(Failure) {
        func check(_ text: String, _ most: Int, _ what: String) throws(Failure) {
            let count = text.unicodeScalars.count
            guard !(1...most ~= count) else { return }
            let expected = "\(what) of 1 to \(most) characters"
            throw Failure(.unexpectedValue(key: name, expected: expected, found: "\(count)"), source)
        }
        try check(name, 255, "a name")
        try check(regex, 500, "a regex")
        (self.name, self.regex) = (name, regex)
    }

    /// Makes a definition of `NAME=REGEX`, as a command line has it.
    public init(text: String) throws(Failure) {
        guard let end = text.utf8.firstIndex(of: UInt8(ascii: "=")) else {
            throw Failure(.settingUnusable(expected: "NAME=REGEX", found: text), "metric")
        }
        try self.init(name: String(text[..<end]), regex: String(text[text.utf8.index(after: end)...]))
    }

    /// Reads definitions in any of the forms that are about: `{name: regex}`, `{name: {"Regex": …}}`,
    /// `[{"Name": …, "Regex": …}]`, and `{"MetricDefinitions": …}` around one of them.
    ///
    /// - Throws: `Failure` that names the source and what is wrong; a name that comes twice keeps its last regex.
    public static func read(_ value: JSONValue, source: String) throws(Failure) -> [MetricDefinition] {
        var found: [MetricDefinition] = []
        switch value {
        case .object(let members):
            if members.count == 1, let inner = members["MetricDefinitions"] { return try read(inner, source: source) }
            for (name, value) in members {
                found.append(try read(name, value.string ?? value.object?["Regex"]?.string, source))
            }
        case .array(let elements):
            for element in elements {
                guard let name = element.object?["Name"]?.string else {
                    throw Failure(.unexpectedValue(key: "Name", expected: "a string", found: "none"), source)
                }
                found.append(try read(name, element.object?["Regex"]?.string, source))
            }
        case .null: break
        default: throw Failure(.unexpectedValue(key: "", expected: "an object or a list", found: value.kind), source)
        }
        return try merge(found, source: source)
    }

    /// Reads definitions of a JSON text.
    public static func read(text: String, source: String) throws(Failure) -> [MetricDefinition] {
        let value: JSONValue
        do throws(JSONProblem) {
            value = try JSONReader.read(text: text)
        } catch {
            throw error.failure(of: source, Array(text.utf8))
        }
        return try read(value, source: source)
    }

    /// Reads the definitions of a file; no file is no definitions.
    public static func read(file: FilePath) throws(Failure) -> [MetricDefinition] {
        guard let bytes = try ConfigurationFile.readBytes(file) else { return [] }
        let value: JSONValue
        do throws(JSONProblem) {
            value = try JSONReader.read(bytes)
        } catch {
            throw error.failure(of: file.string, bytes)
        }
        return try read(value, source: file.string)
    }

    /// Definitions without doubles: of two of one name the later one counts.
    ///
    /// - Throws: `Failure` where there are more than `most`.
    public static func merge(_ definitions: [MetricDefinition], source: String) throws(Failure) -> [MetricDefinition] {
        var all: [MetricDefinition] = []
        for definition in definitions {
            if let place = all.firstIndex(where: { $0.name.hasSameBytes(as: definition.name) }) {
                all[place] = definition
            } else {
                all.append(definition)
            }
        }
        guard all.count <= most else {
            let expected = "\(most) metrics at most"
            throw Failure(.unexpectedValue(key: "", expected: expected, found: "\(all.count)"), source)
        }
        return all
    }

    private static func read(_ name: String, _ regex: String?, _ source: String) throws(Failure) -> MetricDefinition {
        guard let regex else {
            throw Failure(.unexpectedValue(key: name, expected: "a regex", found: "none"), source)
        }
        return try MetricDefinition(name: name, regex: regex, source: source)
    }
}
