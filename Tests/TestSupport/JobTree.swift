import Synchronization
public import SystemPackage

#if canImport(Glibc)
import Glibc
#endif

/// A fake /opt/ml tree below a directory of its own in the temporary directory, removed with `remove()`.
public struct JobTree: Sendable {
    /// The directory that holds the tree and whatever else a test puts beside it.
    public let scratch: FilePath
    /// The base directory, what /opt/ml is in a container.
    public var base: FilePath { scratch.appending("ml") }

    /// Makes an empty tree: only the base directory.
    public init() throws(Errno) {
        var template = Array((getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp").utf8CString.dropLast())
        template += "/train-test-XXXXXX".utf8CString
        guard mkdtemp(&template) != nil else { throw Errno(rawValue: errno) }
        scratch = FilePath(String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self))
        try makeDirectory("")
    }

    /// Makes a directory below the base, with all above it.
    public func makeDirectory(_ path: String) throws(Errno) {
        var made = FilePath("/")
        for component in base.appending(path).components {
            made.append(component)
            guard mkdir(made.string, 0o755) == 0 || errno == EEXIST || errno == EISDIR else {
                throw Errno(rawValue: errno)
            }
        }
    }

    /// Held while a file is open for writing and while a process is spawned: a child that has a copy of the descriptor would
    /// make another test's script a "Text file busy" until it executes.
    static let spawning = Mutex(())

    /// Writes a file below the base, with the directories above it.
    public func write(_ path: String, _ bytes: [UInt8], mode: UInt32 = 0o644) throws(Errno) {
        try Self.spawning.withLock { _ throws(Errno) in try writeAlone(path, bytes, mode) }
    }

    private func writeAlone(_ path: String, _ bytes: [UInt8], _ mode: UInt32) throws(Errno) {
        let file = base.appending(path)
        try makeDirectory(FilePath(path).removingLastComponent().string)
        let descriptor = open(file.string, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode)
        guard descriptor >= 0 else { throw Errno(rawValue: errno) }
        defer { close(descriptor) }
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 else { throw Errno(rawValue: errno) }
            rest = rest.dropFirst(count)
        }
        guard fchmod(descriptor, mode) == 0 else { throw Errno(rawValue: errno) }
    }

    /// Writes a text file below the base.
    public func write(_ path: String, _ text: String, mode: UInt32 = 0o644) throws(Errno) {
        try write(path, Array(text.utf8), mode: mode)
    }

    /// Reads a file below the base, or nothing if it is not there.
    public func read(_ path: String) -> [UInt8]? {
        let descriptor = open(base.appending(path).string, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = Glibc.read(descriptor, &buffer, buffer.count)
            guard count > 0 else { return count == 0 ? bytes : nil }
            bytes += buffer[..<count]
        }
    }

    /// Reads a file below the base as text, invalid UTF-8 mended.
    public func text(_ path: String) -> String? {
        read(path).map { String(decoding: $0, as: UTF8.self) }
    }

    /// Whether something is there, be it a dangling link.
    public func exists(_ path: String) -> Bool {
        var status = stat()
        return lstat(base.appending(path).string, &status) == 0
    }

    /// Runs `train` on this tree.
    public func train(
        _ arguments: [String] = [],
        environment: [String: String] = [:],
        limit: Double = 300
    )
        -> Command
    {
        var variables = Command.plainEnvironment
        variables["SAGEMAKER_BASE_DIR"] = base.string
        variables.merge(environment) { $1 }
        return Command(Command.train, arguments, environment: variables, limit: limit)
    }

    /// Removes the tree and what is beside it.
    public func remove() {
        _ = try? Command("/bin/rm", ["-rf", scratch.string]).run()
    }
}
