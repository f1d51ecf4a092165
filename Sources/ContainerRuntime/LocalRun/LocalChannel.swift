import SystemPackage

/// A channel of a local run: a name and what is in it.
struct LocalChannel: Hashable, Sendable {
    let name: String
    /// A directory, or a file that will be alone in the channel; of S3, the directory that it is brought to.
    private(set) var path: FilePath
    /// Where it is brought from before the job begins, or nil where it is of this machine.
    private(set) var source: ObjectPrefix?
    /// What an archive of the channel `model` is called there, as on the platform; nil for the file's own name.
    var fileName: String?
    var contentType: String?
    /// How it is fed in Pipe mode, or nil for File mode.
    private(set) var feed: LocalFeed?

    static let mostChannels = 20
    private static let nameExpected =
        "NAME=PATH with a name of 1 to 64 letters, digits, \".\", \"_\" and \"-\", and not \".\" or \"..\""

    /// Reads `--channel` and `--model`.
    ///
    /// Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_Channel.html
    static func read(_ options: LocalOptions) throws(Failure) -> [LocalChannel] {
        var channels = try options.channels.map { text throws(Failure) in try LocalChannel(text) }
        if let text = options.model { channels.append(try model(text)) }
        var names: Set<ExactText> = []
        for channel in channels where !names.insert(ExactText(text: channel.name)).inserted {
            let found = channels.filter { $0.name.hasSameBytes(as: channel.name) }.count
            throw .option("--channel \(channel.name)", expected: "given once", found: "\(found) channels of that name")
        }
        guard channels.count <= mostChannels else {
            throw .option("--channel", expected: "given at most \(mostChannels) times", found: "\(channels.count)")
        }
        return channels
    }

    private init(_ text: String) throws(Failure) {
        guard let pair = NamedValue(text), 1...64 ~= pair.name.utf8.count, NamedValue.isMade(pair.name, of: "._-"),
            pair.name != ".", pair.name != ".."
        else { throw .option("--channel", expected: Self.nameExpected, found: text) }
        let option = "--channel \(pair.name)"
        name = pair.name
        let fed = try LocalFeed.read(pair.value, option)
        if fed?.feed.attributes.isEmpty ?? true, let source = try Self.source(fed?.path ?? pair.value, option) {
            (self.source, path, feed) = (source, FilePath(), fed?.feed)
            return
        }
        // The other ways to fill a channel have schemes; what is no scheme is a path.
        if let (feed, text) = fed {
            let kind = feed.attributes.isEmpty ? "a directory or a file that is there" : "a manifest that is there"
            path = try LocalRequest.existing(text, option, kind)
            guard feed.attributes.isEmpty || !isDirectory else {
                throw .option(option, expected: "a manifest, which is a file", found: text)
            }
            self.feed = feed
            return
        }
        path = try LocalRequest.existing(pair.value, option, "a directory or a file that is there")
    }

    private init(name: String, path: FilePath) {
        (self.name, self.path) = (name, path)
    }

    private static func source(_ text: String, _ option: String) throws(Failure) -> ObjectPrefix? {
        guard ObjectPrefix.isMeant(by: text) else { return nil }
        guard let source = ObjectPrefix(text) else {
            throw .option(option, expected: "s3://BUCKET/PREFIX", found: text)
        }
        return source
    }

    private static func model(_ text: String) throws(Failure) -> LocalChannel {
        var channel = LocalChannel(name: "model", path: "")
        // As the SDK's model_uri asks for it.
        channel.contentType = "application/x-sagemaker-model"
        channel.source = try source(text, "--model")
        guard channel.source == nil else { return channel }
        channel.path = try LocalRequest.existing(text, "--model", "a directory or an archive that is there")
        if !channel.isDirectory { channel.fileName = "model.tar.gz" }
        return channel
    }

    /// Names the place that it is brought to, where it is of S3.
    mutating func settle(below directory: FilePath) {
        if source != nil { path = directory.appending(name) }
    }

    var isDirectory: Bool { FileSystem.isDirectory(path) }

    /// The name of a single file in the channel.
    var nameOfFile: String { fileName ?? path.lastComponent?.string ?? "data" }

    /// Its entry in inputdataconfig.json.
    var json: JSONValue {
        var object = JSONObject([
            ("TrainingInputMode", feed == nil ? "File" : "Pipe"), ("S3DistributionType", "FullyReplicated"),
            ("RecordWrapperType", feed?.wrapsRecords == true ? "RecordIO" : "None"),
        ])
        if let contentType { object["ContentType"] = .string(contentType) }
        return .object(object)
    }
}
