/// The variables that the runtime makes, while they are put together: each name once, collisions told.
struct VariableTable {
    typealias Variable = TrainingEnvironment.OwnVariable

    private(set) var variables: [Variable] = []
    private var places: [ExactText: Int] = [:]
    /// The key behind the name of a family's variable, or nil, by its place.
    private var keys: [String?] = []
    /// The keys that met in a variable and did not win, by its place.
    private var losers: [Int: [String]] = [:]
    private var refusals: [JobWarning] = []

    /// Makes an empty table with room for so many variables.
    init(capacity: Int) {
        variables.reserveCapacity(capacity)
        keys.reserveCapacity(capacity)
        places.reserveCapacity(capacity)
    }

    /// What could not be done, and which keys met.
    var warnings: [JobWarning] {
        refusals
            + losers.keys.sorted().compactMap { place in
                guard let winner = keys[place], let losers = losers[place] else { return nil }
                return .variableCollision(name: variables[place].name, winner: winner, losers: losers)
            }
    }

    /// Adds a variable whose bytes are known; one that is there already is replaced.
    @discardableResult
    mutating func add(
        _ name: String,
        _ value: RawString,
        isJSON: Bool = false,
        isHyperparameter: Bool = false,
        key: String? = nil
    ) -> Int {
        let variable = Variable(name: name, value: value, isJSON: isJSON, isHyperparameter: isHyperparameter)
        let place = places[ExactText(text: name)] ?? variables.count
        if place < variables.count {
            variables[place] = variable
            if let loser = keys[place], key != nil { losers[place, default: []].append(loser) }
            keys[place] = key
        } else {
            places[ExactText(text: name)] = place
            variables.append(variable)
            keys.append(key)
        }
        return place
    }

    /// Adds a variable of a value: texts as they are, nothing for null, everything else as JSON.
    mutating func add(
        _ name: String,
        _ value: JSONValue,
        isJSON: Bool,
        isHyperparameter: Bool = false,
        key: String? = nil
    ) {
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
        add(name, raw, isJSON: isJSON, isHyperparameter: isHyperparameter, key: key)
    }

    /// Adds a variable of a family, named after a channel or hyperparameter in capitals.
    mutating func add(family: String, key: String, _ value: JSONValue, isHyperparameter: Bool) {
        guard !key.utf8.contains(UInt8(ascii: "=")), !key.utf8.contains(0) else {
            refusals.append(.variableNameUnusable(key: key))
            return
        }
        add(family + PythonText.upper(key), value, isJSON: false, isHyperparameter: isHyperparameter, key: key)
    }

    /// Adds the shell-safe form, with `_` for `-` and `.`, of every family name that has one.
    ///
    /// A name of the toolkit's own comes first; of two forms that meet, the last one decides.
    mutating func addAliases() {
        let own = variables.count
        for place in 0..<own {
            let variable = variables[place]
            guard let key = keys[place], let alias = variable.name.replacingDashesAndDots else { continue }
            if let there = places[ExactText(text: alias)], there < own {
                losers[there, default: []].append(key)
            } else {
                add(alias, variable.value, isHyperparameter: variable.isHyperparameter, key: key)
            }
        }
    }
}

extension String {
    /// The form with `_`, or nil where there is nothing to replace.
    fileprivate var replacingDashesAndDots: String? {
        let isReplaced = { (byte: UInt8) in byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".") }
        guard utf8.contains(where: isReplaced) else { return nil }
        return String(decoding: utf8.map { isReplaced($0) ? UInt8(ascii: "_") : $0 }, as: UTF8.self)
    }
}
