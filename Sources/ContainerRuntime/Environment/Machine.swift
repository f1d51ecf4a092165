public import SystemPackage

/// What the job runs on: processors, accelerators, and launchers on the PATH.
public struct Machine: Sendable, Equatable {
    /// The processors that the job may use: affinity and the cgroup's quota count.
    public var processors: Int
    /// The GPUs.
    public var gpus: Int
    /// The Neuron cores.
    public var neurons: Int
    /// Whether `smddprun` is on the PATH.
    public var hasSMDDPRun: Bool
    /// Whether `smddpmprun` is on the PATH.
    public var hasSMDDPMPRun: Bool
    /// What is doubtful.
    public var warnings: [JobWarning] = []

    /// Makes a machine of known numbers.
    public init(
        processors: Int,
        gpus: Int = 0,
        neurons: Int = 0,
        hasSMDDPRun: Bool = false,
        hasSMDDPMPRun: Bool = false
    ) {
        self.processors = processors
        self.gpus = gpus
        self.neurons = neurons
        self.hasSMDDPRun = hasSMDDPRun
        self.hasSMDDPMPRun = hasSMDDPMPRun
    }

    /// Runs a tool and gives back what it printed, or nil where it failed or took too long.
    public typealias RunTool = (_ path: FilePath, _ arguments: [String]) -> [UInt8]?

    /// Looks at the machine.
    ///
    /// - Parameters:
    ///   - environment: The variables that `train` was started with: PATH, NVIDIA_VISIBLE_DEVICES.
    ///   - instanceType: The instance type that resourceconfig.json names.
    ///   - root: Where /dev, /proc and /sys are looked for.
    ///   - runTool: How nvidia-smi and neuron-ls are run; 5 seconds at most.
    /// - Returns: What was found; what could not be found counts as 0, with a warning.
    public static func probe(
        environment: EnvironmentVariables,
        instanceType: String = "local",
        root: FilePath = "/",
        runTool: @escaping RunTool = BoundedTool.output
    ) -> Machine {
        let path = environment["PATH"]
        var warnings: [JobWarning] = []
        let accelerators = Accelerators(root: root, path: path, runTool: runTool)
        var machine = Machine(
            processors: ControlGroup(root: root).usableProcessors(),
            gpus: accelerators.gpus(visible: environment.text("NVIDIA_VISIBLE_DEVICES"), &warnings),
            neurons: accelerators.neurons(instanceType: instanceType, &warnings),
            hasSMDDPRun: ExecutableSearch.file("smddprun", path: path) != nil,
            hasSMDDPMPRun: ExecutableSearch.file("smddpmprun", path: path) != nil
        )
        machine.warnings = warnings
        return machine
    }
}
