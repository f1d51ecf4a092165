import SystemPackage

extension TrainingEnvironment {
    /// The name of this host.
    public var currentHost: String { configuration.resources.currentHost }
    /// All hosts, in the order that decides ranks: that of resourceconfig.json, unless another was asked for.
    public var hosts: [String] { hostOrder.sorted(configuration.resources.hosts) }
    /// The place of this host among all hosts, from 0.
    public var currentHostRank: Int { hosts.firstIndex { $0.hasSameBytes(as: currentHost) } ?? 0 }
    /// The instance type of this host.
    public var currentInstanceType: String { configuration.resources.currentInstanceType }
    /// The group of this host.
    public var currentInstanceGroup: String { configuration.resources.currentGroup }
    /// The network interface between the hosts.
    public var networkInterfaceName: String { configuration.resources.networkInterface }
    /// The topology of an UltraServer, or an empty list.
    public var topology: JSONValue { configuration.resources.topology }

    /// The hosts of this host's group.
    public var currentInstanceGroupHosts: [String] {
        configuration.resources.groups.last { $0.name.hasSameBytes(as: currentInstanceGroup) }?.hosts ?? []
    }
    /// The names of the instance groups.
    public var instanceGroups: [String] { configuration.resources.groups.map(\.name) }
    /// The instance groups by name.
    public var instanceGroupsDictionary: JSONObject {
        JSONObject(configuration.resources.groups.map { ($0.name, .object($0.object)) })
    }
    /// Whether there is more than one instance group.
    public var isHeterogeneous: Bool { configuration.resources.groups.count > 1 }

    /// The hyperparameters that make this host's group take part in a distributed run.
    static let distributionFlags = [
        "sagemaker_mpi_enabled", "sagemaker_distributed_dataparallel_enabled", "sagemaker_pytorch_ddp_enabled",
        "sagemaker_parameter_server_enabled", "sagemaker_multi_worker_mirrored_strategy_enabled",
        "sagemaker_pytorch_xla_multi_worker_enabled", "sagemaker_torch_distributed_enabled",
    ]

    /// The groups that take part in a distributed run, as the hyperparameter has them, else this host's where one of
    /// the distribution flags is on.
    public var distributionInstanceGroups: JSONValue {
        if let named = configuration.hyperparameters["sagemaker_distribution_instance_groups"], named.isTruthy {
            return named
        }
        let isDistributed = Self.distributionFlags.contains { configuration.hyperparameters[$0]?.isTruthy ?? false }
        return .strings(isDistributed ? [currentInstanceGroup] : [])
    }
    /// The hosts that take part in a distributed run; all of them where there are no groups.
    public var distributionHosts: [String] {
        guard !configuration.resources.groups.isEmpty else { return hosts }
        let names = (distributionInstanceGroups.array ?? []).compactMap(\.string)
        let members = configuration.resources.groups
            .filter { group in names.contains { $0.hasSameBytes(as: group.name) } }
            .flatMap(\.hosts)
        return hostOrder.sorted(members)
    }
    /// The host that leads a distributed run.
    public var masterHostname: String { distributionHosts.first ?? hosts.first ?? currentHost }
    /// Whether this host leads.
    public var isMaster: Bool { currentHost.hasSameBytes(as: masterHostname) }
    /// The port of a distributed run's leader, as in the toolkit and in version 3 of the SDK.
    public static let masterPort = 7_777

    /// The facts as one object, in the toolkit's names: what `SM_TRAINING_ENV` holds.
    public var facts: JSONObject {
        JSONObject([
            ("additional_framework_parameters", .object(additionalFrameworkParameters)),
            ("channel_input_dirs", .object(channelInputDirectories)),
            ("current_host", .string(currentHost)),
            ("current_instance_group", .string(currentInstanceGroup)),
            ("current_instance_group_hosts", .strings(currentInstanceGroupHosts)),
            ("current_instance_type", .string(currentInstanceType)),
            ("distribution_hosts", .strings(distributionHosts)),
            ("distribution_instance_groups", distributionInstanceGroups),
            ("framework_module", frameworkModule.map { .string($0) } ?? .null),
            ("hosts", .strings(hosts)),
            ("hyperparameters", .object(hyperparameters)),
            ("input_config_dir", .string(inputConfigurationDirectory.string)),
            ("input_data_config", .object(inputDataConfiguration)),
            ("input_dir", .string(inputDirectory.string)),
            ("instance_groups", .strings(instanceGroups)),
            ("instance_groups_dict", .object(instanceGroupsDictionary)),
            ("is_hetero", .bool(isHeterogeneous)),
            ("is_master", .bool(isMaster)),
            ("is_modelparallel_enabled", isModelParallelEnabled),
            ("is_smddpmprun_installed", .bool(machine.hasSMDDPMPRun)),
            ("is_smddprun_installed", .bool(machine.hasSMDDPRun)),
            ("job_name", jobName.map { .string($0) } ?? .null),
            ("log_level", .integer(logLevel)),
            ("master_hostname", .string(masterHostname)),
            ("model_dir", .string(modelDirectory.string)),
            ("module_dir", .string(moduleDirectory)),
            ("module_name", .string(moduleName)),
            ("network_interface_name", .string(networkInterfaceName)),
            ("num_cpus", .integer(processors)),
            ("num_gpus", .integer(gpus)),
            ("num_neurons", .integer(neurons)),
            ("output_data_dir", .string(outputDataDirectory.string)),
            ("output_dir", .string(outputDirectory.string)),
            ("output_intermediate_dir", .string(outputIntermediateDirectory.string)),
            ("resource_config", .object(resourceConfiguration)),
            ("topology", topology),
            ("user_entry_point", userEntryPoint.map { .string($0) } ?? .null),
        ])
    }
}
