import SystemPackage

/// What /opt/ml is in a container, for one host of a local run: a directory beside the results.
///
/// It is on the disk of the results, so that archives are moved by a rename and not copied. Data is linked, never copied.
struct LocalTree: Sendable {
    let request: LocalRequest
    let job: String
    let host: String
    /// The directory of this host's results.
    let results: FilePath
    /// All results, which the code must not be copied with.
    let place: LocalPlace
    let checkpoints: FilePath?
    /// The file that names of hosts are looked up in.
    var hostsFile: FilePath?
    var peerPort: Int?
    /// The container that it is mounted in, or nil for a process.
    var container: LocalContainer?
    /// Whether the directory of the checkpoints is this run's own.
    var makesCheckpoints = false

    /// What the tree is called beside the results.
    static let name = "ml"
    /// Where the tree is on this machine.
    var paths: TrainingPaths { TrainingPaths(base: container == nil ? holder : holder.appending(Self.name)) }
    /// Where the job sees it.
    var seen: TrainingPaths { container == nil ? paths : TrainingPaths(base: LocalContainer.base) }
    /// What nobody else may enter: what is written here may hold a job's secrets.
    private var holder: FilePath { results.appending(container == nil ? Self.name : ".\(Self.name)") }

    /// Makes the tree, anew.
    ///
    /// - Throws: `Failure` where a file cannot be written or the code cannot be copied.
    func make() throws(Failure) {
        remove()
        let paths = paths
        try directory(results, 0o755)
        try directory(holder, 0o700)
        if container != nil { try directory(paths.base, 0o700) }
        for path in [
            paths.input, paths.inputConfiguration, paths.inputData, paths.model, paths.output, paths.outputData,
        ] {
            try directory(path, 0o755)
        }
        for channel in request.channels where channel.feed == nil { try make(channel) }
        if let checkpoints, container == nil {
            try Failure.wrap(FileSystem.makeDirectories(checkpoints), as: .directoryUnavailable, checkpoints)
            try link(paths.checkpoints, to: checkpoints)
        }
        for (name, value) in configuration { try write(value, paths.configuration(name)) }
        if request.code.location == nil {
            try request.code.copy(to: paths.code, besides: place.directory)
        } else {
            try directory(paths.code, 0o755)
        }
        if container != nil { try prepareMounts() }
    }

    /// Removes the tree; what is linked stays.
    func remove() {
        if FileSystem.exists(holder) { TemporaryDirectory.discard(holder) }
    }

    private func make(_ channel: LocalChannel) throws(Failure) {
        let path = paths.channel(channel.name)
        var names = [channel.nameOfFile]
        if channel.isDirectory {
            if container == nil { try link(path, to: channel.path) }
            names = Array(DirectoryListing.names(channel.path).prefix(Self.mostListed))
        } else if container == nil {
            try directory(path, 0o755)
            try link(path.appending(FilePath.Component(channel.nameOfFile) ?? "data"), to: channel.path)
        }
        let parent = channel.isDirectory ? channel.path : channel.path.removingLastComponent()
        let place = channel.source?.directory ?? "file://\(parent.string)/"
        let prefix = JSONValue.object(JSONObject([("prefix", .string(place))]))
        let list = JSONValue.array([prefix] + names.map { .string($0) })
        try write(list, paths.inputData.appending("\(channel.name)-manifest"))
    }

    /// A channel may hold millions of files, and nobody has to wait for a list of them.
    private static let mostListed = 1_000

    func directory(_ path: FilePath, _ mode: CInterop.Mode) throws(Failure) {
        do { try FileSystem.makeDirectory(path, permissions: mode) } catch .fileExists {
            return
        } catch {
            throw Failure(.directoryUnavailable, path.string, error)
        }
    }

    private func link(_ path: FilePath, to target: FilePath) throws(Failure) {
        try Failure.wrap(FileSystem.makeSymbolicLink(path, to: target), as: .directoryUnavailable, path)
    }

    private func write(_ value: JSONValue, _ path: FilePath) throws(Failure) {
        let bytes = JSONWriter.bytes(value)
        try Failure.wrap(SmallFile.write(bytes, to: path, isDurable: false), as: .outcomeUnwritable, path)
    }
}
