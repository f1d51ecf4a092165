import SystemPackage

/// What a launcher's plan is made of; a plan is worked out from this alone, for any host.
public struct LaunchFacts: Sendable {
    /// The hosts of the distributed run, in the order of their ranks.
    public var hosts: [String]
    /// The host that the plan is for.
    public var currentHost: String
    /// How many processes each host runs.
    public var processesPerHost: Int
    /// The GPUs of a host.
    public var gpus: Int
    /// The network interface between the hosts.
    public var interface: String
    /// The instance type, as `ml.p4d.24xlarge`.
    public var instanceType: String
    /// All hyperparameters, decoded.
    public var parameters: JSONObject
    /// The variables that `train` was started with.
    public var incoming: EnvironmentVariables

    /// Makes facts.
    public init(
        hosts: [String],
        currentHost: String,
        processesPerHost: Int,
        gpus: Int = 0,
        interface: String = "eth0",
        instanceType: String = "local",
        parameters: JSONObject = JSONObject(),
        incoming: EnvironmentVariables = EnvironmentVariables()
    ) {
        self.hosts = hosts
        self.currentHost = currentHost
        self.processesPerHost = processesPerHost
        self.gpus = gpus
        self.interface = interface
        self.instanceType = instanceType
        self.parameters = parameters
        self.incoming = incoming
    }

    /// The host that leads: the first.
    public var leader: String { hosts.first ?? currentHost }
    /// Where the leader is reached: its name, or its address where `TRAIN_HOSTS_FILE` has one, which programs do not read.
    public var leaderAddress: String { HostsFile(incoming)[leader]?.first ?? leader }
    /// Whether this host leads.
    public var isLeader: Bool { currentHost.hasSameBytes(as: leader) }
    /// The place of this host among them, from 0.
    public var rank: Int { hosts.firstIndex { $0.hasSameBytes(as: currentHost) } ?? 0 }

    /// The instance type as the run's own hyperparameter has it, else as the platform has it.
    var namedInstanceType: String {
        parameters["sagemaker_instance_type"]?.string ?? instanceType
    }
}

/// What kinds of instance have EFA, the network for many hosts.
///
/// Source: the lists of sagemaker-training 5.1.4, `sagemaker_training/__init__.py`.
enum InstanceNetwork {
    private static let overEFA: Set<String> = [
        "ml.g4dn.8xlarge", "ml.g4dn.12xlarge", "ml.g5.48xlarge", "ml.p3dn.24xlarge", "ml.p4d.24xlarge",
        "ml.p4de.24xlarge", "ml.p5.48xlarge", "ml.p5e.48xlarge", "ml.trn1.32xlarge", "ml.p6e-gb200.36xlarge",
    ]
    private static let withRDMA: Set<String> = [
        "ml.p4d.24xlarge", "ml.p4de.24xlarge", "ml.p5.48xlarge", "ml.p5e.48xlarge", "ml.trn1.32xlarge",
        "ml.p6e-gb200.36xlarge",
    ]

    /// Whether NCCL goes over EFA.
    static func hasEFA(_ type: String) -> Bool { overEFA.contains(type) }
    /// Whether EFA reads and writes the memory of GPUs.
    static func hasRDMA(_ type: String) -> Bool { withRDMA.contains(type) }
}

/// Counts that a job asks for by hyperparameters.
enum LaunchCount {
    /// More processes than this on one host are a mistake, and would end in a machine that no longer answers.
    static let most = 4_096

    /// How many processes each host runs.
    ///
    /// - Throws: `Failure` that names the hyperparameter, where it is no usable number.
    static func processesPerHost(
        _ parameters: JSONObject,
        driver: JSONObject?,
        gpus: Int,
        neurons: Int
    ) throws(Failure) -> Int {
        for key in ["sagemaker_mpi_num_of_processes_per_host", "sagemaker_process_slots_per_host"] {
            if let count = try count(key, parameters[key], most: most) { return count }
        }
        if let count = try count("process_count_per_node", driver?["process_count_per_node"], most: most) {
            return count
        }
        return gpus > 0 ? gpus : max(1, neurons)
    }

    /// How many processes the whole job runs, where that is asked for.
    ///
    /// - Throws: `Failure` that names the hyperparameter, where it is no usable number.
    static func processes(_ parameters: JSONObject, hosts: Int) throws(Failure) -> Int? {
        for key in ["sagemaker_mpi_num_processes", "sagemaker_num_processes"] {
            if let count = try count(key, parameters[key], most: most * max(1, hosts)) { return count }
        }
        return nil
    }

    private static func count(_ key: String, _ value: JSONValue?, most: Int) throws(Failure) -> Int? {
        guard let value, value != .null, value != "" else { return nil }
        let number = value.integer ?? value.string.flatMap { Int($0) }
        guard let number, 1...most ~= number else {
            let expected = "a number from 1 to \(most)"
            throw Failure(.launchOptionUnusable(expected: expected, found: PythonText.str(value)), key)
        }
        return number
    }
}
