public import SystemPackage

/// How the program of a job is started: decided before anything runs, and printed by `train run --dry-run`.
public struct LaunchPlan: Sendable {
    /// What this host does in a distributed run.
    public enum Role: Hashable, Sendable {
        /// It runs the program by itself.
        case alone
        /// It starts the processes of all hosts.
        case leader
        /// It lets the leader start processes here, and ends as the leader ends.
        case follower(leader: String)
        /// It runs its own part of a program of many hosts.
        case member
    }

    /// What is started.
    public var step: Step
    /// The program as one process, which an engine starts many of.
    public var program: Step
    /// By what.
    public var launcher = Launcher.process
    /// The hyperparameter, variable or file that asked for it.
    public var reason: String?
    /// What this host does.
    public var role = Role.alone
    /// The hosts of the distributed run, in the order of their ranks.
    public var hosts: [String] = []
    /// How many processes each of them runs.
    public var processesPerHost = 1
    /// What runs beside the program and ends with it.
    public var companions: [Step] = []
    /// The variables that the launcher adds.
    public var addedVariables: [(name: String, value: String)] = []
    /// The file that torchrun writes its first failure to.
    public var errorFile: FilePath?
    /// The file in which a bridge to a function says how it ended.
    let functionReport: FilePath?
    /// What is doubtful about the plan.
    public var warnings: [String] = []
    /// What stands for the command where the words themselves say little.
    private let shown: String?

    /// What a failure and the log show as the command, before secrets are masked: of ten thousand arguments only the first.
    public var command: String {
        if let shown { return shown }
        var bytes = 0
        let words = step.arguments.prefix { word in
            bytes += word.bytes.count + 1
            return bytes <= Self.longestShown
        }
        let rest = step.arguments.count - words.count
        let more = rest == 0 ? [] : ["… and \(rest) more arguments"]
        return (words.map(\.description) + more).joined(separator: " ")
    }

    /// The bytes of a command that are shown; a log service cuts lines of 256 KiB.
    private static let longestShown = 16_384

    /// Who gets the signals that are passed on.
    var addressee: SignalAddressee {
        switch launcher {
        case .mpi, .smddp: .ranks(startedBy: MPILauncher.engines, except: ["ssh"])
        case .torchrun: .process
        case .process, .xla, .parameterServers, .multiWorkerMirrored, .template: .group
        }
    }

    /// The step with what has to stand around it: the tags of mpirun's lines are made into host and rank, and where all
    /// lines are to be JSON, they are made that.
    func supervisedStep(helper: FilePath, format: LogFormat = .text, place: LogPlace? = nil) -> Step {
        guard isTagged || format == .all else { return step }
        var step = step
        let lines = LineFormat(
            ranks: isTagged ? RankTagger(perHost: processesPerHost, hosts: hosts) : nil,
            isJSON: format == .all,
            place: format == .all ? place : nil,
            // The group gets signals as a whole, the program in it too: passed on, it would get them twice.
            passesSignals: addressee != .group
        )
        let command = [RawString(step.executable)] + step.arguments.dropFirst()
        HelperRequest(.lines(command, lines)).replace(&step, helper)
        return step
    }

    /// The host of a rank, where there is such a one: whatever a program prints may look like a rank.
    func host(ofRank rank: Int) -> String? {
        guard rank >= 0, processesPerHost > 0, hosts.indices.contains(rank / processesPerHost) else { return nil }
        return hosts[rank / processesPerHost]
    }

    /// Whether lines come with host and rank: those of what mpirun starts.
    var isTagged: Bool { launcher.hasLeader && !isFollower }

    /// Whether the leader starts processes here, and this host ends as the leader ends.
    public var isFollower: Bool {
        if case .follower = role { true } else { false }
    }

    /// Whether the hosts reach each other by ssh.
    var usesSSH: Bool { role == .leader || isFollower }

    /// Makes a plan.
    public init(step: Step, shown: String? = nil, functionReport: FilePath? = nil) {
        self.step = step
        program = step
        self.shown = shown
        self.functionReport = functionReport
    }

    /// Adds variables to the step; one that came in from outside stays what it is.
    mutating func add(_ variables: [(name: String, value: String)], unless incoming: EnvironmentVariables) {
        let new = variables.filter { incoming.text($0.name) == nil }
        var environment = EnvironmentVariables(entries: step.environment)
        environment.set(
            new.compactMap { variable in
                guard let name = RawString(variable.name), let value = RawString(variable.value) else { return nil }
                return (name, value)
            }
        )
        step.environment = environment.entries
        addedVariables += new
    }
}
