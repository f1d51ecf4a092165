extension ValueSchema {
    /// What is wrong with the members of an object.
    ///
    /// - Parameters:
    ///   - members: The members.
    ///   - path: The names that lead to the object, each with a point behind it.
    ///   - text: The text that a member was written as, where it was one: "10" may be meant as a text.
    /// - Returns: What is missing, then what is wrong, in the order of the members.
    func problemsOfMembers(
        _ members: JSONObject,
        of path: String,
        text: (String) -> String? = { _ in nil }
    ) -> [HyperparameterProblem] {
        let missing = required.filter { members[$0] == nil }
            .map { HyperparameterProblem(key: path + $0, kind: .missing) }
        return missing
            + members.flatMap { key, value in
                if let schema = properties.first(where: { $0.key.hasSameBytes(as: key) })?.schema {
                    return schema.problems(value, path + key, text(key))
                }
                return switch others {
                case .anything: []
                case .nothing: [HyperparameterProblem(key: path + key, kind: .unknown(known: properties.map(\.key)))]
                case .values(let schema): schema.problems(value, path + key, text(key))
                }
            }
    }

    /// What is wrong with a value.
    private func problems(_ value: JSONValue, _ key: String, _ text: String?) -> [HyperparameterProblem] {
        guard allows(value) || text.map(allowsText) ?? false else {
            return [HyperparameterProblem(key: key, kind: .value(expected: expected, found: Self.shown(value)))]
        }
        return value.object.map { problemsOfMembers($0, of: key + ".") } ?? []
    }

    /// Whether a text is asked for: a number that no kind is asked of stays a number, with its range.
    private func allowsText(_ text: String) -> Bool {
        let isMeant = kinds.contains(.string) || choices?.contains { $0.string != nil } ?? false
        return isMeant && allows(.string(text))
    }

    private func allows(_ value: JSONValue) -> Bool {
        if let choices { return choices.contains { Self.isSame($0, value) } && hasKind(value) }
        guard hasKind(value) else { return false }
        guard case .number(let number) = value else { return true }
        // Written so that NaN, which is in no range, fails each of them.
        return minimum.map { Self.isBelow($0, number) || Self.isEqual($0, number) } ?? true
            && maximum.map { Self.isBelow(number, $0) || Self.isEqual(number, $0) } ?? true
            && exclusiveMinimum.map { Self.isBelow($0, number) } ?? true
            && exclusiveMaximum.map { Self.isBelow(number, $0) } ?? true
    }

    private func hasKind(_ value: JSONValue) -> Bool {
        kinds.isEmpty || kinds.contains { Self.isKind($0, value) }
    }

    private static func isKind(_ kind: Kind, _ value: JSONValue) -> Bool {
        switch (kind, value) {
        // 1.0 is an integer: JSON Schema, 6.1.1.
        case (.integer, .number(let number)): number.isInteger || number.double.rounded() == number.double
        case (.number, .number), (.boolean, .bool), (.string, .string), (.null, .null), (.array, .array): true
        case (.object, .object): true
        default: false
        }
    }

    private static func isSame(_ left: JSONValue, _ right: JSONValue) -> Bool {
        if case .number(let left) = left, case .number(let right) = right { return isEqual(left, right) }
        return left == right
    }

    private static func isEqual(_ left: JSONNumber, _ right: JSONNumber) -> Bool {
        if let left = Int(left.text), let right = Int(right.text) { return left == right }
        return left.double == right.double
    }

    private static func isBelow(_ left: JSONNumber, _ right: JSONNumber) -> Bool {
        // A double holds integers up to 2^53 only.
        if let left = Int(left.text), let right = Int(right.text) { return left < right }
        return left.double < right.double
    }

    /// A value for a message, as JSON, cut where it is long.
    private static func shown(_ value: JSONValue) -> String {
        let text = JSONWriter.text(value)
        return text.utf8.count > 80 ? "\(text.prefix(77))…" : text
    }
}

extension ValueSchema {
    /// What is allowed, in words: "an integer of at least 1 and at most 10", "one of "sgd", "adam"".
    var expected: String {
        if let choices {
            let shown = choices.prefix(12).map { JSONWriter.text($0) }.joined(separator: ", ")
            let rest = choices.count > 12 ? " and \(choices.count - 12) more" : ""
            return choices.count == 1 ? shown : "one of \(shown)\(rest)"
        }
        let kind =
            kinds.isEmpty ? (range == nil ? "any value" : "a number") : kinds.map(Self.name).joined(separator: " or ")
        return range.map { "\(kind) \($0)" } ?? kind
    }

    private var range: String? {
        let parts = [
            minimum.map { "of at least \($0.text)" }, exclusiveMinimum.map { "above \($0.text)" },
            maximum.map { "\(minimum == nil && exclusiveMinimum == nil ? "of " : "")at most \($0.text)" },
            exclusiveMaximum.map { "below \($0.text)" },
        ].compactMap(\.self)
        return parts.isEmpty ? nil : parts.joined(separator: " and ")
    }

    private static func name(_ kind: Kind) -> String {
        switch kind {
        case .integer: "an integer"
        case .number: "a number"
        case .boolean: "true or false"
        case .string: "a text"
        case .null: "null"
        case .array: "a list"
        case .object: "an object"
        }
    }
}
