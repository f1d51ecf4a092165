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
    static func cost(_ words: [RawString]) -> Int { words.reduce(0) { $0 + cost($1.bytes.count) } }

    func fit(_ variables: [Variable], _ warnings: inout [JobWarning]) throws(Failure) -> [Variable] {
        var fitted: [Variable] = []
        for variable in variables {
            let isTooLong = Self.length(variable) > CommandLineArguments.longest
            fitted.append(isTooLong ? try move(variable, &warnings) : variable)
        }
        // Variables that came in count whole, though some may be replaced: they did fit once.
        let fixed = Self.cost(arguments + incoming.entries)
        guard fixed < limit else { throw Failure(.argumentsTooLarge(bytes: fixed, limit: limit), "all arguments") }
        var total = fitted.reduce(fixed) { $0 + Self.cost(Self.length($1)) }
        for place in movable(fitted) {
            guard total > limit else { break }
            let before = Self.length(fitted[place])
            fitted[place] = try move(fitted[place], &warnings)
            total -= before - Self.length(fitted[place])
        }
        guard total <= limit else {
            throw Failure(.argumentsTooLarge(bytes: total, limit: limit), "all arguments and variables")
        }
        return fitted
    }

    /// The places of the variables that may move, in the order in which they do.
    private func movable(_ variables: [Variable]) -> [Int] {
        // The path of a file takes room too; below that nothing is gained.
        let large = variables.indices.filter { variables[$0].value.bytes.count > 256 }
        func bySize(_ places: [Int]) -> [Int] {
            places.sorted { variables[$0].value.bytes.count > variables[$1].value.bytes.count }
        }
        return bySize(large.filter { variables[$0].isJSON })
            + bySize(large.filter { variables[$0].isHyperparameter && !variables[$0].isJSON })
    }

    private func move(_ variable: Variable, _ warnings: inout [JobWarning]) throws(Failure) -> Variable {
        let path = try files.store(variable.name, variable.value.bytes)
        warnings.append(.variableInFile(name: variable.name, bytes: variable.value.bytes.count, file: path.string))
        return Variable(
            name: variable.name + "_FILE",
            value: RawString(path.string) ?? "",
            isJSON: false,
            isHyperparameter: false
        )
    }

    /// The bytes of NAME=VALUE.
    private static func length(_ variable: Variable) -> Int {
        variable.name.utf8.count + 1 + variable.value.bytes.count
    }

    /// A string's NUL and the pointer to it count as well: fs/exec.c.
    private static func cost(_ length: Int) -> Int { length + 1 + MemoryLayout<Int>.size }
}
