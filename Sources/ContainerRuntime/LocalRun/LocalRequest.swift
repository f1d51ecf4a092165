import SystemPackage

/// What `train local` will do: all options read and looked at, nothing made yet.
public struct LocalRequest: Sendable {
    let code: LocalCode
    var channels: [LocalChannel]
    /// Hyperparameters as the platform's file has them: texts.
    let hyperparameters: JSONObject
    let dependencies: [FilePath]
    /// Where the results go, or nil for a directory of its own in the working directory.
    let output: FilePath?
    /// The same as it was written, for people.
    let shownOutput: String?
    let hosts: [String]
    let gpus: Int?
    let variables: [(name: RawString, value: RawString)]
    let checkpoints: FilePath?
    let metrics: [MetricDefinition]
    let maximumRunTime: String?
    let stopAfter: Duration?
    let restarts: Bool
    let keeps: Bool
    /// The image that the hosts run in, or nil for processes.
    let image: String?
    let arguments: [RawString]

    /// When a spot instance is taken away where nothing else is said.
    static let spotTime = Duration.seconds(10)
    /// As many loopback addresses and processes as one machine is good for.
    static let mostHosts = 64

    /// Reads the options.
    ///
    /// - Throws: `Failure` that names the first option that cannot be used, what it must be and what it is.
    public init(_ options: LocalOptions) throws(Failure) {
        code = try LocalCode(options)
        channels = try LocalChannel.read(options)
        hyperparameters = try LocalHyperparameters.read(options)
        dependencies = try Self.directories(options.dependencies, "--dependency")
        output = try options.output.map { text throws(Failure) in
            guard !text.isEmpty, !text.utf8.contains(0) else {
                throw .option("--output", expected: "a directory that is new or empty", found: text)
            }
            return try Self.absolute(FilePath(text), "--output")
        }
        shownOutput = options.output
        guard 1...Self.mostHosts ~= options.hosts else {
            throw .option("--hosts", expected: "a number from 1 to \(Self.mostHosts)", found: "\(options.hosts)")
        }
        // In the platform's order, which is that of texts: algo-1, algo-10, algo-2.
        hosts = (1...options.hosts).map { "algo-\($0)" }.sorted { $0.precedesByCodePoint($1) }
        gpus = try options.gpus.map { count throws(Failure) in try Self.gpus(count) }
        variables = try options.variables.map { text throws(Failure) in try Self.variable(text) }
        checkpoints = try options.checkpoints.map { text throws(Failure) in
            let path = try Self.absolute(FilePath(text), "--checkpoints")
            guard !FileSystem.exists(path) || FileSystem.isDirectory(path) else {
                throw .option("--checkpoints", expected: "a directory, or a path that is free", found: text)
            }
            return path
        }
        metrics = try Self.metrics(options.metrics)
        if let text = options.maximumRunTime { _ = try Self.time(text, "--max-runtime") }
        maximumRunTime = options.maximumRunTime
        let asked = try options.stopAfter.map { text throws(Failure) in try Self.time(text, "--stop-after") }
        stopAfter = asked ?? (options.restarts ? Self.spotTime : nil)
        (restarts, keeps, arguments) = (options.restarts, options.keeps, options.arguments)
        image = options.image
        if let image, image.isEmpty || image.hasPrefix("-") || image.utf8.contains(where: { $0 <= 0x20 }) {
            throw .option("--image", expected: "the name of an image", found: image)
        }
        try LocalLauncher.check(self, .current())
    }
}

extension LocalRequest {
    /// A path that the working directory no longer matters to; links in it stay.
    static func absolute(_ path: FilePath, _ option: String) throws(Failure) -> FilePath {
        guard !path.isEmpty else { throw .option(option, expected: "a path", found: "") }
        if path.isAbsolute { return path.lexicallyNormalized() }
        let directory = try Failure.wrap(CurrentProcess.workingDirectory(), as: .directoryUnavailable, ".")
        return directory.appending(path.components).lexicallyNormalized()
    }

    /// What a path leads to, links resolved, where it is there and may be read.
    static func existing(_ text: String, _ option: String, _ expected: String) throws(Failure) -> FilePath {
        guard !text.isEmpty, !text.utf8.contains(0), let path = FileSystem.realPath(FilePath(text)) else {
            throw .option(option, expected: expected, found: text)
        }
        let isDirectory = FileSystem.isDirectory(path)
        guard FileSystem.isAccessible(path, isDirectory ? [.read, .execute] : .read) else {
            throw .option(option, expected: "\(expected) that may be read", found: text)
        }
        return path
    }

    private static func directories(_ texts: [String], _ option: String) throws(Failure) -> [FilePath] {
        try texts.map { text throws(Failure) in
            let path = try existing(text, option, "a directory")
            guard FileSystem.isDirectory(path), !text.utf8.contains(UInt8(ascii: ":")) else {
                throw .option(option, expected: "a directory without \":\" in its name", found: text)
            }
            return path
        }
    }

    private static func gpus(_ count: Int) throws(Failure) -> Int {
        guard count > 0 else {
            guard count == 0 else { throw .option("--gpus", expected: "0 or more", found: "\(count)") }
            return 0
        }
        var warnings: [JobWarning] = []
        let machine = Accelerators(root: "/", path: EnvironmentVariables.current()["PATH"], runTool: BoundedTool.output)
        let has = machine.gpus(visible: nil, &warnings)
        guard count <= has else {
            throw .option("--gpus", expected: "at most the GPUs of this machine, \(has)", found: "\(count)")
        }
        return count
    }

    /// Source: the patterns of `Environment` of CreateTrainingJob.
    private static func variable(_ text: String) throws(Failure) -> (name: RawString, value: RawString) {
        let expected = "NAME=VALUE with a name of letters, digits and _, no digit first"
        guard let pair = NamedValue(text), NamedValue.isMade(pair.name, of: "_"),
            pair.name.utf8.first?.isASCIIDigit == false, let name = RawString(pair.name),
            let value = RawString(pair.value)
        else { throw .option("--environment", expected: expected, found: text) }
        return (name, value)
    }

    private static func metrics(_ texts: [String]) throws(Failure) -> [MetricDefinition] {
        var all: [MetricDefinition] = []
        for text in texts {
            guard let pair = NamedValue(text) else {
                throw .option("--metric", expected: "NAME=REGEX, such as 'loss=loss: ([0-9.]+)'", found: text)
            }
            guard !all.contains(where: { $0.name.hasSameBytes(as: pair.name) }) else {
                throw .option("--metric \(pair.name)", expected: "given once", found: text)
            }
            let definition = try MetricDefinition(name: pair.name, regex: pair.value, source: "--metric")
            try check(pair)
            all.append(definition)
        }
        return try MetricDefinition.merge(all, source: "--metric")
    }

    private static func check(_ metric: NamedValue) throws(Failure) {
        let problem: String
        do throws(RegexSearch.Problem) {
            if try RegexSearch(metric.value).groups > 0 { return }
            problem = "parentheses around the number"
        } catch {
            problem = error.words
        }
        throw .option("--metric \(metric.name)", expected: "a regex with a group (\(problem))", found: metric.value)
    }

    private static func time(_ text: String, _ option: String) throws(Failure) -> Duration {
        guard let time = DurationText.parse(text) else {
            throw .option(option, expected: DurationText.expected, found: text)
        }
        return time
    }
}
