public import SystemPackage

/// The runtime's settings of one run: an option beats its variable, a variable beats the default.
public struct RuntimeSettings: Sendable {
    /// The directory that everything of a job is below.
    public var baseDirectory: FilePath = "/opt/ml"
    /// How long a program may take to end after SIGTERM.
    public var gracePeriod: Duration = .seconds(100)
    /// How long the job may run, or nil.
    public var maximumRunTime: Duration?
    /// How long the program may print nothing, or nil.
    public var idleTimeout: Duration?
    /// Whether archives are made.
    public var pack: PackingPolicy = .auto
    /// Whether a platform that packs by itself started the job: `TRAINING_JOB_NAME` or `TRAINING_JOB_ARN` is set.
    public var isStartedByPlatform = false
    /// The Python interpreter that was asked for, or nil.
    public var python: String?
    /// What installs requirements and packages.
    public var installer = InstallerChoice.auto
    /// How long the intermediate output may take to arrive after the program's end, or nil.
    public var syncTimeout: Duration? = .seconds(600)
    /// The level of the runtime's own lines where an option named one, or nil.
    public var logLevel: Int?
    /// How long other hosts may take to be found and to join.
    public var hostTimeout: Duration = .seconds(600)
    /// The order of the hosts, which decides their ranks.
    public var hostOrder = HostOrder.platform
    /// The port of the peer channel; 0 for none.
    public var peerPort = 7_788
    /// How long a host may be silent before the others end.
    public var peerTimeout: Duration = .seconds(30)
    /// The command line of a framework's own launcher, or nil.
    public var launchCommand: String?
    /// How booleans become arguments.
    public var booleanStyle = BooleanStyle.value
    /// What is left of the run to read.
    public var report = ReportPlace.none
    /// How lines of the log look.
    public var logFormat = LogFormat.text
    /// What is written of metrics and resources, or nil where only the job's hyperparameters say it.
    public var metrics: MetricsPolicy?
    /// Metrics that are looked for beside those of the platform.
    public var metricDefinitions: [MetricDefinition] = []
    /// The time between samples of resources: nil for one that grows, zero for none.
    public var sampleInterval: Duration?
    /// What is said at the start of a job.
    public var banner = BannerLength.short

    /// Makes settings that are all defaults.
    public init() {}

    /// Reads the settings of a run.
    ///
    /// - Parameters:
    ///   - options: What the command line said, by setting; an option that was not given is not in it.
    ///   - environment: The variables that `train` was started with. An empty variable counts as unset.
    /// - Throws: `Failure` that names the variable or option, what it must be and what it is.
    public init(
        options: [RuntimeSetting: String] = [:],
        environment: EnvironmentVariables
    ) throws(Failure) {
        func value(_ setting: RuntimeSetting) throws(Failure) -> String? {
            let option = options[setting]
            let variable = environment.text(setting.variable).flatMap { $0.isEmpty ? nil : $0 }
            guard let text = option ?? variable else { return nil }
            guard setting.accepts(text) else {
                let name = option == nil ? setting.variable : setting.option ?? setting.variable
                throw Failure(.settingUnusable(expected: setting.expected, found: text), name)
            }
            return text
        }
        if let text = try value(.baseDirectory) { baseDirectory = FilePath(text) }
        if let text = try value(.gracePeriod), let time = DurationText.parse(text) { gracePeriod = time }
        maximumRunTime = try value(.maximumRunTime).flatMap(DurationText.limit)
        idleTimeout = try value(.idleTimeout).flatMap(DurationText.limit)
        if let text = try value(.pack), let policy = PackingPolicy(rawValue: text) { pack = policy }
        python = try value(.python)
        if let text = try value(.installer), let choice = InstallerChoice(rawValue: text) { installer = choice }
        if let text = try value(.syncTimeout) { syncTimeout = DurationText.limit(text) }
        // The variable's level is read with the configuration, where a useless one is a warning and no failure.
        if options[.logLevel] != nil { logLevel = try value(.logLevel).flatMap { Int($0) } }
        if let text = try value(.hostTimeout), let time = DurationText.parse(text) { hostTimeout = time }
        if let text = try value(.hostOrder), let order = HostOrder(rawValue: text) { hostOrder = order }
        if let text = try value(.peerPort), let port = Int(text) { peerPort = port }
        if let text = try value(.peerTimeout), let time = DurationText.parse(text) { peerTimeout = time }
        launchCommand = try value(.launchCommand)
        if let text = try value(.booleanStyle), let style = BooleanStyle(rawValue: text) { booleanStyle = style }
        if let text = try value(.report), let place = ReportPlace(rawValue: text) { report = place }
        if let text = try value(.logFormat), let format = LogFormat(rawValue: text) { logFormat = format }
        metrics = try value(.metrics).flatMap { MetricsPolicy(rawValue: $0) }
        if let text = try value(.metricDefinitions) {
            metricDefinitions = try MetricDefinition.read(text: text, source: RuntimeSetting.metricDefinitions.variable)
        }
        sampleInterval = try value(.sampleInterval).flatMap { DurationText.parse($0) }
        if let text = try value(.banner), let length = BannerLength(rawValue: text) { banner = length }
        isStartedByPlatform = ["TRAINING_JOB_NAME", "TRAINING_JOB_ARN"].contains { name in
            environment.text(name).map { !$0.isEmpty } ?? false
        }
    }

    /// Whether the model directory is to be packed.
    public var packs: Bool {
        switch pack {
        case .auto: !isStartedByPlatform
        case .always: true
        case .never: false
        }
    }

    /// The paths below the base directory.
    public var paths: TrainingPaths { TrainingPaths(base: baseDirectory) }
}
