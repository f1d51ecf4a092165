/// A JSON value as a file holds it: numbers as written, keys in their order, the last of two equal keys wins.
///
/// - Strings are equal when their bytes are: Swift's own `==` takes two spellings of an accented letter for one.
/// - Never nested deeper than `JSONReader.depthLimit`, so that going through it cannot overflow the stack.
public enum JSONValue: Sendable {
    /// `null`.
    case null
    /// `true` or `false`.
    case bool(Bool)
    /// A number.
    case number(JSONNumber)
    /// A text.
    case string(String)
    /// A list.
    case array([JSONValue])
    /// An object.
    case object(JSONObject)

    /// What kind of value this is, with its article, for messages: "a list".
    public var kind: String {
        switch self {
        case .null: "null"
        case .bool: "a boolean"
        case .number: "a number"
        case .string: "a string"
        case .array: "a list"
        case .object: "an object"
        }
    }

    /// The text of a string, or nil for every other kind.
    public var string: String? {
        guard case .string(let text) = self else { return nil }
        return text
    }

    /// The elements of a list, or nil for every other kind.
    public var array: [JSONValue]? {
        guard case .array(let elements) = self else { return nil }
        return elements
    }

    /// The members of an object, or nil for every other kind.
    public var object: JSONObject? {
        guard case .object(let members) = self else { return nil }
        return members
    }

    /// The value of an integer that fits, or nil.
    public var integer: Int? {
        guard case .number(let number) = self, number.isInteger else { return nil }
        return Int(number.text)
    }

    /// The value of a number, infinite beyond a double's range, or nil for every other kind.
    public var double: Double? {
        guard case .number(let number) = self else { return nil }
        return number.double
    }

    /// The value of a boolean, or nil for every other kind.
    public var boolean: Bool? {
        guard case .bool(let value) = self else { return nil }
        return value
    }

    /// Whether Python's `bool()` says so: not null, false, zero or empty.
    public var isTruthy: Bool {
        switch self {
        case .null: false
        case .bool(let value): value
        case .number(let number): number.double != 0
        case .string(let text): !text.isEmpty
        case .array(let elements): !elements.isEmpty
        case .object(let members): !members.isEmpty
        }
    }
}

/// A number as written; Python tells integers from floats by their spelling, and so does this.
public struct JSONNumber: Hashable, Sendable {
    /// The digits as written.
    public let text: String
    /// Whether there is neither a point nor an exponent nor a name such as `NaN`.
    public let isInteger: Bool

    /// Makes a number of an integer.
    public init(_ value: Int) {
        text = String(value)
        isInteger = true
    }

    init(text: String, isInteger: Bool) {
        self.text = text
        self.isInteger = isInteger
    }

    /// The nearest double: infinite beyond its range, as in Python.
    public var double: Double { Double(text) ?? .nan }
}

extension JSONValue: Equatable {
    /// Compares by kind, spelling and bytes; the order of keys does not count.
    public static func == (left: JSONValue, right: JSONValue) -> Bool {
        switch (left, right) {
        case (.null, .null): true
        case (.bool(let left), .bool(let right)): left == right
        case (.number(let left), .number(let right)): left == right
        case (.string(let left), .string(let right)): left.hasSameBytes(as: right)
        case (.array(let left), .array(let right)): left == right
        case (.object(let left), .object(let right)):
            left.count == right.count && left.allSatisfy { right[$0.key] == $0.value }
        default: false
        }
    }
}

extension JSONValue: ExpressibleByStringLiteral {
    /// Makes a string.
    public init(stringLiteral text: String) {
        self = .string(text)
    }
}

extension JSONValue {
    /// Makes a list of strings.
    public static func strings(_ texts: [String]) -> JSONValue {
        .array(texts.map { .string($0) })
    }

    /// Makes a number of an integer.
    public static func integer(_ value: Int) -> JSONValue {
        .number(JSONNumber(value))
    }
}
