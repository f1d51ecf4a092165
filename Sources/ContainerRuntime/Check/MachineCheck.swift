import SystemPackage

/// The machine: accelerators, shared memory.
enum MachineCheck {
    static func findings(
        _ facts: TrainingEnvironment,
        sharedMemory: FileSystemUse? = FileSystemUse("/dev/shm")
    ) -> [Finding] {
        let tools = facts.machine.warnings.map {
            Finding($0, place: "accelerators", advice: "run the tool by hand and see what it says")
        }
        return tools + Self.sharedMemory(sharedMemory, gpus: facts.gpus)
    }

    /// Docker gives 64 MiB unless it is asked for more, and the loaders of PyTorch pass batches through it.
    static func sharedMemory(_ use: FileSystemUse?, gpus: Int) -> [Finding] {
        let advice = "start the container with --shm-size=1g or more, or with --ipc=host"
        guard let use else {
            return gpus > 0 ? [Finding(.warning, "/dev/shm", "is not there", advice: advice)] : []
        }
        let least = gpus > 0 ? 1 << 30 : 128 << 20
        guard use.size < least else { return [] }
        let size = "\(use.size >> 20) MiB"
        let problem = "has \(size); processes that load data or train together need more (bus errors)"
        return [Finding(.warning, "/dev/shm", problem, advice: advice)]
    }
}
