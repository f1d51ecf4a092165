import CLinux
import SystemPackage

/// Makes variables fit what the kernel takes, so that execve(2) never fails with E2BIG.
///
/// - A variable that is too long by itself stands in a file that NAME_FILE names.
/// - Where all together are too much, the largest JSON variables move first, then the largest `SM_HP_…`.
struct KernelLimit {
    typealias Variable = TrainingEnvironment.OwnVariable

    let incoming: EnvironmentVariables
    let arguments: [RawString]
    let files: VariableFiles
    /// The kernel's limit less what the file's own path, `#!` lines and interpreters before the program may add.
    var limit = ofKernel - 16_384

    /// What arguments and variables may take together, in bytes.
    static var ofKernel: Int { Int(linux_argument_limit()) }

    /// What words take, in bytes.
    static func cost(_ words: [RawString]) -> Int { words.indices.reduce(0) { $0 + cost(words[$1].bytes.count) } }

    func fit(_ variables: [Variable], _ warnings: inout [JobWarning]) throws(Failure) -> [Variable] {
        var fitted = variables
        for place in fitted.indices where fitted[place].entry.bytes.count > CommandLineArguments.longest {
            fitted[place] = try move(fitted[place], &warnings)
        }
        // Variables that came in count whole, though some may be replaced: they did fit once.
        let fixed = Self.cost(arguments) + Self.cost(incoming.entries)
        guard fixed < limit else { throw Failure(.argumentsTooLarge(bytes: fixed, limit: limit), "all arguments") }
        var total = fitted.indices.reduce(fixed) { $0 + Self.cost(fitted[$1].entry.bytes.count) }
        if total <= limit { return fitted }
        for place in movable(fitted) {
            guard total > limit else { break }
            let before = fitted[place].entry.bytes.count
            fitted[place] = try move(fitted[place], &warnings)
            total -= before - fitted[place].entry.bytes.count
        }
        guard total <= limit else {
            throw Failure(.argumentsTooLarge(bytes: total, limit: limit), "all arguments and variables")
        }
        return fitted
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
        let name = Array(variable.name.utf8) + Array("_FILE".utf8)
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
