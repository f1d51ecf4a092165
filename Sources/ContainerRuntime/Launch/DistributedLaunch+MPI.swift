import SystemPackage

extension DistributedLaunch {
    /// Variables that differ from host to host: each host's ranks get their own, where the toolkit's all got the leader's.
    static let perHostVariables: Set<String> = [
        "CURRENT_HOST", "SM_CURRENT_HOST", "SM_CURRENT_HOST_RANK", "SM_CURRENT_INSTANCE_TYPE",
        "SM_CURRENT_INSTANCE_GROUP", "SM_CURRENT_INSTANCE_GROUP_HOSTS", "SM_NUM_CPUS", "SM_NUM_GPUS",
        "SM_NUM_NEURONS", "SM_RESOURCE_CONFIG", "SM_TRAINING_ENV", "PET_NODE_RANK",
    ]

    /// Makes the plan one for Open MPI: mpirun on the leader, sshd on the others.
    func useMPI(_ plan: inout LaunchPlan, _ facts: LaunchFacts, _ entryPoint: EntryPoint) throws(Failure) {
        let ssh = SSHFiles(directory: privateDirectory)
        guard facts.isLeader else {
            plan.step = try ssh.serverStep(of: plan.step, path: environment.incoming["PATH"])
            return
        }
        let program = try rankWords(plan, entryPoint)
        let names = exportedNames(plan, facts)
        try replace(&plan, try mpirunWords(plan, facts, program: program, exported: names))
        guard facts.hosts.count > 1 else {
            // On this host the ranks get all variables without a word: where there are too many words, none is needed.
            if !fits(plan.step) {
                let needed = names.filter { $0 == "SM_HP_MP_PARAMETERS" }
                try replace(&plan, try mpirunWords(plan, facts, program: program, exported: needed))
            }
            // Open MPI 4 looks for ssh also where it starts nothing elsewhere, and some builds end where there is none.
            if case .missing = ExecutableSearch.find("ssh", path: environment.incoming["PATH"]) {
                plan.add([("OMPI_MCA_plm", "isolated")], unless: facts.incoming)
            }
            return
        }
        if case .missing = ExecutableSearch.find("ssh", path: environment.incoming["PATH"]) {
            throw Failure(.launcherMissing(chosenBy: plan.reason ?? "", path: ""), "ssh")
        }
        plan.add(ssh.clientVariables(), unless: facts.incoming)
    }

    /// What a rank executes: `python -m mpi4py`, which ends all ranks when one raises.
    private func rankWords(_ plan: LaunchPlan, _ entryPoint: EntryPoint) throws(Failure) -> [RawString] {
        let name = RawString(FilePath(entryPoint.name))
        let arguments = environment.arguments.rawStrings
        switch entryPoint.kind {
        case .pythonScript: return [python(plan), "-m", "mpi4py", name] + arguments
        case .pythonPackage(let module):
            return [python(plan), "-m", "mpi4py", "-m", RawString(module) ?? ""] + arguments
        // The toolkit has a shell start it; no shell is needed, and none reads the hyperparameters here.
        case .command: return plan.step.arguments
        }
    }

    private func python(_ plan: LaunchPlan) -> RawString { plan.step.arguments.first ?? "python3" }

    private func mpirunWords(
        _ plan: LaunchPlan,
        _ facts: LaunchFacts,
        program: [RawString],
        exported: [String]
    ) throws(Failure) -> [RawString] {
        let custom = customOptions(facts.parameters)
        let needsLibrary = facts.hosts.count == 1 && HostnameLibrary.isNeeded(for: facts.currentHost)
        // Of several hosts each has its library in a directory of its own, and its variables with it.
        let library = needsLibrary ? HostnameLibrary.path(in: privateDirectory).string : nil
        if plan.launcher == .smddp {
            let launcher = SMDDPLauncher(
                facts: facts,
                customOptions: custom,
                hostnameLibrary: library,
                hasWrapper: environment.machine.hasSMDDPRun
            )
            return try launcher.words(program: program)
        }
        var launcher = MPILauncher(
            facts: facts,
            processes: try LaunchCount.processes(facts.parameters, hosts: facts.hosts.count),
            customOptions: custom,
            exported: exported,
            hostnameLibrary: library
        )
        launcher.hasModelParallelWrapper = environment.machine.hasSMDDPMPRun
        return try launcher.words(program: program)
    }

    private func customOptions(_ parameters: JSONObject) -> [String] {
        if let options = driver?["mpi_additional_options"]?.array { return options.compactMap(\.string) }
        let keys = [
            "sagemaker_mpi_custom_mpi_options", "sagemaker_distributed_dataparallel_custom_mpi_options",
            "sagemaker_additional_mpi_options",
        ]
        return keys.flatMap { MPIOptions.words(parameters[$0]?.string ?? "") }
    }

    /// What the runtime set, in the toolkit's order, PYTHONPATH last; the values are not on the command line.
    private func exportedNames(_ plan: LaunchPlan, _ facts: LaunchFacts) -> [String] {
        let present = Set(plan.step.environment.compactMap { EnvironmentVariables.name(of: $0) })
        let last = ["PYTHONPATH"]
        let several = facts.hosts.count > 1
        var names = environment.ownNames.filter { name in
            guard let raw = RawString(name), present.contains(raw) else { return false }
            return !last.contains(name) && name != "PWD" && !(several && Self.perHostVariables.contains(name))
        }
        names += plan.addedVariables.map(\.name).filter { !(several && Self.perHostVariables.contains($0)) }
        return names + last
    }
}
