/// The variables that the runtime makes, while they are put together: each name once, collisions told.
struct VariableTable {
    typealias Variable = TrainingEnvironment.OwnVariable

    private(set) var variables: [Variable] = []
    private var places: [ExactText: Int] = [:]
    /// The key behind the name of a family's variable, or nil, by its place.
    private var keys: [String?] = []
    /// The places of families' variables whose names no shell takes.
    private var unsafe: [Int] = []
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
    mutating func add(_ name: String, _ value: RawString) {
        var entry = VariableEntry(name)
        entry.bytes += value.bytes
        add(entry, name)
    }

    /// Adds a variable of a value: texts as they are, nothing for null, everything else as JSON.
    mutating func add(_ name: String, _ value: JSONValue, isJSON: Bool = false) {
        var entry = VariableEntry(name)
        entry.append(value)
        add(entry, name, isJSON: isJSON)
    }

    /// Adds a variable of a family, named after a channel or hyperparameter in capitals.
    mutating func add(family: String, key: String, _ value: JSONValue, isHyperparameter: Bool) {
        guard !key.contains(byte: UInt8(ascii: "=")), !key.contains(byte: 0) else {
            refusals.append(.variableNameUnusable(key: key))
            return
        }
        let name = family + PythonText.upper(key)
        var entry = VariableEntry(name)
        entry.append(value)
        let before = variables.count
        add(entry, name, isHyperparameter: isHyperparameter, key: key)
        if variables.count > before, name.hasDashOrDot { unsafe.append(before) }
    }

    /// Adds the shell-safe form, with `_` for `-` and `.`, of every family name that has one.
    ///
    /// A name of the toolkit's own comes first; of two forms that meet, the last one decides.
    mutating func addAliases() {
        let own = variables.count
        for place in unsafe {
            guard let key = keys[place] else { continue }
            let alias = variables[place].name.replacingDashesAndDots
            if let there = places[ExactText(text: alias)], there < own {
                losers[there, default: []].append(key)
            } else {
                var entry = VariableEntry(alias)
                entry.bytes += variables[place].value
                add(entry, alias, isHyperparameter: variables[place].isHyperparameter, key: key)
            }
        }
    }

    private mutating func add(
        _ entry: VariableEntry,
        _ name: String,
        isJSON: Bool = false,
        isHyperparameter: Bool = false,
        key: String? = nil
    ) {
        guard let bytes = RawString(bytes: entry.bytes) else {
            refusals.append(.variableValueUnusable(name: name))
            return
        }
        let variable = Variable(
            entry: bytes,
            nameLength: entry.nameLength,
            isJSON: isJSON,
            isHyperparameter: isHyperparameter
        )
        let place = places.place(of: ExactText(text: name), orNew: variables.count)
        if place < variables.count {
            variables[place] = variable
            if let loser = keys[place], key != nil { losers[place, default: []].append(loser) }
            keys[place] = key
        } else {
            variables.append(variable)
            keys.append(key)
        }
    }
}

/// NAME=VALUE while it is put together, in one piece of memory: there may be ten thousand of them.
private struct VariableEntry {
    var bytes: [UInt8] = []
    let nameLength: Int

    /// Begins with the name and its `=`.
    init(_ name: String) {
        nameLength = name.utf8.count
        // Most values are short.
        bytes.reserveCapacity(nameLength + 32)
        bytes.append(utf8Of: name)
        bytes.append(UInt8(ascii: "="))
    }

    mutating func append(_ value: JSONValue) {
        switch value {
        case .null: break
        case .string(let text): bytes.append(utf8Of: text)
        default: JSONWriter.append(value, to: &bytes)
        }
    }
}

extension String {
    fileprivate var hasDashOrDot: Bool { contains(byte: UInt8(ascii: "-")) || contains(byte: UInt8(ascii: ".")) }

    /// The form with `_`.
    fileprivate var replacingDashesAndDots: String {
        let isReplaced = { (byte: UInt8) in byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".") }
        return String(decoding: utf8.map { isReplaced($0) ? UInt8(ascii: "_") : $0 }, as: UTF8.self)
    }
}
