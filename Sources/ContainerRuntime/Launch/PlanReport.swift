import SystemPackage

/// What a job would do on one host, as a text: nothing is run, made or removed for it.
public struct PlanReport {
    /// The lines, each ended.
    public let text: String

    /// Works out the plan of a host.
    ///
    /// - Parameters:
    ///   - settings: The settings of the run.
    ///   - incoming: The variables that `train` was started with.
    ///   - host: The host, or nil for this one.
    ///   - moreArguments: What the program gets behind the arguments that are made of its hyperparameters.
    /// - Throws: `Failure` as a job would.
    public init(
        settings: RuntimeSettings,
        incoming: EnvironmentVariables,
        host: String? = nil,
        moreArguments: [RawString] = []
    ) throws(Failure) {
        var environment = try TrainingEnvironment.read(settings: settings, incoming: incoming, host: host)
        environment.moreArguments = moreArguments
        let planned = try PlannedJob(environment, settings: settings)
        let (plan, program) = (planned.plan, planned.program)
        let installation = try Installation(program, in: settings.paths.code).map { installation throws(Failure) in
            try PackageInstaller(
                settings.installer,
                python: PythonInterpreter.find(settings.python, environment: incoming),
                incoming: incoming,
                hasNetwork: NetworkInterfaces.leadOut()
            ).command(installation)
        }
        var writer = Writer(environment: planned.environment, settings: settings, plan: plan, program: program)
        writer.installation = installation ?? "nothing"
        text = writer.text(warnings: (environment.warnings + planned.warnings).map(\.description) + plan.warnings)
    }
}

private struct Writer {
    let environment: TrainingEnvironment
    let settings: RuntimeSettings
    let plan: LaunchPlan
    let program: Program
    var installation = ""

    func text(warnings: [String]) -> String {
        let mask = SecretMask(environment)
        var lines = [("host", host), ("launcher", launcher), ("role", role), ("program", programText)]
        let hook = environment.paths.code.appending(TrainingJob.startupHook)
        if (try? FileStatus(hook))?.isFile == true { lines.append(("first", "./\(TrainingJob.startupHook)")) }
        lines += [("install", installation), ("directory", plan.step.workingDirectory?.string ?? "")]
        lines.append(("command", shell(plan.step.arguments, mask)))
        lines += companions(mask).map { ("companion", $0) }
        lines += [("stop", stop), ("pack", packing)]
        lines += warnings.map { ("warning", mask.mask($0)) }
        lines += added(mask)
        return lines.map { name, value in
            "\(name)\(String(repeating: " ", count: max(1, 12 - name.utf8.count)))\(value.asOneLine)\n"
        }.joined()
    }

    private var host: String {
        "\(environment.currentHost), \(environment.currentHostRank + 1) of \(environment.hosts.count)"
    }

    private var launcher: String {
        let asked = plan.reason.map { ", asked for by \($0)" } ?? ""
        guard plan.launcher != .process else { return plan.launcher.name }
        return "\(plan.launcher.name)\(asked); \(plan.hosts.count) hosts × \(plan.processesPerHost) processes"
    }

    private var role: String {
        switch plan.role {
        case .alone: "alone"
        case .leader: "leader: starts the processes of all hosts"
        case .follower(let leader): "follower: \(leader) starts processes here"
        case .member: "member"
        }
    }

    private var programText: String {
        guard case .entryPoint(let entryPoint) = program else { return "a framework's function, \(plan.command)" }
        return switch entryPoint.kind {
        case .pythonScript: "\(entryPoint.name), a Python script"
        case .pythonPackage(let module): "\(module), a module of a Python package"
        case .command: "\(entryPoint.name), a command"
        }
    }

    private func companions(_ mask: SecretMask) -> [String] {
        var names = plan.companions.map { "\($0.name): \(mask.mask(shell(Array($0.arguments.prefix(2)), mask)))" }
        let parameters = environment.configuration.hyperparameters
        let text = parameters.text("sagemaker_s3_output")
        if case .sync(let place)? = try? IntermediateOutput(text, jobName: environment.jobName) {
            names.append("train sync: \(environment.paths.outputIntermediate) to \(place)")
        }
        if environment.hosts.count > 1, settings.peerPort != 0 {
            let hub = environment.masterHostname
            let what = environment.isMaster ? "listens for the other hosts" : "connects to \(hub)"
            names.append("peer channel: \(what), port \(settings.peerPort)")
        }
        return names
    }

    private var stop: String {
        let whom: String
        switch plan.addressee {
        case .group: whom = "the program's process group"
        case .process: whom = "the launcher, which passes it on"
        case .ranks: whom = "the ranks on this host"
        }
        return "SIGTERM to \(whom), \(settings.gracePeriod.inSeconds), then SIGKILL"
    }

    private var packing: String {
        settings.packs
            ? "\(environment.paths.modelArchive) and \(environment.paths.outputArchive)"
            : "nothing: whoever started the job packs"
    }

    /// The variables that the program gets and `train` did not, or with another value.
    private func added(_ mask: SecretMask) -> [(String, String)] {
        let before = Set(environment.incoming.entries)
        return plan.step.environment.filter { !before.contains($0) }.sorted().compactMap { entry in
            guard let name = EnvironmentVariables.name(of: entry) else { return nil }
            let value = String(decoding: entry.bytes.dropFirst(name.bytes.count + 1), as: UTF8.self)
            return ("variable", "\(name)=\(mask.shown(name.description, value))")
        }
    }

    /// Words as a shell would have them, so that they can be tried by hand; values of secret-looking options are hidden.
    private func shell(_ words: [RawString], _ mask: SecretMask) -> String {
        let plain = Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./:=,^@%+".utf8)
        return words.map { word in
            let text = mask.mask(word.description)
            guard text.utf8.isEmpty || !text.utf8.allSatisfy({ plain.contains($0) }) else { return text }
            return text.shellQuoted
        }.joined(separator: " ")
    }
}
