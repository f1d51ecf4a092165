public import SystemPackage

/// The Python that runs scripts and pip: `TRAIN_PYTHON`, else `python3`, else `python` on the PATH.
public enum PythonInterpreter {
    /// Finds the interpreter.
    ///
    /// - Returns: Its path.
    /// - Throws: `Failure` with code `pythonMissing`, naming where it was looked for.
    public static func find(_ asked: String?, environment: EnvironmentVariables) throws(Failure) -> FilePath {
        let path = environment["PATH"]
        for name in asked.map({ [$0] }) ?? ["python3", "python"] {
            guard let word = RawString(name) else { continue }
            if case .found(let file) = ExecutableSearch.find(word, path: path) { return file }
        }
        let searched = path.map { "PATH is \($0)" } ?? "PATH is not set"
        throw Failure(
            .pythonMissing,
            asked.map { "TRAIN_PYTHON names \"\($0)\", which is not there; \(searched)" } ?? searched
        )
    }
}
