import Logging
import SystemPackage

extension TrainingJob {
    /// Starts what runs beside the program, and finds the other hosts, so that a failure here or there is known everywhere.
    ///
    /// - Returns: The plan, with the keys and the names by which the hosts find each other.
    func meetPeers(
        _ planned: LaunchPlan,
        _ environment: TrainingEnvironment,
        _ context: JobContext
    ) throws(JobFailure) -> LaunchPlan {
        var plan = planned
        if plan.launcher.hasLeader, plan.hosts.count == 1 {
            let directory = try asFault(context.privateDirectory)
            plan = withHostnameLibrary(plan, environment.currentHost, in: directory)
        }
        // The toolkit's word for a run without its hosts: a test of one host's part, a notebook.
        let isAlone = incoming.text("SM_STUDIO_LOCAL_MODE")?.lowercased() == "true"
        if environment.hosts.count > 1, !isAlone {
            var settings = try asFault { () throws(Failure) in
                try peerSettings(plan, environment, context.privateDirectory())
            }
            settings.addresses = try resolve(settings, context)
            if plan.usesSSH { (plan, settings) = try prepareSSH(plan, settings, context) }
            try openChannel(settings, plan, context)
        }
        for companion in plan.companions {
            _ = try asFault { () throws(Failure) in
                try context.supervisor.startCompanion(companion, isVital: true)
            }
        }
        return plan
    }

    private func openChannel(
        _ settings: PeerSettings,
        _ plan: LaunchPlan,
        _ context: JobContext
    ) throws(JobFailure) {
        guard settings.port != 0 else {
            log.notice("there is no peer channel: failures of other hosts are not told here")
            return
        }
        let channel = helperStep("peer channel", .channel(settings.directory))
        context.peers = try asFault { () throws(Failure) in
            try PeerLink(settings, step: channel, supervisor: context.supervisor)
        }
        guard plan.role == .leader else { return }
        let seconds = settings.hostTimeout + settings.peerTimeout
        let step = helperStep("rendezvous of the hosts", .rendezvous(settings.directory, seconds: seconds))
        var policy = SupervisionPolicy(grace: self.settings.gracePeriod)
        policy.endsWithCompanions = true
        let report = try context.supervise(step, policy)
        guard report.isSuccess else {
            _ = context.concludePeers(report, plan, tagged: report.tail)
            throw .step(step, report, .peers)
        }
    }

    /// Says who is who: the hub leads a distributed run, so that who starts all processes tells of their end.
    private func peerSettings(
        _ plan: LaunchPlan,
        _ environment: TrainingEnvironment,
        _ directory: FilePath
    ) throws(Failure) -> PeerSettings {
        if plan.usesSSH, settings.peerPort == 0 {
            throw Failure(
                .settingUnusable(expected: "a port: MPI on several hosts exchanges its keys over it", found: "0"),
                RuntimeSetting.peerPort.variable
            )
        }
        let groups = environment.configuration.hyperparameters["sagemaker_distribution_instance_groups"]
        let isApart = environment.isHeterogeneous && groups?.isTruthy != true && plan.launcher != .process
        let hosts = isApart ? plan.hosts : environment.hosts
        let interface =
            HostsFile(incoming)[environment.currentHost]?.first
            ?? HostAddress.ofInterface(environment.networkInterfaceName)
        if interface == nil {
            log.warning(
                "network interface \(environment.networkInterfaceName) is not there; all addresses of this host are used"
            )
        }
        return PeerSettings(
            host: environment.currentHost,
            hosts: hosts,
            hub: environment.masterHostname,
            job: JobDigest.text([environment.jobName ?? ""] + hosts),
            addresses: [:],
            address: interface ?? "0.0.0.0",
            port: settings.peerPort,
            peerTimeout: Int(settings.peerTimeout.components.seconds),
            hostTimeout: max(1, Int(settings.hostTimeout.components.seconds)),
            followsHub: plan.isFollower,
            needsAll: plan.role == .leader,
            directory: directory
        )
    }

    /// Asks for the addresses of the other hosts, in a process of its own.
    private func resolve(_ settings: PeerSettings, _ context: JobContext) throws(JobFailure) -> [String: [String]] {
        let others = settings.hosts.filter { !$0.hasSameBytes(as: settings.host) }
        let directory = settings.directory
        let task = HelperTask.resolve(others, directory: directory, seconds: settings.hostTimeout)
        let step = helperStep("names of the hosts", task, note: directory.appending("resolve-failure.json"))
        let report = try context.supervise(step)
        let file = HostResolution.file(in: directory)
        let object = (try? readFile(file, limit: 1 << 24)).flatMap { try? JSONReader.read($0) }?.object ?? JSONObject()
        if report.isSuccess, let addresses = object["addresses"]?.object {
            return PeerSettings.addresses(addresses)
        }
        guard let missing = object["missing"]?.array?.compactMap(\.string), !missing.isEmpty, report.stop == nil else {
            throw .step(step, report, .peers)
        }
        let reason = object["words"]?.string ?? ""
        let time = Duration.seconds(settings.hostTimeout).inSeconds
        throw .fault(Failure(.hostsUnresolved(names: missing, words: reason, time: time), "hosts"))
    }
}

/// A short text that is the same on all hosts of one job, and hardly ever that of another: FNV-1a.
enum JobDigest {
    static func text(_ words: [String]) -> String {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in words.joined(separator: "\n").utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        return String(hash, radix: 16)
    }
}
