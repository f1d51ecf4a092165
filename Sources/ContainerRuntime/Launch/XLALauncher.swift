/// The command line and the variables of PyTorch XLA on GPUs, as the Python toolkit has them.
public enum XLALauncher {
    /// All words of a host; the script and its arguments are the last.
    public static func words(_ facts: LaunchFacts, python: RawString, program: [RawString]) -> [RawString] {
        let words = ["-m", "torch_xla.distributed.xla_spawn", "--num_gpus", String(facts.gpus)]
        return [python] + words.compactMap { RawString($0) } + program
    }

    /// The variables of a host.
    public static func variables(_ facts: LaunchFacts) -> [(name: String, value: String)] {
        let workers = facts.hosts.enumerated().map { "localservice:\($0);\($1):43857" }
        var variables = [
            ("NCCL_DEBUG", "info"), ("NCCL_PROTO", "simple"), ("FI_EFA_USE_DEVICE_RDMA", "1"),
            ("OFI_NCCL_NIC_DUP_CONNS", String(facts.gpus)), ("XRT_HOST_ORDINAL", String(facts.rank)),
            ("XRT_SHARD_WORLD_SIZE", String(facts.hosts.count)), ("XRT_WORKERS", workers.joined(separator: "|")),
            ("GPU_NUM_DEVICES", String(facts.gpus)),
        ]
        if facts.hosts.count > 1 { variables.append(("XRT_MESH_SERVICE_ADDRESS", "\(facts.leaderAddress):53957")) }
        return variables
    }
}
