import SystemPackage
import TestSupport

#if canImport(Glibc)
import Glibc
#endif

/// The Python of this machine, which the recorded programs run on and which judges our texts.
enum Python {
    /// The interpreter itself, not a script of a version manager that stands for it.
    static let path: String = {
        let found = try? Command("/usr/bin/env", ["python3", "-c", "import sys; print(sys.executable, end='')"]).run()
        guard let found, found.status == 0 else { return "" }
        return found.outputText
    }()

    static var isThere: Bool { !path.isEmpty }

    /// Whether a module can be imported.
    static func has(_ module: String) -> Bool {
        (try? Command(path, ["-c", "import \(module)"]).run().status == 0) ?? false
    }

    /// What a program prints when it is given an input.
    static func output(_ program: String, input: [UInt8]) throws -> [UInt8] {
        var variables = Command.plainEnvironment
        variables["PYTHONUTF8"] = "1"
        let result = try Command(path, ["-c", program], environment: variables, input: input).run()
        return result.status == 0 ? result.output : Array(result.errorText.utf8)
    }
}

/// What a path leads to.
enum DirectoryProbe {
    static func isDirectory(_ path: FilePath) -> Bool {
        var status = stat()
        return stat(path.string, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }
}

extension DirectoryProbe {
    static func isEmpty(_ path: FilePath) -> Bool { rmdir(path.string) == 0 && mkdir(path.string, 0o755) == 0 }
}
