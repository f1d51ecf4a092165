import SystemPackage

/// The directory that a local run leaves its results in: always new or empty, so that no earlier model is overwritten.
struct LocalPlace: Sendable {
    let directory: FilePath
    /// What people are told, relative where it was chosen so.
    let shown: String
    /// Whether the directory was made here.
    private let isMade: Bool

    private static let prefix = "train-local-"
    private static let most = 100_000

    /// Makes the directory: the one that was asked for, or `train-local-1`, `-2` and so on, the first that is free.
    ///
    /// - Throws: `Failure` where it holds something, or cannot be made.
    init(_ asked: FilePath?, shown: String? = nil) throws(Failure) {
        guard let asked else {
            try self.init(below: LocalRequest.absolute(".", "--output"))
            return
        }
        let isThere = FileSystem.exists(asked)
        if isThere {
            guard (try? DirectoryListing.components(asked))?.isEmpty == true else {
                let found = FileSystem.isDirectory(asked) ? "\(asked), which holds something" : asked.string
                throw .option("--output", expected: "a directory that is new or empty", found: found)
            }
        } else {
            try Failure.wrap(FileSystem.makeDirectories(asked), as: .directoryUnavailable, asked)
        }
        guard FileSystem.isAccessible(asked, [.write, .execute]) else {
            throw Failure(.directoryUnavailable, asked.string, .permissionDenied)
        }
        self.init(asked, shown: shown ?? asked.string, isMade: !isThere)
    }

    private init(_ directory: FilePath, shown: String, isMade: Bool) {
        (self.directory, self.shown, self.isMade) = (directory, shown, isMade)
    }

    private init(below parent: FilePath) throws(Failure) {
        for number in 1...Self.most {
            let name = "\(Self.prefix)\(number)"
            let path = parent.appending(name)
            do throws(Errno) {
                try FileSystem.makeDirectory(path, permissions: 0o755)
                self.init(path, shown: name, isMade: true)
                return
            } catch .fileExists {
                // mkdir(2) decides who of two runs that start at once has a name.
                continue
            } catch {
                throw Failure(.directoryUnavailable, path.string, error)
            }
        }
        throw Failure(.directoryUnavailable, parent.appending("\(Self.prefix)N").string, .fileExists)
    }

    /// Whether a directory is one that a run without `--output` made.
    static func isOwn(_ path: FilePath) -> Bool {
        guard let name = path.lastComponent?.string, name.hasPrefix(prefix), FileSystem.isDirectory(path) else {
            return false
        }
        let number = name.utf8.dropFirst(prefix.utf8.count)
        return !number.isEmpty && number.allSatisfy(\.isASCIIDigit)
    }

    /// Where the results of a host go: the directory itself where there is one host.
    func directory(of host: String, among hosts: [String]) -> FilePath {
        hosts.count == 1 ? directory : directory.appending(host)
    }

    /// Where channels of S3 are brought to, once for all hosts.
    var channels: FilePath { directory.appending("channels") }

    /// Makes the directory of the channels: data may be a secret.
    func makeChannels() throws(Failure) {
        try Failure.wrap(FileSystem.makeDirectory(channels, permissions: 0o700), as: .directoryUnavailable, channels)
    }

    /// Removes what was brought.
    func removeChannels() {
        if FileSystem.exists(channels) { TemporaryDirectory.discard(channels) }
    }

    /// Takes the directory away where nothing was started.
    func giveBack() {
        if isMade { return TemporaryDirectory.discard(directory) }
        removeChannels()
        try? FileSystem.removeFile(directory.appending("job.log"))
    }
}
