/// What one value must be, by the plain part of JSON Schema.
struct ValueSchema: Sendable {
    /// The kinds of value that a schema tells apart.
    enum Kind: String, CaseIterable {
        case integer
        case number
        case boolean
        case string
        case null
        case array
        case object
    }

    /// What may be in an object beside its properties.
    indirect enum Others {
        case anything
        case nothing
        case values(ValueSchema)
    }

    /// Empty where every kind is allowed.
    var kinds: [Kind] = []
    var choices: [JSONValue]?
    var minimum: JSONNumber?
    var maximum: JSONNumber?
    var exclusiveMinimum: JSONNumber?
    var exclusiveMaximum: JSONNumber?
    var defaultValue: JSONValue?
    var required: [String] = []
    var properties: [(key: String, schema: ValueSchema)] = []
    var others = Others.anything
}

extension ValueSchema {
    /// Makes schemas of JSON, and remembers the keywords that it has no use for.
    struct Reader {
        let file: String
        var unchecked: [String] = []

        /// Keywords that say something to people only.
        private static let annotations: Set<String> = [
            "$schema", "$id", "$comment", "title", "description", "examples", "deprecated", "readOnly", "writeOnly",
        ]

        /// Reads a schema; its place is the names of the keywords that lead to it.
        mutating func read(_ value: JSONValue, at place: String) throws(Failure) -> ValueSchema {
            guard let object = value.object else { throw unexpected(place, "an object", value) }
            var schema = ValueSchema()
            for (key, value) in object {
                let here = place.isEmpty ? key : "\(place).\(key)"
                switch key {
                case "type": schema.kinds = try kinds(value, here)
                case "enum":
                    guard let choices = value.array, !choices.isEmpty else { throw unexpected(here, "a list", value) }
                    schema.choices = choices
                case "const": schema.choices = [value]
                case "minimum": schema.minimum = try number(value, here)
                case "maximum": schema.maximum = try number(value, here)
                case "exclusiveMinimum": schema.exclusiveMinimum = try number(value, here)
                case "exclusiveMaximum": schema.exclusiveMaximum = try number(value, here)
                case "default": schema.defaultValue = value
                case "required": schema.required = try names(value, here)
                case "properties": schema.properties = try members(value, here)
                case "additionalProperties": schema.others = try others(value, here)
                default: if !Self.annotations.contains(key) { unchecked.append(key) }
                }
            }
            return schema
        }

        private mutating func members(
            _ value: JSONValue,
            _ place: String
        ) throws(Failure) -> [(key: String, schema: ValueSchema)] {
            guard let object = value.object else { throw unexpected(place, "an object", value) }
            var members: [(key: String, schema: ValueSchema)] = []
            for (key, value) in object {
                // `true` is a schema that allows everything.
                let schema = value == .bool(true) ? ValueSchema() : try read(value, at: "\(place).\(key)")
                members.append((key, schema))
            }
            return members
        }

        private mutating func others(_ value: JSONValue, _ place: String) throws(Failure) -> Others {
            if case .bool(let allowed) = value { return allowed ? .anything : .nothing }
            guard value.object != nil else { throw unexpected(place, "a boolean or an object", value) }
            return .values(try read(value, at: place))
        }

        private func kinds(_ value: JSONValue, _ place: String) throws(Failure) -> [Kind] {
            var kinds: [Kind] = []
            for name in value.array ?? [value] {
                guard let kind = name.string.flatMap(Kind.init(rawValue:)) else {
                    let all = Kind.allCases.map(\.rawValue).joined(separator: ", ")
                    let found = JSONWriter.text(name)
                    throw Failure(.unexpectedValue(key: place, expected: "one of \(all)", found: found), file)
                }
                kinds.append(kind)
            }
            return kinds
        }

        private func number(_ value: JSONValue, _ place: String) throws(Failure) -> JSONNumber {
            // NaN as a limit would forbid everything; a draft-4 schema has booleans for the exclusive limits.
            guard case .number(let number) = value, !number.double.isNaN else {
                throw unexpected(place, "a number", value)
            }
            return number
        }

        private func names(_ value: JSONValue, _ place: String) throws(Failure) -> [String] {
            guard let list = value.array else { throw unexpected(place, "a list of names", value) }
            let names = list.compactMap(\.string)
            guard names.count == list.count else { throw unexpected(place, "a list of names", value) }
            return names
        }

        private func unexpected(_ place: String, _ expected: String, _ value: JSONValue) -> Failure {
            let found = value.object == nil && value.array == nil ? JSONWriter.text(value) : value.kind
            return Failure(.unexpectedValue(key: place, expected: expected, found: found), file)
        }
    }
}
