/// The variables that the runtime makes, while they are put together: each name once, collisions told.
struct VariableTable {
    typealias Variable = TrainingEnvironment.OwnVariable

    private(set) var variables: [Variable] = []
    private var places: [ExactText: Int] = [:]
    /// The keys behind the names of families, in the order in which they came.
    private var keys: [ExactText: [String]] = [:]
    private var collisions: [ExactText] = []
    private var refusals: [JobWarning] = []

    /// What could not be done, and which keys met.
    var warnings: [JobWarning] {
        refusals
            + collisions.compactMap { name in
                guard let keys = keys[name], let winner = keys.last else { return nil }
                return .variableCollision(name: name.text, winner: winner, losers: Array(keys.dropLast()))
            }
    }

    /// Adds a variable whose bytes are known.
    mutating func add(_ name: String, _ value: RawString, isJSON: Bool = false, isHyperparameter: Bool = false) {
        let variable = Variable(name: name, value: value, isJSON: isJSON, isHyperparameter: isHyperparameter)
        if let place = places[ExactText(text: name)] {
            variables[place] = variable
        } else {
            places[ExactText(text: name)] = variables.count
            variables.append(variable)
        }
    }

    /// Adds a variable of a value: texts as they are, nothing for null, everything else as JSON.
    mutating func add(_ name: String, _ value: JSONValue, isJSON: Bool, isHyperparameter: Bool = false) {
        let raw: RawString?
        switch value {
        case .null: raw = ""
        case .string(let text): raw = RawString(text)
        default: raw = RawString(bytes: JSONWriter.bytes(value))
        }
        guard let raw else {
            refusals.append(.variableValueUnusable(name: name))
            return
        }
        add(name, raw, isJSON: isJSON, isHyperparameter: isHyperparameter)
    }

    /// Adds a variable of a family, named after a channel or hyperparameter in capitals.
    mutating func add(family: String, key: String, _ value: JSONValue, isHyperparameter: Bool) {
        guard !key.utf8.contains(UInt8(ascii: "=")), !key.utf8.contains(0) else {
            refusals.append(.variableNameUnusable(key: key))
            return
        }
        let name = family + PythonText.upper(key)
        record(key, in: name)
        add(name, value, isJSON: false, isHyperparameter: isHyperparameter)
    }

    /// Adds the shell-safe form, with `_` for `-` and `.`, of every family name that has one.
    ///
    /// A name of the toolkit's own comes first; of two forms that meet, the last one decides.
    mutating func addAliases() {
        let own = places
        for variable in variables {
            let alias = variable.name.replacingDashesAndDots
            guard alias != variable.name, let key = keys[ExactText(text: variable.name)]?.last else { continue }
            if own[ExactText(text: alias)] != nil {
                recordLoser(key, in: alias)
                continue
            }
            record(key, in: alias)
            add(alias, variable.value, isHyperparameter: variable.isHyperparameter)
        }
    }

    private mutating func record(_ key: String, in name: String) {
        let name = ExactText(text: name)
        if keys[name, default: []].count == 1 { collisions.append(name) }
        keys[name, default: []].append(key)
    }

    private mutating func recordLoser(_ key: String, in name: String) {
        let name = ExactText(text: name)
        if keys[name, default: []].count == 1 { collisions.append(name) }
        keys[name, default: []].insert(key, at: 0)
    }
}

extension String {
    fileprivate var replacingDashesAndDots: String {
        guard utf8.contains(where: { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: ".") }) else { return self }
        let dashes: [UInt8] = [UInt8(ascii: "-"), UInt8(ascii: ".")]
        return String(decoding: utf8.map { dashes.contains($0) ? UInt8(ascii: "_") : $0 }, as: UTF8.self)
    }
}
