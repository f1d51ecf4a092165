import ContainerRuntime
import SystemPackage
import TestSupport
import Testing

@testable import ContainerRuntime

@Suite struct MachineTests {
    @Test(
        arguments: [
            (["sys/fs/cgroup/cpu.max": "200000 100000\n"], 8, 2), (["sys/fs/cgroup/cpu.max": "max 100000\n"], 8, 8),
            (["sys/fs/cgroup/cpu.max": "150000 100000\n"], 8, 2), (["sys/fs/cgroup/cpu.max": "10000 100000\n"], 8, 1),
            (["sys/fs/cgroup/cpu.max": "junk"], 8, 8), ([:], 8, 8),
            (["sys/fs/cgroup/cpu.max": "9900000 100000\n"], 4, 4),
            (
                [
                    "proc/self/cgroup": "0::/a/b\n", "sys/fs/cgroup/a/cpu.max": "300000 100000\n",
                    "sys/fs/cgroup/a/b/cpu.max": "max 100000\n",
                ], 8, 3
            ),
            (
                ["sys/fs/cgroup/cpu/cpu.cfs_quota_us": "400000\n", "sys/fs/cgroup/cpu/cpu.cfs_period_us": "100000\n"],
                8, 4
            ),
            (["sys/fs/cgroup/cpu/cpu.cfs_quota_us": "-1\n", "sys/fs/cgroup/cpu/cpu.cfs_period_us": "100000\n"], 8, 8),
            (
                [
                    "proc/self/cgroup": "4:cpu,cpuacct:/docker/x\n1:name=systemd:/\n",
                    "sys/fs/cgroup/cpu,cpuacct/docker/x/cpu.cfs_quota_us": "50000\n",
                    "sys/fs/cgroup/cpu,cpuacct/docker/x/cpu.cfs_period_us": "100000\n",
                ], 8, 1
            ),
        ] as [([String: String], Int, Int)]
    )
    func theProcessorsAreThoseOfAffinityAndQuota(_ files: [String: String], _ affinity: Int, _ expected: Int) throws {
        let tree = try JobTree()
        defer { tree.remove() }
        for (path, text) in files { try tree.write(path, text) }
        #expect(ControlGroup(root: tree.base).usableProcessors(affinity: affinity) == expected)
    }

    @Test(
        arguments: [
            (["nvidia0", "nvidia1", "nvidiactl", "nvidia-uvm", "nvidia10"], nil, 3),
            (["nvidia0", "nvidia1"], "all", 2),
            (["nvidia0", "nvidia1"], "void", 0), (["nvidia0", "nvidia1"], "none", 0), (["nvidia0", "nvidia1"], "", 0),
            (["nvidia0", "nvidia1", "nvidia2"], "0,GPU-3f2a", 2), (["nvidia0"], "0,1,2,3", 1), (["null"], nil, 4),
            (["null"], "1", 1), (["null"], "void", 0),
        ] as [([String], String?, Int)]
    )
    func theGPUsAreTheNodesThatAreVisible(_ nodes: [String], _ visible: String?, _ expected: Int) throws {
        let tree = try JobTree()
        defer { tree.remove() }
        for node in nodes { try tree.write("dev/\(node)", "") }
        try tree.write("bin/nvidia-smi", "", mode: 0o755)
        var entries = ["PATH=\(tree.base)/bin"]
        if let visible { entries.append("NVIDIA_VISIBLE_DEVICES=\(visible)") }
        let machine = Machine.probe(
            environment: EnvironmentVariables(entries: entries.compactMap { RawString($0) }),
            root: tree.base
        ) { path, arguments in
            #expect(path == tree.base.appending("bin/nvidia-smi"))
            #expect(arguments == ["--list-gpus"])
            #expect(!nodes.contains("nvidia0"))
            return Array("GPU 0: H100\nGPU 1: H100\n  MIG 1g\nGPU 2: H100\nGPU 3: H100\n".utf8)
        }
        #expect(machine.gpus == expected)
        #expect(machine.warnings.isEmpty)
    }

    @Test(
        arguments: [
            (#"[{"nc_count": 2}, {"nc_count": 4, "x": 1}]"#, "ml.trn1", 6, 0), ("junk", "ml.trn1", 0, 1),
            ("{}", "ml.trn1", 0, 1), ("junk", "ml.trn2.48xlarge", 64, 0), (nil, "ml.trn1", 0, 1),
        ] as [(String?, String, Int, Int)]
    )
    func theNeuronCoresAreWhatTheToolCounts(_ output: String?, _ type: String, _ expected: Int, _ warnings: Int) throws
    {
        let tree = try JobTree()
        defer { tree.remove() }
        try tree.write("bin/neuron-ls", "", mode: 0o755)
        let path = EnvironmentVariables(entries: [RawString("PATH=\(tree.base)/bin") ?? ""])
        let machine = Machine.probe(environment: path, instanceType: type, root: tree.base) { _, _ in
            output.map { Array($0.utf8) }
        }
        #expect(machine.neurons == expected)
        #expect(machine.warnings.count == warnings)
    }

    @Test func aToolThatIsNotExecutableIsNotThere() throws {
        let tree = try JobTree()
        defer { tree.remove() }
        try tree.write("bin/smddprun", "")
        try tree.makeDirectory("bin/smddpmprun")
        let path = EnvironmentVariables(entries: [RawString("PATH=\(tree.base)/bin") ?? ""])
        let machine = Machine.probe(environment: path, root: tree.base)
        #expect(!machine.hasSMDDPRun && !machine.hasSMDDPMPRun)
        try tree.write("bin2/smddprun", "", mode: 0o755)
        let both = EnvironmentVariables(entries: [RawString("PATH=\(tree.base)/bin:\(tree.base)/bin2") ?? ""])
        #expect(Machine.probe(environment: both, root: tree.base).hasSMDDPRun)
    }

    @Test(.timeLimit(.minutes(60)))
    func aToolIsRunForABoundedTime() {
        #expect(BoundedTool.output("/bin/echo", ["a", "b"]) == Array("a b\n".utf8))
        #expect(BoundedTool.output("/bin/sh", ["-c", "echo x; exit 3"]) == nil)
        #expect(BoundedTool.output("/no/such/tool", []) == nil)
        let streams = BoundedTool.output("/bin/sh", ["-c", "readlink /proc/$$/fd/0 /proc/$$/fd/2"])
        #expect(streams == Array("/dev/null\n/dev/null\n".utf8))
        // It closes its output, and then ends in its own time, or not at all.
        #expect(BoundedTool.output("/bin/sh", ["-c", "echo x; exec >&-; sleep 0.1"]) == Array("x\n".utf8))
        #expect(BoundedTool.output("/bin/sh", ["-c", "echo x; exec >&-; sleep 1000"]) == nil)
        // Its child holds the pipe as well, and is in its session.
        #expect(BoundedTool.output("/bin/sh", ["-c", "sleep 1000 & sleep 1000"], seconds: 0.2) == nil)
        #expect(BoundedTool.output("/bin/cat", ["/dev/zero"], seconds: 5) == nil)
    }
}
