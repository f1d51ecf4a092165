public import SystemPackage

/// The hyperparameters of a job: input/config/hyperparameters.json, decoded twice, as the toolkit does it.
///
/// - A value that is a string is read as JSON once more; what is not JSON stays the text it is.
/// - `all` holds every key in the order of the file, `user` those that the program gets.
/// - A text that holds half a surrogate pair, or more levels than `JSONReader.depthLimit`, is refused by its key.
public struct Hyperparameters: Sendable, Equatable {
    /// The values as they stand in the file, before the second decoding.
    public private(set) var written: JSONObject
    /// All values, decoded.
    public private(set) var all: JSONObject
    /// What the program gets: arguments, `SM_HPS` and `SM_HP_…`.
    public private(set) var user: JSONObject
    /// What a framework gets in `SM_FRAMEWORK_PARAMS`: keys with `sagemaker_` that the runtime does not use itself.
    public private(set) var framework: JSONObject

    /// The keys that the runtime uses itself; they go to nobody else.
    public static let reserved: Set<String> = [
        "sagemaker_program", "sagemaker_submit_directory", "sagemaker_enable_cloudwatch_metrics", "sagemaker_region",
        "sagemaker_container_log_level", "sagemaker_job_name", "default_user_module_name", "_tuning_objective_metric",
        "sagemaker_s3_output",
    ]

    /// Decodes the object of a file.
    ///
    /// - Throws: `Failure` that names the file and the key, where a text cannot be passed on.
    public init(_ written: JSONObject, file: FilePath = "hyperparameters.json") throws(Failure) {
        let all = try written.mapValues { key, value throws(Failure) in try Self.decode(value, key, file) }
        var user = JSONObject()
        var framework = JSONObject()
        user.reserveCapacity(all.count)
        for (key, value) in all where !Self.isReserved(key) {
            if key.utf8.starts(with: "sagemaker_".utf8) { framework[key] = value } else { user[key] = value }
        }
        (self.written, self.all, self.user, self.framework) = (written, all, user, framework)
    }

    /// Reads a file; no file is no hyperparameters.
    static func read(_ file: FilePath) throws(Failure) -> Hyperparameters? {
        guard let object = try ConfigurationFile.readObject(file) else { return nil }
        return try Hyperparameters(object, file: file)
    }

    /// The decoded value of a key.
    public subscript(key: String) -> JSONValue? { all[key] }

    /// The text of a key where only a text makes sense: what looks like a number is the text that was written.
    ///
    /// The toolkit fails a job whose name is `20240101`; here the name is just that.
    public func text(_ key: String) -> String? {
        switch all[key] {
        case nil, .null: nil
        case .string(let text): text
        case let value?: written[key]?.string ?? PythonText.str(value)
        }
    }

    /// The same hyperparameters, and values for keys that are not there.
    func filling(_ defaults: JSONObject) -> Hyperparameters {
        var filled = self
        for (key, value) in defaults where all[key] == nil {
            filled.written[key] = value
            filled.all[key] = value
            if Self.isReserved(key) { continue }
            if key.utf8.starts(with: "sagemaker_".utf8) {
                filled.framework[key] = value
            } else {
                filled.user[key] = value
            }
        }
        return filled
    }

    /// Whether the runtime uses a key itself.
    static func isReserved(_ key: String) -> Bool { reserved.contains(key) }

    private static func decode(_ value: JSONValue, _ key: String, _ file: FilePath) throws(Failure) -> JSONValue {
        guard case .string(let text) = value, mayBeJSON(text) else { return value }
        if isNatural(text) { return .number(JSONNumber(text: text, isInteger: true)) }
        do throws(JSONProblem) {
            return try JSONReader.read(text: text)
        } catch {
            let expected: String
            switch error.expected {
            case .wholeCharacter: expected = "a text of whole characters"
            case .lessDepth: expected = "nested at most \(JSONReader.depthLimit) levels deep"
            default: return value
            }
            throw Failure(.unexpectedValue(key: key, expected: expected, found: error.found), file.string)
        }
    }

    /// Whether it is a number that a reader would only copy.
    private static func isNatural(_ text: String) -> Bool {
        text.withBytes { digits in
            digits.allSatisfy(\.isASCIIDigit)
                && (digits.count == 1 || digits.first.map { $0 != UInt8(ascii: "0") } ?? false)
        }
    }

    /// Most texts are plain words; their first letter says that they are not JSON.
    private static func mayBeJSON(_ text: String) -> Bool {
        switch text.utf8.first(where: { $0 != 0x20 && $0 != 0x09 && $0 != 0x0a && $0 != 0x0d }) {
        case nil: false
        case let first?: "{[\"-0123456789tfnNI".utf8.contains(first)
        }
    }
}

extension JSONObject: Equatable {
    /// Compares keys and values; the order does not count.
    public static func == (left: JSONObject, right: JSONObject) -> Bool {
        JSONValue.object(left) == JSONValue.object(right)
    }
}
