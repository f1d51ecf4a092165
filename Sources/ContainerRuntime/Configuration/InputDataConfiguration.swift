public import SystemPackage

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
        let names = DirectoryListing.names(paths.inputData).filter { FileSystem.isDirectory(paths.channel($0)) }
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
            return mode == "Pipe" || mounts.mayHang(directory) || FileSystem.exists(directory) ? nil : name
        }
    }
}
