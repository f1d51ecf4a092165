import Logging
import SystemPackage

/// What is on record of a checkpoint.
struct SavedCheckpoint {
    let name: String
    /// Its place among all that its host and rank saved.
    let order: Int
    /// The size of a file; a directory has a list of its own.
    let size: Int?
}

/// What is on record of the checkpoints that a host and rank saved: a hidden file beside each.
///
/// - A file of its own each, so that hosts and ranks that share a directory never write the same one, and one that is
///   damaged costs no more than that its checkpoint stays.
/// - It holds neither times nor inodes, which S3 does not bring back.
/// - A process without a rank is rank 0.
/// - The Python package reads and writes the same.
struct CheckpointRecords: Sendable {
    /// What stands around the name of a checkpoint: no longer than `.sagemaker-ignore`, so that it fits where that does.
    private static let (beginning, ending) = (".train-save-", ".json")
    /// The largest record that is read.
    private static let limit = 4_096
    /// What tells a process its place in a distributed program: torchrun's variable, Open MPI's, MPICH's.
    private static let rankVariables = ["RANK", "OMPI_COMM_WORLD_RANK", "PMI_RANK"]

    private let directory: FilePath
    private let host: String
    private let rank: Int

    /// Makes it of the directory of the checkpoints; the host is that of the variables, if they have one.
    init(_ directory: FilePath, host: String = "algo-1", _ variables: EnvironmentVariables = .current()) {
        self.directory = directory
        self.host = variables.text("SM_CURRENT_HOST").flatMap { $0.isEmpty ? nil : $0 } ?? host
        let ranks = Self.rankVariables.compactMap { variables.text($0) }.compactMap { UInt32($0) }
        rank = ranks.first.map { Int($0) } ?? 0
    }

    /// The path of the record of a checkpoint.
    func path(of name: String) -> FilePath { directory.appending(Self.beginning + name + Self.ending) }

    /// Takes a checkpoint off the record.
    func remove(_ name: String) throws(Failure) {
        do throws(Errno) {
            try SmallFile.remove(path(of: name))
        } catch {
            throw Failure(.checkpointUnwritable, path(of: name).string, error)
        }
    }

    /// Puts a checkpoint on record; a link is nothing that could be known again.
    func add(_ name: String, _ status: FileStatus) {
        guard status.isFile || status.isDirectory else { return }
        let record = JSONObject([
            ("host", .string(host)),
            ("order", .integer((all().last?.order ?? 0) + 1)),
            ("rank", .integer(rank)),
            ("size", status.isFile ? .integer(status.size) : .null),
        ])
        do throws(Errno) {
            // One that a power failure takes leaves a checkpoint that stays.
            try SmallFile.write(JSONWriter.bytes(.object(record)), to: path(of: name), isDurable: false)
        } catch {
            // The checkpoint is there, which is what counts.
            log.warning("\(directory.appending(name)): keep will not delete this checkpoint: \(error)")
        }
    }

    /// What is on record, the oldest first; what is damaged or another's is left out.
    func all() -> [SavedCheckpoint] {
        DirectoryListing.names(directory)
            .filter { $0.hasPrefix(Self.beginning) && $0.hasSuffix(Self.ending) }
            .compactMap { read(String($0.dropFirst(Self.beginning.count).dropLast(Self.ending.count))) }
            .sorted { $0.order == $1.order ? $0.name.precedesByCodePoint($1.name) : $0.order < $1.order }
    }

    private func read(_ name: String) -> SavedCheckpoint? {
        let path = path(of: name)
        guard Checkpoints.isUsable(name), !name.hasPrefix("."),
            let status = try? FileStatus(link: path), status.isFile, status.size <= Self.limit,
            let bytes = try? readFile(path, limit: Self.limit),
            let record = (try? JSONReader.read(bytes))?.object,
            record["host"] == .string(host), Self.natural(record["rank"]) == rank,
            let order = Self.natural(record["order"]), let size = record["size"]
        else { return nil }
        if case .null = size { return SavedCheckpoint(name: name, order: order, size: nil) }
        return Self.natural(size).map { SavedCheckpoint(name: name, order: order, size: $0) }
    }

    /// A number that is the same in all that reads JSON.
    private static func natural(_ value: JSONValue?) -> Int? {
        value?.integer.flatMap { 0..<(1 << 53) ~= $0 ? $0 : nil }
    }
}
