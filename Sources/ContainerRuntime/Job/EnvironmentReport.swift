/// What a program would see, as a text: the variables that the runtime adds or changes, and the arguments.
public struct EnvironmentReport: Sendable {
    /// The variables that the program gets and `train` did not, or with another value, in the order of names.
    let variables: [(name: RawString, value: ArraySlice<UInt8>)]
    /// The facts behind them.
    public let environment: TrainingEnvironment
    /// What is doubtful.
    public let warnings: [JobWarning]

    /// Reads the configuration of a base directory and works everything out; starts nothing but the tools that count
    /// accelerators, and makes nothing.
    ///
    /// - Throws: `Failure` as a job would.
    public init(options: [RuntimeSetting: String] = [:], incoming: EnvironmentVariables) throws(Failure) {
        let settings = try RuntimeSettings(options: options, environment: incoming)
        let job = TrainingJob(settings: settings, incoming: incoming)
        let planned = try JobPlanner(job: job).planOfVariables()
        environment = planned.environment
        variables = planned.addedVariables
        let missing = planned.missingCode.map { JobWarning.codeMissing(source: $0.source, reason: $0.reason) }
        warnings = planned.warnings + [missing].compactMap(\.self)
    }

    /// Lines for a POSIX shell: `export NAME='value'`, and the arguments as the positional parameters.
    ///
    /// A name that no shell takes stands in a comment, with its value as JSON, so that no line of a value is a command.
    public var shell: [UInt8] {
        var output: [UInt8] = []
        for (name, value) in variables {
            if Self.isIdentifier(name.bytes) {
                output += Array("export ".utf8) + name.bytes + [UInt8(ascii: "=")] + value.shellQuoted
            } else {
                let both = [name.bytes[...], value].map { String(decoding: $0, as: UTF8.self) }
                output += "# \(JSONWriter.text(.string(both[0])))=\(JSONWriter.text(.string(both[1])))".utf8
            }
            output.append(UInt8(ascii: "\n"))
        }
        output += "set --".utf8
        for word in environment.arguments.rawStrings { output += [UInt8(ascii: " ")] + word.bytes.shellQuoted }
        return output + [UInt8(ascii: "\n")]
    }

    /// One object with `arguments`, `entry_point`, `environment` and `warnings`, on one line.
    public var json: [UInt8] {
        let pairs = variables.map { ($0.name.description, JSONValue.string(String(decoding: $0.value, as: UTF8.self))) }
        let object = JSONObject([
            ("arguments", .strings(environment.arguments.words)),
            ("entry_point", environment.userEntryPoint.map { .string($0) } ?? .null),
            ("environment", .object(JSONObject(pairs))),
            ("warnings", .strings(warnings.map(\.description))),
        ])
        return JSONWriter.bytes(.object(object)) + [UInt8(ascii: "\n")]
    }

    private static func isIdentifier(_ name: [UInt8]) -> Bool {
        guard let first = name.first, !first.isASCIIDigit else { return false }
        return name.allSatisfy { $0 == UInt8(ascii: "_") || $0.isASCIIAlphanumeric }
    }
}
