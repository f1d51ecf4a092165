import SystemPackage

/// What a job would do on one host, as a text: nothing is run, made or removed for it.
public struct PlanReport {
    /// The lines, each ended.
    public let text: String

    /// Works out the plan of a host.
    ///
    /// - Parameters:
    ///   - job: The job.
    ///   - host: The host, or nil for this one.
    /// - Throws: `Failure` as a job would.
    public init(_ job: TrainingJob, host: String? = nil) throws(Failure) {
        let planner = JobPlanner(job: job)
        text = try Writer(planner: planner, planned: planner.plan(host: host)).text()
    }
}

private struct Writer {
    let planner: JobPlanner
    let planned: PlannedJob

    private var environment: TrainingEnvironment { planned.environment }
    private var settings: RuntimeSettings { planner.job.settings }
    private var plan: LaunchPlan { planned.plan }
    /// What stands for what only code could tell that is still to be fetched.
    private var unknown: String? { planned.missingCode.map { "unknown until the code is fetched from \($0.source)" } }

    func text() throws(Failure) -> String {
        let mask = SecretMask(environment)
        var lines = [("host", host), ("launcher", launcher), ("role", role)]
        if let code = planned.missingCode { lines.append(("code", "\(code.source), named by \(code.reason)")) }
        lines.append(("program", program))
        let hook = StartupHook.isThere(environment) ? "./\(StartupHook.name)" : nil
        if let first = unknown ?? hook { lines.append(("first", first)) }
        lines += [("install", try installation()), ("directory", plan.step.workingDirectory?.string ?? "")]
        lines.append(("command", planned.program == nil ? unknown ?? "" : shell(plan.step.arguments, mask)))
        lines += companions(mask).map { ("companion", $0) }
        lines += [("stop", stop), ("pack", packing)]
        lines += (planned.warnings.map(\.description) + plan.warnings).map { ("warning", mask.mask($0)) }
        lines += variables(mask)
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

    private var program: String {
        switch planned.program {
        case nil: (environment.userEntryPoint.map { "\($0), its kind " } ?? "") + (unknown ?? "")
        case .framework: "a framework's function, \(plan.command)"
        case .function: "a function of this program"
        case .entryPoint(let entryPoint):
            switch entryPoint.kind {
            case .pythonScript: "\(entryPoint.name), a Python script"
            case .pythonPackage(let module): "\(module), a module of a Python package"
            case .command: "\(entryPoint.name), a command"
            }
        }
    }

    private func installation() throws(Failure) -> String {
        if let unknown { return unknown }
        guard let installation = planned.program.flatMap(planner.installation) else { return "nothing" }
        let command = try planner.installer().command(installation)
        let elsewhere = "into \(planner.packages), which is on PYTHONPATH then"
        return "\(command); where the Python's own environment takes nothing, \(elsewhere)"
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
        let whom =
            switch plan.addressee {
            case .group: "the program's process group"
            case .process: "the launcher, which passes it on"
            case .ranks: "the ranks on this host"
            }
        return "SIGTERM to \(whom), \(settings.gracePeriod.inSeconds), then SIGKILL"
    }

    private var packing: String {
        settings.packs
            ? "\(environment.paths.modelArchive) and \(environment.paths.outputArchive)"
            : "nothing: whoever started the job packs"
    }

    private func variables(_ mask: SecretMask) -> [(String, String)] {
        planned.addedVariables.map { name, value in
            ("variable", "\(name)=\(mask.shown(name.description, String(decoding: value, as: UTF8.self)))")
        }
    }

    /// Words as a shell would have them, so that they can be tried by hand; values of secret-looking options are hidden.
    private func shell(_ words: [RawString], _ mask: SecretMask) -> String {
        let plain = Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./:=,^@%+".utf8)
        return words.map { word in
            let text = mask.mask(word.description)
            guard text.utf8.isEmpty || !text.utf8.allSatisfy({ plain.contains($0) }) else { return text }
            return String(decoding: text.utf8.shellQuoted, as: UTF8.self)
        }.joined(separator: " ")
    }
}
