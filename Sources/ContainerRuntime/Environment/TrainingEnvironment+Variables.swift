public import SystemPackage

extension TrainingEnvironment {
    /// One variable that the runtime makes.
    struct OwnVariable {
        /// NAME=VALUE.
        let entry: RawString
        /// The bytes of the name.
        let nameLength: Int
        let isJSON: Bool
        /// Where it comes from a hyperparameter.
        let isHyperparameter: Bool

        var name: String { String(decoding: entry.bytes[..<nameLength], as: UTF8.self) }
        var value: ArraySlice<UInt8> { entry.bytes[(nameLength + 1)...] }
        /// How many bytes the value has.
        var valueLength: Int { entry.bytes.count - nameLength - 1 }
    }

    /// The variables that the program gets: what came in, and over it what the runtime makes, in the order of names.
    ///
    /// - Parameters:
    ///   - pythonPath: What follows the code directory on PYTHONPATH, before what came in.
    ///   - files: Where values go that the kernel does not take.
    /// - Returns: All variables, and which keys met or had to move.
    /// - Throws: `Failure` where the arguments alone are more than the kernel takes, or a file cannot be written.
    public func variables(
        pythonPath: [FilePath] = [],
        files: VariableFiles
    ) throws(Failure) -> (variables: EnvironmentVariables, warnings: [JobWarning]) {
        var warnings: [JobWarning] = []
        let own = ownVariables(pythonPath, &warnings)
        let limit = KernelLimit(incoming: incoming, arguments: arguments.rawStrings, files: files)
        let (fitted, moved) = try limit.fit(own, &warnings)
        return (over(incoming.removing(moved), fitted), warnings)
    }

    /// The variables as they would be without the kernel's limit, for people to read.
    public func allVariables(
        pythonPath: [FilePath] = []
    ) -> (variables: EnvironmentVariables, warnings: [JobWarning]) {
        var warnings: [JobWarning] = []
        let own = ownVariables(pythonPath, &warnings)
        return (over(incoming, own), warnings)
    }

    private func over(_ incoming: EnvironmentVariables, _ own: [OwnVariable]) -> EnvironmentVariables {
        func order(_ left: Int, _ right: Int) -> Bool {
            own[left].entry.comparePrefix(own[left].nameLength, with: own[right].entry, own[right].nameLength) < 0
        }
        // Places are moved about for less than variables, which are counted references.
        let ordered = own.indices.sorted(by: order).map { own[$0].entry }
        return incoming.replacing(withSorted: ordered)
    }

    /// The names that the runtime's variables may have, in their order, without working out what each of them holds.
    var ownNames: [String] {
        var table = table(withValues: false)
        for name in ["PYTHONUNBUFFERED", "PYTHONFAULTHANDLER"] where incoming.text(name) == nil {
            table.add(name, .null)
        }
        if stopNotice != nil { table.add("SM_STOP_NOTICE", .null) }
        return table.variables.map(\.name)
    }

    private func table(withValues: Bool) -> VariableTable {
        let directories = channelInputDirectories
        // A channel and a hyperparameter have a name each, and a second one where that is not fit for a shell.
        let count = ContractVariable.fixed.count + 2 * (directories.count + hyperparameters.count) + 8
        var table = VariableTable(capacity: count)
        for variable in ContractVariable.fixed {
            guard withValues else {
                table.add(variable.name, .null)
                continue
            }
            guard let value = variable.value(self) else { continue }
            table.add(variable.name, value, isJSON: variable.isJSON)
        }
        for (name, path) in directories {
            table.add(family: "SM_CHANNEL_", key: name, withValues ? path : .null, isHyperparameter: false)
        }
        for (key, value) in hyperparameters {
            table.add(family: "SM_HP_", key: key, withValues ? value : .null, isHyperparameter: true)
        }
        table.addAliases()
        return table
    }

    /// The variables that the runtime makes, each name once.
    func ownVariables(_ pythonPath: [FilePath], _ warnings: inout [JobWarning]) -> [OwnVariable] {
        var table = table(withValues: true)
        var search = ([paths.code] + pythonPath).map { RawString($0.string)?.bytes ?? [] }
        if let before = incoming["PYTHONPATH"], !before.bytes.isEmpty { search.append(before.bytes) }
        table.add("PYTHONPATH", RawString(bytes: search.joined(separator: [UInt8(ascii: ":")])) ?? "")
        if incoming["PYTHONUNBUFFERED"] == nil { table.add("PYTHONUNBUFFERED", .string("1")) }
        if incoming["PYTHONFAULTHANDLER"] == nil { table.add("PYTHONFAULTHANDLER", .string("1")) }
        if let stopNotice { table.add("SM_STOP_NOTICE", RawString(stopNotice)) }
        table.add("PWD", .string(paths.code.string))
        warnings += table.warnings
        return table.variables
    }
}
