public import SystemPackage

/// What a job's hyperparameters must be: `hyperparameters.schema.json` in the code directory.
///
/// - The plain part of JSON Schema: `type`, `minimum`, `maximum`, `exclusiveMinimum`, `exclusiveMaximum`, `enum`, `const`,
///   `default`, `required`, `properties`, `additionalProperties`. Keywords that are not checked are named in a warning.
/// - It is about the program's hyperparameters, as they are after the second decoding; keys of the runtime are left alone.
/// - The source is "JSON Schema Validation", draft 2020-12, https://json-schema.org.
public struct HyperparameterSchema: Sendable {
    /// The name of the file.
    public static let fileName = "hyperparameters.schema.json"
    /// The keywords that are there and not checked, sorted.
    public let uncheckedKeywords: [String]

    let root: ValueSchema

    /// The most bytes that are read of it: a file of the user's, read by the first process.
    private static let limit = 1 << 20

    /// Makes a schema of a file's object.
    ///
    /// - Throws: `Failure` that names the file and the keyword that has no usable value.
    public init(_ object: JSONObject, file: FilePath = "hyperparameters.schema.json") throws(Failure) {
        var reader = ValueSchema.Reader(file: file.string)
        root = try reader.read(.object(object), at: "")
        uncheckedKeywords = Set(reader.unchecked.map(ExactText.init)).map(\.text).sorted { $0.precedesByCodePoint($1) }
    }

    /// Reads the schema of a code directory, or nothing where there is none.
    ///
    /// - Throws: `Failure` where the file cannot be read, is too large, is not JSON or no schema.
    static func read(in code: FilePath) throws(Failure) -> HyperparameterSchema? {
        let file = code.appending(fileName)
        if let status = try? FileStatus(file), status.size > limit {
            let found = "\(status.size) bytes"
            throw Failure(
                .unexpectedValue(key: "", expected: "a file of at most \(limit) bytes", found: found),
                file.string
            )
        }
        guard let object = try ConfigurationFile.readObject(file) else { return nil }
        return try HyperparameterSchema(object, file: file)
    }

    /// The defaults of hyperparameters that a job does not have.
    func defaults(for hyperparameters: Hyperparameters) -> JSONObject {
        let missing = root.properties.filter { hyperparameters[$0.key] == nil && !Hyperparameters.isReserved($0.key) }
        return JSONObject(missing.compactMap { key, schema in schema.defaultValue.map { (key, $0) } })
    }

    /// What is wrong with the hyperparameters of a job, the first thing first.
    public func problems(with hyperparameters: Hyperparameters) -> [HyperparameterProblem] {
        root.problemsOfMembers(hyperparameters.user, of: "") { key in hyperparameters.written[key]?.string }
            // A key of the runtime's may be required; whether it is there is seen among all.
            .filter { $0.kind != .missing || hyperparameters[$0.key] == nil }
    }
}

/// One thing that is wrong with a hyperparameter, by its schema.
public struct HyperparameterProblem: Hashable, Sendable {
    /// What is wrong.
    public enum Kind: Hashable, Sendable {
        /// It is not there.
        case missing
        /// It is there, and the schema knows no such name; the names it knows.
        case unknown(known: [String])
        /// It has a value that is not allowed: what would be, and what it is.
        case value(expected: String, found: String)
    }

    /// The hyperparameter; a member of an object has the names of the objects before it, with points.
    public let key: String
    /// What is wrong.
    public let kind: Kind
}

extension HyperparameterProblem: CustomStringConvertible {
    /// The problem in words.
    public var description: String {
        switch kind {
        case .missing: "hyperparameter \"\(key)\" is missing"
        case .unknown(let known):
            "hyperparameter \"\(key)\" is not known; "
                + (known.isEmpty ? "there are none" : "known are \(known.listing)")
        case .value(let expected, let found): "hyperparameter \"\(key)\" must be \(expected), found \(found)"
        }
    }
}
