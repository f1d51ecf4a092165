import SystemPackage

/// The code of a local run: a script alone, a directory with the script in it, or what the job itself fetches.
struct LocalCode: Hashable, Sendable {
    /// The entry point, relative to the code directory.
    let program: String
    /// The script alone, or nil where a directory is copied.
    let script: FilePath?
    let source: FilePath?
    /// Where the job fetches it from, as sagemaker_submit_directory has it; nil where it is of this machine.
    let location: String?
    let requirements: FilePath?

    /// Finds script, directory and requirements.
    init(_ options: LocalOptions) throws(Failure) {
        requirements = try options.requirements.map { text throws(Failure) in
            try Self.file(text, "--requirements", "a file that is there")
        }
        if let location = options.source, location.utf8.firstRange(of: "://".utf8) != nil {
            self.location = location
            (program, script, source) = (try Self.fetched(options, location), nil, nil)
            return
        }
        location = nil
        guard let directory = options.source else {
            let file = try Self.file(options.script, "SCRIPT", "a file that is there")
            // Its own name, not that of what a link leads to.
            guard let name = FilePath(options.script).lastComponent?.string else {
                throw .option("SCRIPT", expected: "a file that is there", found: options.script)
            }
            (program, script, source) = (name, file, nil)
            return
        }
        let source = try LocalRequest.existing(directory, "--source", "a directory that is there")
        guard FileSystem.isDirectory(source) else {
            throw .option("--source", expected: "a directory", found: directory)
        }
        (self.source, script) = (source, nil)
        program = try Self.name(of: options.script, below: source, directory)
    }

    /// Copies the code, as it would come out of the archive that a client uploads.
    ///
    /// What a local run leaves is left out: a directory that is copied may be the one that it is run in.
    func copy(to directory: FilePath, besides output: FilePath) throws(Failure) {
        var staging = try StagingDirectory(for: directory)
        var copy = try TreeCopy(into: staging.descriptor, limits: ExtractionLimits(), checkpoint: {})
        if let source {
            let results = FileSystem.realPath(output) ?? output
            copy.isLeftOut = { [requirements] path in
                guard path != results else { return true }
                guard path.removingLastComponent() == source, let name = path.lastComponent?.string else {
                    return false
                }
                return name == "requirements.txt" ? requirements != nil : LocalPlace.isOwn(path)
            }
            try copy.run(source)
        } else if let script {
            try Self.put(script, program, &copy)
        }
        if let requirements { try Self.put(requirements, "requirements.txt", &copy) }
        try staging.commit()
    }

    /// The script's name in code that nobody has seen yet.
    private static func fetched(_ options: LocalOptions, _ location: String) throws(Failure) -> String {
        guard (try? CodeLocation(location)) != nil else {
            throw .option(
                "--source",
                expected: "a directory, s3://BUCKET/KEY, https://… or file:///PATH",
                found: location
            )
        }
        if let file = options.requirements {
            // Code is only fetched into a directory that is empty.
            throw .option("--requirements", expected: "used with a --source of this machine", found: file)
        }
        guard !options.script.isEmpty, !options.script.utf8.contains(0), FilePath(options.script).isRelative else {
            throw .option("SCRIPT", expected: "a file of what --source brings, named from there", found: options.script)
        }
        return options.script
    }

    private static func put(_ file: FilePath, _ name: String, _ copy: inout TreeCopy) throws(Failure) {
        let status = try Failure.wrap(FileStatus(file), as: .sourceUnreadable, file)
        try copy.copyFile(file, MemberName(components: [Array(name.utf8)]), status)
    }

    private static func file(_ text: String, _ option: String, _ expected: String) throws(Failure) -> FilePath {
        let path = try LocalRequest.existing(text, option, expected)
        guard (try? FileStatus(path))?.isFile == true else { throw .option(option, expected: "a file", found: text) }
        return path
    }

    /// A script in the directory, named from there as the SDK has it, or by any path that leads into it.
    private static func name(of script: String, below source: FilePath, _ directory: String) throws(Failure) -> String {
        let path = FilePath(script)
        if path.isRelative, !path.components.contains(where: { $0.kind == .parentDirectory }),
            (try? FileStatus(source.appending(path.components)))?.isFile == true
        {
            return path.lexicallyNormalized().string
        }
        var inside = FileSystem.realPath(path) ?? ""
        guard inside.removePrefix(source), (try? FileStatus(path))?.isFile == true else {
            throw .option("SCRIPT", expected: "a file in the directory of --source, \(directory)", found: script)
        }
        return inside.string
    }
}
