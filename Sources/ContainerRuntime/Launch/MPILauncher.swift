/// The command line of `mpirun` that starts the program on all hosts, word by word as the Python toolkit has it.
///
/// - `-np` is hosts times processes per host, unless the job asks for a number.
/// - Values of variables are not in it: `-x NAME` lets mpirun read them itself.
public struct MPILauncher: Sendable {
    /// The programs of Open MPI that start ranks; what else they start is the ssh that reaches other hosts.
    static let engines: Set<String> = ["mpirun", "mpiexec", "orterun", "orted", "prterun", "prted", "prte"]

    /// The facts.
    public var facts: LaunchFacts
    /// The processes of the whole job, where that was asked for.
    public var processes: Int?
    /// Options of the user's own, as they were written.
    public var customOptions: [String]
    /// The names of the variables that the ranks get.
    public var exported: [String]
    /// The preloaded library that answers gethostname(2), where one is needed on all hosts at the same place.
    public var hostnameLibrary: String?
    /// Whether `smddpmprun` is there: the wrapper of model parallelism.
    public var hasModelParallelWrapper = false

    /// Makes the command line of some facts.
    public init(
        facts: LaunchFacts,
        processes: Int? = nil,
        customOptions: [String] = [],
        exported: [String] = [],
        hostnameLibrary: String? = nil
    ) {
        self.facts = facts
        self.processes = processes
        self.customOptions = customOptions
        self.exported = exported
        self.hostnameLibrary = hostnameLibrary
    }

    /// All words, the program's last.
    ///
    /// - Throws: `Failure` where an option of the user's lacks its value.
    public func words(program: [RawString]) throws(Failure) -> [RawString] {
        let options = try MPIOptions(customOptions)
        let interface = facts.interface
        var words = ["mpirun"] + hostWords + ["--allow-run-as-root", "--display-map", "--tag-output"]
        words += Self.network(interface)
        words += ["-bind-to", "none", "-map-by", "slot"] + Self.transport
        words += Self.export([
            "NCCL_MIN_NRINGS=4", "NCCL_SOCKET_IFNAME=\(interface)", "NCCL_DEBUG=\(options.debugLevel)",
        ])
        words += Self.export(["LD_LIBRARY_PATH", "PATH"])
        if let hostnameLibrary { words += Self.export(["LD_PRELOAD=\(hostnameLibrary)"]) }
        words += options.others
        if InstanceNetwork.hasEFA(facts.instanceType) {
            words += Self.export(["FI_PROVIDER=efa", "NCCL_PROTO=simple"])
        }
        if InstanceNetwork.hasRDMA(facts.instanceType) { words += Self.export(["FI_EFA_USE_DEVICE_RDMA=1"]) }
        words += Self.export(Self.credentials(in: facts.incoming))
        words += Self.export(exported) + modelParallelWords
        return words.compactMap { RawString($0) } + program
    }

    /// The hosts and the number of processes.
    private var hostWords: [String] {
        let perHost = facts.processesPerHost
        let list = facts.hosts.map { perHost == 1 ? $0 : "\($0):\(perHost)" }.joined(separator: ",")
        return ["--host", list, "-np", String(processes ?? perHost * facts.hosts.count)]
    }

    private var modelParallelWords: [String] {
        guard exported.contains("SM_HP_MP_PARAMETERS") else { return [] }
        var words: [String] = []
        if let version = facts.incoming.text("SM_DLC_TORCH_VERSION") {
            words += Self.export(["NCCL_PROTO=simple"])
            let major = version.utf8.prefix { $0 != UInt8(ascii: ".") }
            if let number = String(major).flatMap({ Int($0) }), number > 1 { words += Self.export(["NCCL_ALGO=ring"]) }
        }
        let backend = facts.parameters["mp_parameters"]?.object?["ddp_dist_backend"]?.string ?? "auto"
        guard hasModelParallelWrapper, backend == "auto" else { return words }
        return words + ["smddpmprun", "-i", facts.namedInstanceType, "--allow-bypass"]
    }

    static func export(_ names: [String]) -> [String] { names.flatMap { ["-x", $0] } }

    static func network(_ interface: String) -> [String] {
        [
            "-mca", "btl_tcp_if_include", interface, "-mca", "oob_tcp_if_include", interface,
            "-mca", "plm_rsh_no_tree_spawn", "1",
        ]
    }

    static let transport = [
        "-mca", "pml", "ob1", "-mca", "btl", "^openib", "-mca", "orte_abort_on_non_zero_status", "1",
        "-mca", "btl_vader_single_copy_mechanism", "none",
    ]

    private static func credentials(in variables: EnvironmentVariables) -> [String] {
        ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"].filter { variables.text($0) != nil }
    }
}

/// Options for mpirun that the user wrote: split at blanks, quotation marks are nothing special, as in the toolkit.
struct MPIOptions: Hashable {
    /// The level of NCCL_DEBUG.
    private(set) var debugLevel = "INFO"
    /// Everything else, in its order.
    private(set) var others: [String] = []

    /// Splits a text as Python's `split()` does.
    static func words(_ text: String) -> [String] {
        text.utf8.split { $0 == 0x20 || 0x09...0x0d ~= $0 }.compactMap { String($0) }
    }

    /// Reads `--NCCL_DEBUG LEVEL`, which may be cut short as argparse allows, and keeps all other words.
    init(_ words: [String]) throws(Failure) {
        let name = "--NCCL_DEBUG"
        var rest = words[...]
        while let word = rest.popFirst() {
            let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard parts[0].utf8.count > 2, name.hasPrefix(parts[0]) else {
                others.append(word)
                continue
            }
            guard let value = parts.count > 1 ? parts[1] : rest.popFirst() else {
                let expected = "followed by a level such as INFO"
                throw Failure(
                    .launchOptionUnusable(expected: expected, found: word),
                    "sagemaker_mpi_custom_mpi_options"
                )
            }
            debugLevel = value
        }
    }
}
