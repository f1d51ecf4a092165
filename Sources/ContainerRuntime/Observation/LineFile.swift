import SystemPackage

/// A file of lines that is only appended to: whole lines, bounded, given up where it cannot be written.
struct LineFile: ~Copyable {
    /// A disk full of metrics would end the job.
    static let largest = 512 << 20

    private var file: OwnedDescriptor?
    private var waiting: [UInt8] = []
    private var size = 0
    /// Why nothing more is written, for people.
    private var problem: String?
    private var isTold = false
    private let path: FilePath

    /// Makes the file, empty, with the directories above it; a problem is told where that fails.
    init(_ path: FilePath) {
        self.path = path
        do throws(Errno) {
            try FileSystem.makeDirectories(path.removingLastComponent())
            file = try OwnedDescriptor.open(path, .writeOnly, options: [.create, .truncate, .append, .noFollow])
        } catch {
            problem = "\(path): \(error)"
        }
    }

    /// Adds whole lines; they are written with `flush`, or when there are many.
    mutating func add(_ lines: [UInt8]) {
        guard problem == nil else { return }
        waiting += lines
        if waiting.count >= 1 << 18 { flush() }
    }

    /// Writes what waits.
    mutating func flush() {
        guard !waiting.isEmpty, problem == nil else { return }
        defer { waiting.removeAll(keepingCapacity: true) }
        guard size + waiting.count <= Self.largest else {
            problem = "\(path): has \(size) bytes, \(Self.largest) are the most; nothing more is written to it"
            return
        }
        size += waiting.count
        do { try file?.writeAll(waiting) } catch { problem = "\(path): \(error); nothing more is written to it" }
    }

    /// The problem, the first time that it is asked for.
    mutating func takeProblem() -> String? {
        guard let problem, !isTold else { return nil }
        isTold = true
        return problem
    }
}
