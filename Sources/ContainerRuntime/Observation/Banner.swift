import SystemPackage

/// What the log says at the start of a job: where it runs, on what, with what; and what is doubtful.
struct Banner {
    private let environment: TrainingEnvironment
    private let plan: LaunchPlan
    private let program: Program
    private let packs: Bool
    private let mask: SecretMask
    private let facts: BannerFacts

    /// The short form is for a glance: more than this of a list is left out.
    private static let mostInShort = 8
    private static let longestValue = 60
    private static let sharedMemoryForLoaders = 1 << 30

    init(
        _ environment: TrainingEnvironment,
        plan: LaunchPlan,
        program: Program,
        packs: Bool,
        mask: SecretMask,
        facts: BannerFacts
    ) {
        self.environment = environment
        self.plan = plan
        self.program = program
        self.packs = packs
        self.mask = mask
        self.facts = facts
    }

    /// A few lines.
    var short: [String] {
        var lines = ["container-runtime \(RuntimeVersion.number) on \(host): \(machine.joined(separator: ", "))"]
        if let channels = Self.list(facts.channels, words) { lines.append("channels: \(channels)") }
        let parameters = Self.list(environment.hyperparameters) { name, value in "\(name)=\(shown(name, value))" }
        if let parameters { lines.append("hyperparameters: \(parameters)") }
        if let stream { lines.append("log: \(stream)") }
        return lines
    }

    /// All that is known, a line each.
    var full: [String] {
        var lines = ["container-runtime \(RuntimeVersion.number) (\(ModelArchive.engineDescription))", "host: \(host)"]
        if environment.hosts.count > 1 { lines.append("hosts: \(environment.hosts.joined(separator: ", "))") }
        lines += machine.map { "machine: \($0)" }
        if !facts.kernel.isEmpty { lines.append("kernel: \(facts.kernel)") }
        lines += facts.channels.map { "channel: \(words($0))" }
        lines.append("program: \(programWords)")
        if plan.launcher != .process { lines.append("launcher: \(plan.launcher.name)") }
        lines += environment.hyperparameters.map { name, value in "hyperparameter: \(name) = \(shown(name, value))" }
        lines.append("archives: \(packs ? "model.tar.gz and output.tar.gz are made here" : "left to the platform")")
        if let stream { lines.append("log: \(stream)") }
        return lines
    }

    /// What is doubtful and matters.
    var warnings: [String] {
        var warnings: [String] = []
        if let shared = facts.sharedMemory, shared.size > 0, shared.size < Self.sharedMemoryForLoaders,
            environment.gpus > 0
        {
            warnings.append(
                "/dev/shm has \(Amount.bytes(shared.size)): data loaders of several processes may need more; "
                    + "docker run --shm-size=2g"
            )
        }
        for channel in facts.channels where channel.count == ChannelCount(files: 0, bytes: 0, isWhole: true) {
            warnings.append("channel \"\(channel.name)\" is empty: \(environment.paths.channel(channel.name))")
        }
        // The hosts of a local run may share one directory.
        if facts.modelEntries > 0, isOnPlatform || environment.hosts.count == 1 {
            let more = facts.modelEntries >= BannerFacts.mostEntries ? " or more" : ""
            let entries = facts.modelEntries == 1 ? "1 entry" : "\(facts.modelEntries)\(more) entries"
            warnings.append("\(environment.paths.model) has \(entries) already, which will be part of the model")
        }
        for (path, use) in [(environment.paths.model, facts.modelDisk), (environment.paths.output, facts.outputDisk)] {
            guard let use, use.isFull || (use.size > 0 && use.free < min(100 << 20, use.size / 20)) else { continue }
            warnings.append("\(path): only \(Amount.bytes(use.free)) can be written to its disk")
        }
        return warnings
    }

    private var host: String {
        let hosts = environment.hosts
        let place = hosts.firstIndex { $0.hasSameBytes(as: environment.currentHost) } ?? 0
        let type = environment.configuration.resources.currentInstanceType
        let name = "\(environment.currentHost) (\(place + 1) of \(hosts.count))"
        return type.isEmpty || type == "local" ? name : "\(name), \(type)"
    }

    private var machine: [String] {
        var words = [Amount.count(environment.processors, "processor")]
        if let memory = facts.memory { words.append("memory \(Amount.bytes(memory))") }
        if environment.gpus > 0 {
            let driver = facts.driver.map { " (driver \($0))" } ?? ""
            words.append("\(Amount.count(environment.gpus, "GPU"))\(driver)")
        }
        if environment.neurons > 0 { words.append("\(environment.neurons) Neuron cores") }
        if let shared = facts.sharedMemory { words.append("/dev/shm \(Amount.bytes(shared.size))") }
        if let disk = facts.modelDisk { words.append("disk for the model \(Amount.bytes(disk.free)) free") }
        return words
    }

    private func words(_ channel: (name: String, mode: String, count: ChannelCount?)) -> String {
        let parts = [channel.mode] + (channel.count.map { [$0.words] } ?? [])
        return "\(channel.name) (\(parts.joined(separator: ", ")))"
    }

    private var programWords: String {
        switch program {
        case .entryPoint(let entryPoint): entryPoint.name
        case .framework(let module): module
        case .function: "a function of this program"
        }
    }

    /// The value of a hyperparameter: a secret covered, a long one cut.
    private func shown(_ name: String, _ value: JSONValue) -> String {
        let text = mask.shown(name, PythonText.str(value))
        let clean = text.unicodeScalars.map { $0.value < 0x20 || $0.value == 0x7f ? " " : String($0) }.joined()
        return clean.count > Self.longestValue ? "\(clean.prefix(Self.longestValue))…" : clean
    }

    /// Where CloudWatch has the log.
    ///
    /// Source: https://docs.aws.amazon.com/sagemaker/latest/dg/logging-cloudwatch.html
    private var stream: String? {
        guard isOnPlatform else { return nil }
        return environment.jobName.map { "/aws/sagemaker/TrainingJobs, stream \($0)/\(environment.currentHost)-…" }
    }

    /// Local runs, those of the SDK among them, give a job a name and no ARN.
    private var isOnPlatform: Bool { environment.incoming.text("TRAINING_JOB_ARN")?.isEmpty == false }

    /// The first of many in words; of the others nothing is made but their number.
    private static func list<Things: Collection>(_ things: Things, _ words: (Things.Element) -> String) -> String? {
        guard !things.isEmpty else { return nil }
        let shown = things.prefix(mostInShort).map(words).joined(separator: ", ")
        return things.count > mostInShort ? "\(shown) and \(things.count - mostInShort) more" : shown
    }
}
