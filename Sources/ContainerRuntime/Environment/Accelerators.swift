import SystemPackage

/// The GPUs and Neuron cores that a job may use.
///
/// - GPUs are the device nodes /dev/nvidia0 and on, no more than NVIDIA_VISIBLE_DEVICES names; nvidia-smi is asked only
///   where there is no node: it takes seconds on a machine with many.
/// - Neuron cores are what neuron-ls counts; 64 on a trn2.48xlarge, as in the toolkit.
struct Accelerators {
    let root: FilePath
    /// The value of PATH, or nil where it is not set.
    let path: RawString?
    let runTool: Machine.RunTool

    /// The GPUs, given NVIDIA_VISIBLE_DEVICES.
    ///
    /// Source: https://docs.nvidia.com/datacenter/cloud-native/container-toolkit/latest/docker-specialized.html
    func gpus(visible: String?, _ warnings: inout [JobWarning]) -> Int {
        let most: Int
        switch visible {
        case nil, "all"?: most = .max
        case ""?, "void"?, "none"?: return 0
        case let list?: most = list.utf8.split(separator: UInt8(ascii: ",")).count
        }
        let nodes = DirectoryListing.names(root.appending("dev")).filter(isNode).count
        if nodes > 0 { return min(nodes, most) }
        guard let tool = ExecutableSearch.file("nvidia-smi", path: path) else { return 0 }
        guard let output = runTool(tool, ["--list-gpus"]) else {
            warnings.append(.toolUnusable(name: "nvidia-smi"))
            return 0
        }
        let lines = output.split(separator: UInt8(ascii: "\n")).filter { $0.starts(with: "GPU ".utf8) }
        return min(lines.count, most)
    }

    /// The Neuron cores of an instance type.
    func neurons(instanceType: String, _ warnings: inout [JobWarning]) -> Int {
        if instanceType.contains("trn2.48xlarge") { return 64 }
        guard let tool = ExecutableSearch.file("neuron-ls", path: path) else { return 0 }
        guard let output = runTool(tool, ["-j"]), let devices = (try? JSONReader.read(output))?.array else {
            warnings.append(.toolUnusable(name: "neuron-ls"))
            return 0
        }
        return devices.compactMap { $0.object?["nc_count"]?.integer }.reduce(0) { $0 &+ max(0, $1) }
    }

    private func isNode(_ name: String) -> Bool {
        let digits = name.utf8.dropFirst("nvidia".utf8.count)
        return name.utf8.starts(with: "nvidia".utf8) && !digits.isEmpty
            && digits.allSatisfy(\.isASCIIDigit)
    }
}
