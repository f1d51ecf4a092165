import SystemPackage

/// Makes variables fit what the kernel takes, so that execve(2) never fails with E2BIG.
///
/// - A variable that is too long by itself stands in a file that NAME_FILE names.
/// - Where all together are too much, the largest JSON variables move first, then the largest `SM_HP_…`.
struct KernelLimit {
    typealias Variable = TrainingEnvironment.OwnVariable

    /// What follows the name of a variable in the name of the one that says where its value is.
    static let suffix = "_FILE"

    let incoming: EnvironmentVariables
    let arguments: [RawString]
    let files: VariableFiles
    /// The kernel's limit less what the file's own path, `#!` lines and interpreters before the program may add.
    var limit = ofKernel - 16_384

    /// What arguments and variables may take together, in bytes.
    static var ofKernel: Int { CurrentProcess.argumentLimit }

    /// What words take, in bytes.
    static func cost(_ words: [RawString]) -> Int { words.indices.reduce(0) { $0 + cost(words[$1].bytes.count) } }

    /// The variables as they fit, and the names of those that stand in files instead: no other value may take their place.
    func fit(
        _ variables: [Variable],
        _ warnings: inout [JobWarning]
    ) throws(Failure) -> (variables: [Variable], moved: [String]) {
        var fitted = variables
        var moved: [String] = []
        for place in fitted.indices where fitted[place].entry.bytes.count > CommandLineArguments.longest {
            moved.append(fitted[place].name)
            fitted[place] = try move(fitted[place], &warnings)
        }
        // Variables that came in count whole, though some may be replaced: they did fit once.
        let fixed = Self.cost(arguments) + Self.cost(incoming.entries)
        guard fixed < limit else { throw Failure(.argumentsTooLarge(bytes: fixed, limit: limit), "all arguments") }
        var total = fitted.indices.reduce(fixed) { $0 + Self.cost(fitted[$1].entry.bytes.count) }
        if total <= limit { return (Self.withoutNamesakes(fitted, moved, &warnings), moved) }
        for place in movable(fitted) {
            guard total > limit else { break }
            let before = fitted[place].entry.bytes.count
            moved.append(fitted[place].name)
            fitted[place] = try move(fitted[place], &warnings)
            total -= before - fitted[place].entry.bytes.count
        }
        guard total <= limit else {
            throw Failure(.argumentsTooLarge(bytes: total, limit: limit), "all arguments and variables")
        }
        return (Self.withoutNamesakes(fitted, moved, &warnings), moved)
    }

    /// A hyperparameter `a_file` has the name that tells where `a` is, should that one move: the file wins.
    private static func withoutNamesakes(
        _ variables: [Variable],
        _ moved: [String],
        _ warnings: inout [JobWarning]
    ) -> [Variable] {
        let names = Dictionary(moved.map { (ExactText(text: $0 + suffix), $0) }) { first, _ in first }
        guard !names.isEmpty else { return variables }
        return variables.filter { variable in
            // What comes of a move is of no hyperparameter any more.
            guard variable.isHyperparameter else { return true }
            let name = ExactText(text: variable.name)
            guard let winner = names[name] else { return true }
            warnings.append(.variableCollision(name: name.text, winner: winner, losers: [name.text]))
            return false
        }
    }

    /// The places of the variables that may move, in the order in which they do.
    private func movable(_ variables: [Variable]) -> [Int] {
        // The path of a file takes room too; below that nothing is gained.
        let large = variables.indices.filter { variables[$0].valueLength > 256 }
        func bySize(_ places: [Int]) -> [Int] {
            places.sorted { variables[$0].valueLength > variables[$1].valueLength }
        }
        return bySize(large.filter { variables[$0].isJSON })
            + bySize(large.filter { variables[$0].isHyperparameter && !variables[$0].isJSON })
    }

    private func move(_ variable: Variable, _ warnings: inout [JobWarning]) throws(Failure) -> Variable {
        let path = try files.store(variable.name, Array(variable.value))
        warnings.append(.variableInFile(name: variable.name, bytes: variable.valueLength, file: path.string))
        let name = Array((variable.name + Self.suffix).utf8)
        return Variable(
            entry: RawString(RawString(bytes: name) ?? "", equals: RawString(path)),
            nameLength: name.count,
            isJSON: false,
            isHyperparameter: false
        )
    }

    /// A string's NUL and the pointer to it count as well: fs/exec.c.
    private static func cost(_ length: Int) -> Int { length + 1 + MemoryLayout<Int>.size }
}
