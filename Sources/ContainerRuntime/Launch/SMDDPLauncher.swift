/// The command line of `mpirun` for SageMaker's data parallelism, word by word as the Python toolkit has it.
public struct SMDDPLauncher: Sendable {
    /// The facts.
    public var facts: LaunchFacts
    /// Options of the user's own, as they were written.
    public var customOptions: [String]
    /// The preloaded library that answers gethostname(2), where one is needed on all hosts at the same place.
    public var hostnameLibrary: String?
    /// Whether `smddprun` is there, the wrapper that the library brings.
    public var hasWrapper: Bool

    /// Makes the command line of some facts.
    public init(
        facts: LaunchFacts,
        customOptions: [String] = [],
        hostnameLibrary: String? = nil,
        hasWrapper: Bool = false
    ) {
        self.facts = facts
        self.customOptions = customOptions
        self.hostnameLibrary = hostnameLibrary
        self.hasWrapper = hasWrapper
    }

    /// All words, the program's last.
    ///
    /// - Throws: `Failure` where an option of the user's lacks its value.
    public func words(program: [RawString]) throws(Failure) -> [RawString] {
        let options = try MPIOptions(customOptions)
        let (count, perHost) = (facts.hosts.count, facts.processesPerHost)
        let hosts = count > 1 ? facts.hosts.map { "\($0):\(perHost)" } : facts.hosts
        let type = facts.namedInstanceType
        var words = ["mpirun", "--host", hosts.joined(separator: ","), "-np", String(perHost * count)]
        words += ["--allow-run-as-root", "--tag-output", "--oversubscribe"] + MPILauncher.network(facts.interface)
        words += MPILauncher.transport + ["-mca", "plm_rsh_num_concurrent", String(count)]
        words += MPILauncher.export([
            "NCCL_SOCKET_IFNAME=\(facts.interface)", "NCCL_DEBUG=\(options.debugLevel)", "LD_LIBRARY_PATH", "PATH",
            count > 1 ? "SMDATAPARALLEL_USE_HOMOGENEOUS=1" : "SMDATAPARALLEL_USE_SINGLENODE=1", "FI_PROVIDER=efa",
            "RDMAV_FORK_SAFE=1",
        ])
        if let hostnameLibrary { words += MPILauncher.export(["LD_PRELOAD=\(hostnameLibrary)"]) }
        words += options.others
        if InstanceNetwork.hasEFA(type) { words += MPILauncher.export(["NCCL_PROTO=simple"]) }
        if InstanceNetwork.hasRDMA(type) { words += MPILauncher.export(["FI_EFA_USE_DEVICE_RDMA=1"]) }
        if count > 1 {
            words += MPILauncher.export([
                "SMDATAPARALLEL_SERVER_ADDR=\(facts.leader)", "SMDATAPARALLEL_SERVER_PORT=7592",
                "SAGEMAKER_INSTANCE_TYPE=\(type)",
            ])
        }
        if hasWrapper { words.append("smddprun") }
        return words.compactMap { RawString($0) } + program
    }
}
