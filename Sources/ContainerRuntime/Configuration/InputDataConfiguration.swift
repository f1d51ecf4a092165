public import SystemPackage

#if canImport(Glibc)
import Glibc
#endif

/// The channels of a job: input/config/inputdataconfig.json, or, where there is no such file, the directories in
/// input/data.
public struct InputDataConfiguration: Sendable, Equatable {
    /// The object of the file, which passes on as it is.
    public let object: JSONObject
    /// The names of the channels, in the order of the file.
    public var channels: [String] { object.keys }

    /// Takes the object of a file over.
    ///
    /// - Throws: `Failure` for a name that is no file name: it would lead out of input/data.
    public init(_ object: JSONObject, file: FilePath = "inputdataconfig.json") throws(Failure) {
        for name in object.keys {
            let bytes = name.utf8
            let isPath = bytes.contains(UInt8(ascii: "/")) || bytes.contains(0)
            guard !isPath, name != ".", name != "..", !name.isEmpty else {
                throw Failure(.channelNameUnusable(name: name), file.string)
            }
        }
        self.object = object
    }

    /// Reads the file, or makes channels of the directories in input/data.
    static func read(_ paths: TrainingPaths) throws(Failure) -> InputDataConfiguration {
        let file = paths.configuration("inputdataconfig.json")
        if let object = try ConfigurationFile.readObject(file) {
            return try InputDataConfiguration(object, file: file)
        }
        let fileMode = JSONValue.object(JSONObject([("TrainingInputMode", "File")]))
        let names = DirectoryListing.names(paths.inputData).filter { DirectoryListing.isDirectory(paths.channel($0)) }
        return try InputDataConfiguration(JSONObject(names.map { ($0, fileMode) }), file: paths.inputData)
    }

    /// The channels whose directory is not there.
    ///
    /// Those of Pipe mode have FIFOs instead, made while the job runs; what another machine serves is there, and asking it
    /// might wait for ever.
    func missing(_ paths: TrainingPaths, _ mounts: MountTable = .current()) -> [String] {
        object.compactMap { name, value in
            let mode = value.object?["TrainingInputMode"]?.string
            let directory = paths.channel(name)
            return mode == "Pipe" || mounts.mayHang(directory) || DirectoryListing.exists(directory) ? nil : name
        }
    }
}

/// What a directory holds.
enum DirectoryListing {
    /// The names in a directory, sorted by their bytes, without `.` and `..`; none where it cannot be read.
    static func names(_ path: FilePath) -> [String] {
        guard let directory = path.withPlatformString({ opendir($0) }) else { return [] }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted { $0.precedesByCodePoint($1) }
    }

    /// How many names a directory has, counted up to a number; none where it cannot be read.
    static func count(_ path: FilePath, atMost most: Int) -> Int {
        guard let directory = path.withPlatformString({ opendir($0) }) else { return 0 }
        defer { closedir(directory) }
        var count = 0
        while count < most, let entry = readdir(directory) {
            let isDot = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                bytes[0] == 0x2e && (bytes[1] == 0 || bytes[1] == 0x2e && bytes[2] == 0)
            }
            if !isDot { count += 1 }
        }
        return count
    }

    /// Whether a path leads to a directory, links followed.
    static func isDirectory(_ path: FilePath) -> Bool {
        mode(path).map { $0 & S_IFMT == S_IFDIR } ?? false
    }

    /// Whether a path leads to something, links followed.
    static func exists(_ path: FilePath) -> Bool { mode(path) != nil }

    /// Type and permissions of what a path leads to, links followed.
    static func mode(_ path: FilePath) -> mode_t? {
        var status = stat()
        guard path.withPlatformString({ stat($0, &status) }) == 0 else { return nil }
        return status.st_mode
    }
}
