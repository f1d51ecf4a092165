import SystemPackage

/// What is found out about a run beside its program: the digest of the code, what the channels hold.
///
/// A companion does it, so that it costs the program's start nothing, and hostile trees cost nobody.
enum RunFacts {
    /// How long may be read.
    private static let limit = Duration.seconds(30)

    /// Finds out, and writes what is known after each part, so that a short job has at least the first.
    ///
    /// - Parameters:
    ///   - base: The base directory.
    ///   - moment: When the code was in place, in nanoseconds of the files' clock.
    ///   - file: Where the facts are written.
    /// - Throws: `Failure` where the file cannot be written.
    static func run(base: FilePath, moment: Int, file: FilePath) throws(Failure) {
        let paths = TrainingPaths(base: base)
        let deadline = Instant.now + limit
        var facts = JSONObject([("code", .object(code(paths.code, moment, deadline)))])
        try write(facts, file)
        var channels = JSONObject()
        for name in DirectoryListing.names(paths.inputData) where FileSystem.isDirectory(paths.channel(name)) {
            let count = ChannelCount(paths.channel(name), deadline: deadline)
            channels[name] = .object(
                JSONObject([
                    ("files", .integer(count.files)), ("bytes", .integer(count.bytes)), ("whole", .bool(count.isWhole)),
                ])
            )
        }
        facts["channels"] = .object(channels)
        try write(facts, file)
    }

    private static func code(_ directory: FilePath, _ moment: Int, _ deadline: Instant) -> JSONObject {
        let tree = TreeDigest(directory, before: moment, deadline: deadline)
        var code = JSONObject([
            ("files", .integer(tree.files)), ("bytes", .integer(tree.bytes)),
            ("sha256", tree.digest.map { .string($0) } ?? .null),
        ])
        if tree.changed > 0 { code["changed_files"] = .integer(tree.changed) }
        if let problem = tree.problem { code["problem"] = .string(problem) }
        if let git = GitRevision(of: directory) {
            code["git"] = .object(
                JSONObject([("commit", .string(git.commit)), ("branch", git.branch.map { .string($0) } ?? .null)])
            )
        }
        return code
    }

    private static func write(_ facts: JSONObject, _ file: FilePath) throws(Failure) {
        let bytes = JSONWriter.bytes(.object(facts))
        try Failure.wrap(SmallFile.write(bytes, to: file, isDurable: false), as: .outcomeUnwritable, file)
    }
}
