import Synchronization
public import SystemPackage

/// A private temporary directory for the values of variables that the kernel does not take; made when first needed.
public final class VariableFiles: Sendable {
    private struct State {
        var directory: FilePath?
        var count = 0
    }

    private let parent: FilePath
    /// Whether paths are only named, and nothing is written.
    private let isPlanned: Bool
    private let state = Mutex(State())

    /// Makes files below a directory that is there: TMPDIR, or /tmp.
    public convenience init(below parent: FilePath) {
        self.init(parent: parent, isPlanned: false)
    }

    /// Names where values would go, and writes none: for a plan of a job.
    static func planned() -> VariableFiles { VariableFiles(parent: "/tmp", isPlanned: true) }

    private init(parent: FilePath, isPlanned: Bool) {
        self.parent = parent
        self.isPlanned = isPlanned
    }

    /// Makes files below TMPDIR, or /tmp where it is not set.
    public convenience init(environment: EnvironmentVariables) {
        let named = environment.text("TMPDIR").flatMap { $0.isEmpty ? nil : FilePath($0) }
        self.init(below: named ?? "/tmp")
    }

    /// Writes a value and gives back where it is.
    ///
    /// Only the user that `train` runs as can read it.
    ///
    /// - Throws: `Failure` where the directory or the file cannot be written.
    func store(_ name: String, _ value: [UInt8]) throws(Failure) -> FilePath {
        let path = try state.withLock { (state: inout State) throws(Failure) -> FilePath in
            let directory: FilePath
            if let made = state.directory { directory = made } else { directory = try makeDirectory() }
            state.directory = directory
            state.count += 1
            // A variable's name may be longer than a file's, and hold a slash.
            let safe = name.utf8.prefix(64).map { Self.isPlain($0) ? $0 : UInt8(ascii: "_") }
            return directory.appending("\(state.count)-\(String(decoding: safe, as: UTF8.self))")
        }
        if isPlanned { return path }
        do throws(Errno) {
            let file = try OwnedDescriptor.open(
                path,
                .writeOnly,
                options: [.create, .exclusiveCreate],
                permissions: 0o600
            )
            try file.writeAll(value)
            try file.close()
        } catch {
            throw Failure(.variableFileUnwritable, path.string, error)
        }
        return path
    }

    /// Removes the directory with all files in it, at the end of a job.
    public func remove() {
        let directory = state.withLock { state in
            defer { state.directory = nil }
            return state.directory
        }
        if let directory, !isPlanned { TemporaryDirectory.discard(directory) }
    }

    private func makeDirectory() throws(Failure) -> FilePath {
        // A name as mkdtemp(3) takes it stands for one that no job has made.
        if isPlanned { return parent.appending("train-variables-XXXXXX") }
        let name = "train-variables"
        return try Failure.wrap(TemporaryDirectory.make(below: parent, name: name), as: .variableFileUnwritable, parent)
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "_") || byte.isASCIIDigit
            || byte.isASCIIUppercase
    }
}
