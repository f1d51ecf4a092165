/// What a program would see, as a text: the variables that the runtime adds or changes, and the arguments.
public struct EnvironmentReport: Sendable {
    /// The variables that the program gets and `train` did not, or with another value, in the order of names.
    public let variables: [RawString]
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
        var environment = try TrainingEnvironment.read(settings: settings, incoming: incoming)
        // What a job would find where nothing is named; that there is nothing is for the job to tell.
        if environment.userEntryPoint == nil, let found = try? EntryPoint.find(program: nil, in: settings.paths.code) {
            environment.userEntryPoint = found.name
        }
        self.init(environment)
    }

    /// Reports facts that are known.
    public init(_ environment: TrainingEnvironment) {
        self.environment = environment
        let (variables, warnings) = environment.allVariables()
        let before = Set(environment.incoming.entries)
        self.variables = variables.entries.filter { !before.contains($0) }.sorted()
        self.warnings = environment.warnings + warnings
    }

    /// Lines for a POSIX shell: `export NAME='value'`, and the arguments as the positional parameters.
    ///
    /// A name that no shell takes stands in a comment, with its value as JSON, so that no line of a value is a command.
    public var shell: [UInt8] {
        var output: [UInt8] = []
        for entry in variables {
            guard let name = EnvironmentVariables.name(of: entry)?.bytes else { continue }
            let value = entry.bytes.dropFirst(name.count + 1)
            if Self.isIdentifier(name) {
                output += Array("export ".utf8) + name + [UInt8(ascii: "=")] + Array(value).shellQuoted
            } else {
                let both = [name[...], value].map { String(decoding: $0, as: UTF8.self) }
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
        let pairs = variables.compactMap { entry -> (String, JSONValue)? in
            guard let name = EnvironmentVariables.name(of: entry) else { return nil }
            let value = String(decoding: entry.bytes.dropFirst(name.bytes.count + 1), as: UTF8.self)
            return (name.description, .string(value))
        }
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
