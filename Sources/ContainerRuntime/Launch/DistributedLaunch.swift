public import SystemPackage

/// Turns the plan for one process into the plan for one host of a distributed run.
public struct DistributedLaunch: Sendable {
    /// The facts of the job.
    public let environment: TrainingEnvironment
    /// The settings of this run.
    public let settings: RuntimeSettings
    /// Where files go that only this run needs.
    public var privateDirectory: FilePath
    /// The executable that answers ssh sessions and ends with the peers.
    public let helper: FilePath

    /// What the driver of SDK version 3 was told, if there is one.
    let driver: JSONObject?

    /// Makes plans for a job.
    ///
    /// - Throws: `Failure` where `distributed.json` is there and cannot be used.
    public init(
        environment: TrainingEnvironment,
        settings: RuntimeSettings,
        privateDirectory: FilePath,
        helper: FilePath
    ) throws(Failure) {
        self.environment = environment
        self.settings = settings
        self.privateDirectory = privateDirectory
        self.helper = helper
        driver = try ConfigurationFile.readObject(environment.paths.channel("sm_drivers").appending("distributed.json"))
    }

    /// The launcher of this host.
    public var choice: LauncherChoice {
        LauncherChoice.choose(
            parameters: environment.configuration.hyperparameters.all,
            participates: participates,
            template: settings.launchCommand == nil ? nil : RuntimeSetting.launchCommand.variable,
            driver: driver,
            hasSMDDPRun: environment.machine.hasSMDDPRun
        )
    }

    /// Whether this host is in a group that takes part.
    private var participates: Bool { members.contains { $0.hasSameBytes(as: environment.currentHost) } }

    /// The hosts that take part: those of the named groups, all where no group is named.
    private var members: [String] {
        let named = environment.distributionHosts
        return named.isEmpty ? environment.hosts : named
    }

    /// The facts for the launchers.
    ///
    /// - Throws: `Failure` where a count cannot be used.
    public func facts() throws(Failure) -> LaunchFacts {
        let parameters = environment.configuration.hyperparameters.all
        return LaunchFacts(
            hosts: participates ? members : environment.hosts,
            currentHost: environment.currentHost,
            processesPerHost: try LaunchCount.processesPerHost(
                parameters,
                driver: driver,
                gpus: environment.gpus,
                neurons: environment.neurons
            ),
            gpus: environment.gpus,
            interface: environment.networkInterfaceName,
            instanceType: environment.currentInstanceType,
            parameters: parameters,
            incoming: environment.incoming
        )
    }

    /// The plan of this host.
    ///
    /// - Parameters:
    ///   - plain: The plan for one process.
    ///   - entryPoint: What it starts; nil for a framework's function.
    /// - Returns: The plan with launcher, role, companions and variables.
    /// - Throws: `Failure` where the launcher is not there, or cannot start this kind of program.
    public func plan(_ plain: LaunchPlan, _ entryPoint: EntryPoint?) throws(Failure) -> LaunchPlan {
        let facts = try facts()
        guard let entryPoint else { return planOfFunction(plain, facts) }
        var plan = try outline(plain)
        switch plan.launcher {
        case .process: break
        case .mpi, .smddp: try useMPI(&plan, facts, entryPoint)
        case .torchrun: try useTorchrun(&plan, facts, entryPoint)
        case .xla: try useXLA(&plan, facts, entryPoint)
        case .parameterServers: try useParameterServers(&plan, facts)
        case .multiWorkerMirrored:
            let value = JSONWriter.text(.object(TFConfiguration.multiWorkerMirrored(facts)))
            plan.add([("TF_CONFIG", value)], unless: facts.incoming)
        case .template: try useTemplate(&plan, facts)
        }
        try checkLengths(plan)
        return plan
    }

    /// What is known of a plan before its entry point is.
    ///
    /// - Throws: `Failure` where a count cannot be used.
    func outline(_ plain: LaunchPlan) throws(Failure) -> LaunchPlan {
        let (facts, choice) = (try facts(), choice)
        var plan = planOfFunction(plain, facts)
        plan.launcher = choice.launcher
        plan.reason = choice.reason
        plan.warnings = choice.ignored.map { "\($0): not used, \(choice.reason ?? "") has decided the launcher" }
        guard choice.launcher.hasLeader else { return plan }
        let leads = facts.hosts.count > 1 ? LaunchPlan.Role.leader : .alone
        plan.role = facts.isLeader ? leads : .follower(leader: facts.leader)
        return plan
    }

    /// A framework's function starts what it needs by itself, and finds the other hosts by the variables.
    private func planOfFunction(_ plain: LaunchPlan, _ facts: LaunchFacts) -> LaunchPlan {
        var plan = plain
        plan.hosts = facts.hosts
        plan.processesPerHost = facts.processesPerHost
        plan.role = environment.hosts.count > 1 ? .member : .alone
        plan.add(rendezvousVariables(facts), unless: facts.incoming)
        return plan
    }

    /// A list of very many hosts is one word, and the kernel takes none above MAX_ARG_STRLEN.
    private func checkLengths(_ plan: LaunchPlan) throws(Failure) {
        guard fits(plan.step) else {
            let bytes = Self.cost(plan.step)
            throw Failure(.argumentsTooLarge(bytes: bytes, limit: Self.mostBytes), "all words of \(plan.launcher.name)")
        }
        let limit = CommandLineArguments.longest
        for words in [plan.step.arguments, plan.step.environment] {
            guard let word = words.first(where: { $0.bytes.count > limit }) else { continue }
            let name = String(decoding: word.bytes.prefix(40), as: UTF8.self)
            throw Failure(.launchTooLarge(bytes: word.bytes.count, limit: limit, hosts: plan.hosts.count), name)
        }
    }
}

extension DistributedLaunch {
    /// What execve(2) takes, less what stands around a step and what mpirun adds for its ranks.
    static let mostBytes = KernelLimit.ofKernel - 8_192

    func fits(_ step: Step) -> Bool { Self.cost(step) <= Self.mostBytes }

    private static func cost(_ step: Step) -> Int {
        KernelLimit.cost(step.arguments) + KernelLimit.cost(step.environment)
    }

    private func useTorchrun(
        _ plan: inout LaunchPlan,
        _ facts: LaunchFacts,
        _ entryPoint: EntryPoint
    ) throws(Failure) {
        guard entryPoint.kind == .pythonScript else {
            throw Failure(.launcherUnsuitable(launcher: "torchrun", takes: "a Python script"), entryPoint.name)
        }
        let file = privateDirectory.appending("torchrun-failure.json")
        let words = TorchrunLauncher.words(facts, program: scriptWords(entryPoint))
        try replace(&plan, words)
        plan.errorFile = file
        plan.add(TorchrunLauncher.variables(facts), unless: facts.incoming)
        plan.add([("TORCHELASTIC_ERROR_FILE", file.string)], unless: EnvironmentVariables())
        if settings.gracePeriod <= TorchrunLauncher.ownPatience {
            let own = TorchrunLauncher.ownPatience.inSeconds
            plan.warnings.append(
                "the grace period of \(settings.gracePeriod.inSeconds) is not above torchrun's own \(own); "
                    + "workers that need longer are killed"
            )
        }
    }

    /// Gloo takes the address of the host's name, which in a container need not be the network's: a script that calls
    /// torchrun by itself needs the interface as much as one that is started by it.
    private func rendezvousVariables(_ facts: LaunchFacts) -> [(name: String, value: String)] {
        let variables = RendezvousVariables.variables(facts)
        guard facts.hosts.count > 1, HostAddress.ofInterface(facts.interface) != nil else { return variables }
        return variables + [("GLOO_SOCKET_IFNAME", facts.interface)]
    }

    private func useXLA(_ plan: inout LaunchPlan, _ facts: LaunchFacts, _ entryPoint: EntryPoint) throws(Failure) {
        guard entryPoint.kind == .pythonScript else {
            throw Failure(.launcherUnsuitable(launcher: "PyTorch XLA", takes: "a Python script"), entryPoint.name)
        }
        guard facts.gpus > 0 else {
            throw Failure(.launcherUnsuitable(launcher: "PyTorch XLA", takes: "hosts with GPUs"), facts.currentHost)
        }
        let python = plan.step.arguments.first ?? "python3"
        plan.step.arguments = XLALauncher.words(facts, python: python, program: scriptWords(entryPoint))
        plan.add(XLALauncher.variables(facts), unless: facts.incoming)
    }

    private func useParameterServers(_ plan: inout LaunchPlan, _ facts: LaunchFacts) throws(Failure) {
        // As in the TensorFlow containers: one host trains without servers.
        guard facts.hosts.count > 1 else { return }
        var server = Step(
            name: "parameter server",
            executable: try PythonInterpreter.find(settings.python, environment: environment.incoming),
            arguments: ["python3", "-c", RawString(TFConfiguration.serverProgram) ?? ""],
            environment: plan.step.environment,
            workingDirectory: plan.step.workingDirectory
        )
        var variables = EnvironmentVariables(entries: server.environment)
        variables.set("TF_CONFIG", RawString(JSONWriter.text(.object(TFConfiguration.server(facts)))) ?? "")
        server.environment = variables.entries
        plan.companions.append(server)
        let value = JSONWriter.text(.object(TFConfiguration.parameterServers(facts)))
        plan.add([("TF_CONFIG", value)], unless: facts.incoming)
    }

    private func useTemplate(_ plan: inout LaunchPlan, _ facts: LaunchFacts) throws(Failure) {
        let template = try CommandTemplate(settings.launchCommand ?? "")
        let python = try? PythonInterpreter.find(settings.python, environment: environment.incoming)
        let program = plan.step.arguments
        try replace(&plan, try template.words(facts, python: python?.string ?? "python3", program: program))
    }

    /// The script and its arguments, as launchers for Python take them.
    private func scriptWords(_ entryPoint: EntryPoint) -> [RawString] {
        [RawString(FilePath(entryPoint.name))] + environment.arguments.rawStrings
    }

    /// Makes words the plan's command; the first is looked for on PATH.
    func replace(_ plan: inout LaunchPlan, _ words: [RawString]) throws(Failure) {
        let tool = words.first ?? ""
        let path = environment.incoming["PATH"]
        switch ExecutableSearch.find(tool, path: path) {
        case .found(let file): plan.step.executable = file
        case .unusable, .missing:
            throw Failure(.launcherMissing(chosenBy: plan.reason ?? "", path: path?.description ?? ""), "\(tool)")
        }
        plan.step.arguments = words
    }
}
