public import SystemPackage

/// The program of a job: a file or a package in the code directory.
///
/// - A name that ends in `.sh` is a command, also beside a setup.py.
/// - A code directory with setup.py, or a pyproject.toml that builds something, is a Python package.
/// - A name that ends in `.py` is a script; everything else is a command, run as it is.
public struct EntryPoint: Hashable, Sendable {
    /// The kinds of entry point.
    public enum Kind: Hashable, Sendable {
        /// A file for the Python interpreter.
        case pythonScript
        /// A package that pip installs, and the module that is run.
        case pythonPackage(module: String)
        /// A file that the kernel executes: a shell script, a program.
        case command
    }

    /// The name, relative to the code directory.
    public let name: String
    /// What it is.
    public let kind: Kind

    /// Names that are looked for where none is given, in this order.
    public static let defaultNames = ["train.py", "train.sh", "train"]

    /// Finds the entry point of a job, and checks that it is one.
    ///
    /// - Parameters:
    ///   - program: The name that was asked for, or nil.
    ///   - code: The code directory.
    /// - Returns: The entry point; a command may still lack its exec bit.
    /// - Throws: `Failure` that names the entry point and lists what the directory holds.
    public static func find(program: String?, in code: FilePath) throws(Failure) -> EntryPoint {
        let name: String
        if let program { name = program } else { name = try defaultName(in: code) }
        try check(name)
        let kind = kind(of: name, in: code)
        if case .pythonPackage = kind { return EntryPoint(name: name, kind: kind) }
        let file = code.appending(FilePath(name).components)
        let status: FileStatus
        do throws(Errno) {
            status = try FileStatus(file)
        } catch .noSuchFileOrDirectory, .notDirectory {
            // A link whose target is missing is listed, and yet not there.
            throw Failure(.entryPointNotFound(directory: code.string, holds: DirectoryListing.names(code)), name)
        } catch {
            throw Failure(.entryPointNotExecutable, name, error)
        }
        if status.isDirectory { throw Failure(.entryPointNotExecutable, name, .isDirectory) }
        if kind == .command { try checkTarget(of: file, name, in: code) }
        return EntryPoint(name: name, kind: kind)
    }

    private static func defaultName(in code: FilePath) throws(Failure) -> String {
        let found = defaultNames.first { name in
            guard let status = try? FileStatus(code.appending(name)) else { return false }
            return status.isFile
        }
        if let found { return found }
        throw Failure(.entryPointMissing(holds: DirectoryListing.names(code)), code.string)
    }

    /// A name is taken as it is, blanks and all, since no shell sees it; it only must not be an option or lead outside.
    private static func check(_ name: String) throws(Failure) {
        let reason: String?
        if name.utf8.contains(0) {
            reason = "it holds a NUL"
        } else if name.hasPrefix("/") {
            reason = "it must be relative to the code directory"
        } else if name.hasPrefix("-") {
            reason = "it begins with a dash, as an option of the interpreter does"
        } else if name.utf8.split(separator: UInt8(ascii: "/")).contains(where: { $0.elementsEqual("..".utf8) }) {
            reason = "it leaves the code directory"
        } else {
            reason = nil
        }
        if let reason { throw Failure(.entryPointNotAllowed(reason: reason), name) }
    }

    private static func kind(of name: String, in code: FilePath) -> Kind {
        if name.hasSuffix(".sh") { return .command }
        if PythonPackage.isOne(code) {
            let module = name.hasSuffix(".py") ? String(name.dropLast(3)) : name
            return .pythonPackage(module: module.split(separator: "/").joined(separator: "."))
        }
        return name.hasSuffix(".py") ? .pythonScript : .command
    }

    /// A command that is a link must not be one to a file outside: the exec bit of that file would be changed.
    private static func checkTarget(of file: FilePath, _ name: String, in code: FilePath) throws(Failure) {
        guard let target = FileSystem.realPath(file), let root = FileSystem.realPath(code) else { return }
        guard !target.starts(with: root) else { return }
        throw Failure(.entryPointNotAllowed(reason: "it is a link to \(target), outside the code directory"), name)
    }
}
