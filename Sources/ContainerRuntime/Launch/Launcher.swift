/// What starts a job's program on its hosts.
public enum Launcher: Hashable, Sendable {
    /// One process on each host, each for itself.
    case process
    /// Open MPI: `mpirun` on the leader, sshd on the others.
    case mpi
    /// SageMaker's data parallelism: `mpirun` with its own words and `smddprun`.
    case smddp
    /// PyTorch's elastic launcher on each host.
    case torchrun
    /// `torch_xla.distributed.xla_spawn` on each host.
    case xla
    /// One process on each host, with TF_CONFIG, beside a parameter server on each.
    case parameterServers
    /// One process on each host, with TF_CONFIG for MultiWorkerMirroredStrategy.
    case multiWorkerMirrored
    /// A framework's own command line.
    case template

    /// The name in the log and in a plan.
    public var name: String {
        switch self {
        case .process: "process"
        case .mpi: "MPI"
        case .smddp: "SMDDP over MPI"
        case .torchrun: "torchrun"
        case .xla: "PyTorch XLA"
        case .parameterServers: "parameter servers"
        case .multiWorkerMirrored: "MultiWorkerMirroredStrategy"
        case .template: "command template"
        }
    }

    /// Whether our own child is the program, and not an engine that starts it.
    var startsProgramItself: Bool {
        switch self {
        case .process, .parameterServers, .multiWorkerMirrored: true
        case .mpi, .smddp, .torchrun, .xla, .template: false
        }
    }

    /// Whether one host starts the processes of all.
    var hasLeader: Bool { self == .mpi || self == .smddp }
}

/// Which launcher a job asks for, and by what.
public struct LauncherChoice: Hashable, Sendable {
    /// The launcher.
    public let launcher: Launcher
    /// The hyperparameter, variable or file that asked for it; nothing for a plain process.
    public let reason: String?
    /// What else was asked for and is not done, since one job has one launcher.
    public let ignored: [String]

    /// What asks for a launcher in hyperparameters, the first one decides: the order of the framework containers.
    private static let flags: [(key: String, launcher: Launcher)] = [
        ("sagemaker_mpi_enabled", .mpi), ("sagemaker_pytorch_ddp_enabled", .smddp),
        ("sagemaker_torch_distributed_enabled", .torchrun), ("sagemaker_distributed_dataparallel_enabled", .smddp),
        ("sagemaker_pytorch_xla_multi_worker_enabled", .xla), ("sagemaker_use_mpi", .mpi),
        ("sagemaker_parameter_server_enabled", .parameterServers),
        ("sagemaker_multi_worker_mirrored_strategy_enabled", .multiWorkerMirrored),
    ]

    /// Chooses a launcher.
    ///
    /// - Parameters:
    ///   - parameters: All hyperparameters, decoded.
    ///   - participates: Whether this host is one of the distributed run's.
    ///   - template: Where a command template comes from, if there is one.
    ///   - driver: The object of SDK version 3's `distributed.json`, if there is one.
    ///   - hasSMDDPRun: Whether `smddprun` is there: without it `sagemaker_pytorch_ddp_enabled` means torchrun, which
    ///     sets the variables that such a script reads.
    /// - Returns: The launcher, and what asked for it.
    public static func choose(
        parameters: JSONObject,
        participates: Bool,
        template: String? = nil,
        driver: JSONObject? = nil,
        hasSMDDPRun: Bool = false
    ) -> LauncherChoice {
        guard participates else { return LauncherChoice(launcher: .process, reason: nil, ignored: []) }
        var asked: [(reason: String, launcher: Launcher)] = []
        if let template { asked.append((template, .template)) }
        for (key, launcher) in flags where parameters[key]?.isTruthy ?? false {
            let isNative = key == "sagemaker_pytorch_ddp_enabled" && !hasSMDDPRun
            asked.append((key, isNative ? .torchrun : launcher))
        }
        if let driver, let launcher = launcher(of: driver) { asked.append(("distributed.json", launcher)) }
        guard let first = asked.first else { return LauncherChoice(launcher: .process, reason: nil, ignored: []) }
        return LauncherChoice(
            launcher: first.launcher,
            reason: first.reason,
            ignored: asked.dropFirst().filter { $0.launcher != first.launcher }.map(\.reason)
        )
    }

    /// What a driver of SDK version 3 stands for: it writes its fields, and not its name.
    private static func launcher(of driver: JSONObject) -> Launcher? {
        if driver["mpi_additional_options"] != nil || driver["_type"]?.string == "mpi" { return .mpi }
        return driver["process_count_per_node"] != nil || driver["smp"] != nil ? .torchrun : nil
    }
}
