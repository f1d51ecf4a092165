import SystemPackage

/// What the banner tells beside the job's configuration: looked at in bounded time.
struct BannerFacts {
    /// The limit of memory, or the machine's, in bytes.
    var memory: Int?
    /// The version of the NVIDIA driver.
    var driver: String?
    var sharedMemory: FileSystemUse?
    var modelDisk: FileSystemUse?
    var outputDisk: FileSystemUse?
    /// How many names the model directory has already.
    var modelEntries = 0
    /// What the channels hold, by name; of those that are streams, nothing.
    var channels: [(name: String, mode: String, count: ChannelCount?)] = []
    /// The kernel's release.
    var kernel = ""

    /// More names of the model directory are not counted.
    static let mostEntries = 1_000
    static let time = Duration.milliseconds(15)
    /// For the short form, which every job has.
    static let shortTime = Duration.milliseconds(2)

    /// Looks at what can be seen in a short time.
    ///
    /// - Parameters:
    ///   - environment: The facts of the job.
    ///   - most: How many files of the channels are counted.
    ///   - time: How long they are counted.
    ///   - root: Where /proc, /sys and /dev are looked for.
    init(_ environment: TrainingEnvironment, most: Int = .max, time: Duration = time, root: FilePath = "/") {
        let deadline = Instant.now + time
        var left = most
        memory = ResourceSource.memoryLimit(root: root)
        driver = Self.driver(root)
        sharedMemory = FileSystemUse(root.appending("dev/shm"))
        // Nothing supervises this: what lies on another machine may keep us for ever.
        let mounts = MountTable.current(root: root)
        let isNear = { (path: FilePath) in !mounts.mayHang(path) }
        if isNear(environment.paths.model) {
            modelDisk = FileSystemUse(environment.paths.model)
            modelEntries = DirectoryListing.count(environment.paths.model, atMost: Self.mostEntries)
        }
        if isNear(environment.paths.output) { outputDisk = FileSystemUse(environment.paths.output) }
        kernel = (try? readFile(root.appending("proc/sys/kernel/osrelease"), limit: 256)).map(Self.line) ?? ""
        for (name, value) in environment.configuration.inputData.object {
            let mode = value.object?["TrainingInputMode"]?.string ?? "File"
            // A FIFO ends with what is read of it, and a lazy mount would ask S3 for every name.
            let isThere = mode != "Pipe" && mode != "FastFile" && Instant.now < deadline
            let directory = environment.paths.channel(name)
            let counts = isThere && isNear(directory) && FileSystem.isDirectory(directory)
            let count = counts ? ChannelCount(directory, deadline: deadline, most: left) : nil
            left -= min(left, count?.files ?? 0)
            channels.append((name, mode, count))
        }
    }

    private static func line(_ bytes: [UInt8]) -> String {
        String(decoding: bytes.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
    }

    /// The version in `NVRM version: NVIDIA UNIX x86_64 Kernel Module  535.104.05  Sat Aug 19 …`.
    static func driver(_ root: FilePath) -> String? {
        guard let bytes = try? readFile(root.appending("proc/driver/nvidia/version"), limit: 4_096) else { return nil }
        return line(bytes).split(separator: " ").first { word in
            word.utf8.first?.isASCIIDigit == true && word.utf8.contains(UInt8(ascii: "."))
        }.map(String.init)
    }
}

extension ChannelCount {
    /// For people: `12 files, 3.4 MB`.
    var words: String {
        let amount = "\(Amount.count(files, "file")), \(Amount.bytes(bytes))"
        return isWhole ? amount : "at least \(amount)"
    }
}
