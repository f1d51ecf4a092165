import SystemPackage

/// The words of a request: `internal TASK FIELD=VALUE … -- WORD …`.
///
/// - A field is one word, so that its value may be empty, begin with a dash, hold a line end and be no UTF-8.
/// - A field that has no value is left out; one that has several stands there for each. What follows `--` is a command.
struct HelperWords {
    /// What every request begins with; no command of a person's is called so.
    static let first: RawString = "internal"

    let name: RawString
    private var fields: [RawString] = []
    private var command: [RawString]

    typealias Fields = KeyValuePairs<RawString, any HelperValue>

    init(_ name: RawString, _ fields: Fields..., command: [RawString] = []) {
        (self.name, self.command) = (name, command)
        for fields in fields { add(fields) }
    }

    mutating func add(_ fields: Fields) {
        for (field, value) in fields { self.fields += value.fieldValues.map { RawString(field, equals: $0) } }
    }

    /// All words.
    var all: [RawString] { [Self.first, name] + fields + (command.isEmpty ? [] : ["--"] + command) }

    /// Takes words apart.
    init(_ words: [RawString]) throws(Failure) {
        guard words.count > 1, words[0] == Self.first else {
            throw .option("train internal", expected: "followed by a task", found: "")
        }
        let end = words.dropFirst(2).firstIndex(of: "--") ?? words.endIndex
        (name, fields, command) = (words[1], Array(words[2..<end]), Array(words[end...].dropFirst()))
    }

    /// Takes a field out.
    ///
    /// - Throws: `Failure` that names the field where its values do not make one of that type.
    mutating func take<Value: HelperValue>(_ field: RawString) throws(Failure) -> Value {
        let values = fields.compactMap { $0.value(of: field.description) }
        guard let value = Value(fieldValues: values) else { throw refusal(values, expected: "\(field)=VALUE") }
        fields.removeAll { $0.value(of: field.description) != nil }
        return value
    }

    /// Takes the command out.
    mutating func takeCommand() throws(Failure) -> [RawString] {
        defer { command = [] }
        if command.isEmpty { throw refusal([], expected: "-- COMMAND") }
        return command
    }

    /// Refuses what nobody has taken.
    func finish() throws(Failure) {
        if !fields.isEmpty || !command.isEmpty { throw refusal(fields + command, expected: "none but its own fields") }
    }

    func refusal(_ found: [RawString], expected: String) -> Failure {
        let found = found.map(\.description).joined(separator: " ")
        return .option("train internal \(name)", expected: "given \(expected)", found: found)
    }
}

/// What a field can hold: none, one or several values as bytes.
protocol HelperValue {
    var fieldValues: [RawString] { get }
    init?(fieldValues: [RawString])
}

extension HelperValue where Self: LosslessStringConvertible {
    /// A NUL, which no word can hold, ends it.
    var fieldValues: [RawString] { [RawString(stringLiteral: description)] }

    init?(fieldValues: [RawString]) {
        guard fieldValues.count == 1, let text = String(validating: fieldValues[0].bytes, as: UTF8.self) else {
            return nil
        }
        self.init(text)
    }
}

extension String: HelperValue {}
extension Int: HelperValue {}
extension Int32: HelperValue {}
extension Bool: HelperValue {}
extension LogPlace: HelperValue {}

extension FilePath: HelperValue {
    var fieldValues: [RawString] { [RawString(self)] }
    init?(fieldValues: [RawString]) {
        guard fieldValues.count == 1 else { return nil }
        self.init(fieldValues[0])
    }
}

extension MetricDefinition: HelperValue {
    // A list, since in an object the name MetricDefinitions has a meaning of its own.
    var fieldValues: [RawString] {
        let object = JSONObject([("Name", .string(name)), ("Regex", .string(regex))])
        return JSONWriter.text(.array([.object(object)])).fieldValues
    }

    init?(fieldValues: [RawString]) {
        let text = String(fieldValues: fieldValues) ?? ""
        guard let all = try? MetricDefinition.read(text: text, source: ""), all.count == 1 else { return nil }
        self = all[0]
    }
}

extension Optional: HelperValue where Wrapped: HelperValue {
    var fieldValues: [RawString] { self?.fieldValues ?? [] }
    init?(fieldValues: [RawString]) {
        self = Wrapped(fieldValues: fieldValues)
        if self == nil, !fieldValues.isEmpty { return nil }
    }
}

extension Array: HelperValue where Element: HelperValue {
    var fieldValues: [RawString] { flatMap(\.fieldValues) }
    init?(fieldValues: [RawString]) {
        self = fieldValues.compactMap { Element(fieldValues: [$0]) }
        if count != fieldValues.count { return nil }
    }
}
