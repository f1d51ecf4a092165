/// The command line and the variables of PyTorch's elastic launcher, as the Python toolkit has them.
public enum TorchrunLauncher {
    /// How long torchrun itself waits for its workers after SIGTERM, in seconds; ours has to be longer.
    ///
    /// Source: `close(timeout=30)` in torch/distributed/elastic/multiprocessing/api.py.
    static let ownPatience = Duration.seconds(30)

    /// All words of a host, the script's last.
    public static func words(_ facts: LaunchFacts, program: [RawString]) -> [RawString] {
        var words: [String] = []
        if compilesInParallel(facts.incoming) { words.append("neuron_parallel_compile") }
        words += [
            "torchrun", "--nnodes", String(facts.hosts.count), "--nproc_per_node", String(facts.processesPerHost),
        ]
        if facts.hosts.count > 1 {
            words += ["--master_addr", facts.leaderAddress, "--master_port", String(TrainingEnvironment.masterPort)]
            words += ["--node_rank", String(facts.rank)]
        }
        return words.compactMap { RawString($0) } + program
    }

    /// The variables for NCCL and EFA.
    public static func variables(_ facts: LaunchFacts) -> [(name: String, value: String)] {
        var variables = [("NCCL_SOCKET_IFNAME", facts.interface), ("NCCL_PROTO", "simple")]
        if InstanceNetwork.hasEFA(facts.instanceType) { variables.append(("FI_PROVIDER", "efa")) }
        if InstanceNetwork.hasRDMA(facts.instanceType) {
            variables += [("FI_EFA_USE_DEVICE_RDMA", "1"), ("RDMAV_FORK_SAFE", "1")]
        }
        return variables
    }

    /// Whether the Neuron compiler is to run before: `RUN_NEURON_PARALLEL_COMPILE=1`.
    static func compilesInParallel(_ incoming: EnvironmentVariables) -> Bool {
        incoming.text("RUN_NEURON_PARALLEL_COMPILE") == "1"
    }
}

/// The variables that every host of a job gets, so that a script that calls `torchrun` or `init_process_group` by itself
/// finds the others.
public enum RendezvousVariables {
    /// `PET_…` stands for torchrun's options (torch/distributed/argparse_util.py), MASTER_… is read by PyTorch itself.
    public static func variables(_ facts: LaunchFacts) -> [(name: String, value: String)] {
        var variables = [
            ("PET_NNODES", String(facts.hosts.count)), ("PET_NPROC_PER_NODE", String(facts.processesPerHost)),
            ("PET_NODE_RANK", String(facts.rank)),
        ]
        // One host needs no address, and its own name need not be known to any resolver.
        guard facts.hosts.count > 1 else { return variables }
        let port = String(TrainingEnvironment.masterPort)
        let address = facts.leaderAddress
        variables += [("PET_MASTER_ADDR", address), ("PET_MASTER_PORT", port)]
        return variables + [("MASTER_ADDR", address), ("MASTER_PORT", port)]
    }
}
