import SystemPackage
import TestSupport
import Testing

@testable import ContainerRuntime

#if canImport(Glibc)
import Glibc
#endif

@Suite struct ResourceSourceTests {
    private static let network = """
        Inter-|   Receive                                                |  Transmit
         face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
            lo: 9999      10    0    0    0     0          0         0     9999      10    0    0    0     0       0          0
          eth0: 1000      20    0    0    0     0          0         0      300      20    0    0    0     0       0          0
        ib0:50 1 0 0 0 0 0 0 7 1 0 0 0 0 0 0

        """
    private static let memory = "MemTotal:       16000 kB\nMemFree:  100 kB\nMemAvailable:    6000 kB\n"

    private static let version2 = [
        "proc/self/cgroup": "0::/job/inner\n", "proc/meminfo": memory, "proc/self/net/dev": network,
        "sys/fs/cgroup/job/inner/cpu.stat": "usage_usec 2500000\nuser_usec 2000000\nsystem_usec 500000\n",
        "sys/fs/cgroup/job/inner/memory.current": "5000000\n",
        "sys/fs/cgroup/job/inner/memory.stat": "anon 1\nfile 2\ninactive_file 1000000\nactive_file 77\n",
        "sys/fs/cgroup/job/inner/memory.max": "max\n", "sys/fs/cgroup/job/memory.max": "8000000\n",
        "sys/fs/cgroup/job/inner/io.stat":
            "8:0 rbytes=100 wbytes=20 rios=3 wios=2 dbytes=0 dios=0\n8:16 rbytes=1 wbytes=2 rios=1 wios=1\n",
    ]

    /// A container of version 2 with a cgroup namespace of its own: the files are at the mount's root.
    private static let namespaced = [
        "proc/self/cgroup": "0::/\n", "proc/meminfo": memory, "proc/self/net/dev": network,
        "sys/fs/cgroup/cpu.stat": "usage_usec 2500000\n", "sys/fs/cgroup/memory.current": "5000000\n",
        "sys/fs/cgroup/memory.stat": "inactive_file 1000000\n", "sys/fs/cgroup/memory.max": "8000000\n",
        "sys/fs/cgroup/io.stat": "8:0 rbytes=101 wbytes=22\n",
    ]

    private static let version1 = [
        "proc/self/cgroup": "5:blkio:/docker/x\n4:memory:/docker/x\n2:cpu,cpuacct:/docker/x\n0::/\n",
        "proc/meminfo": memory,
        "proc/self/net/dev": network, "sys/fs/cgroup/cpu,cpuacct/docker/x/cpuacct.usage": "2500000000\n",
        "sys/fs/cgroup/memory/docker/x/memory.usage_in_bytes": "5000000\n",
        "sys/fs/cgroup/memory/docker/x/memory.limit_in_bytes": "9223372036854771712\n",
        "sys/fs/cgroup/memory/docker/memory.limit_in_bytes": "8000000\n",
        "sys/fs/cgroup/memory/docker/x/memory.stat": "inactive_file 5\ntotal_inactive_file 1000000\n",
        "sys/fs/cgroup/blkio/docker/x/blkio.throttle.io_service_bytes":
            "8:0 Read 100\n8:0 Write 20\n8:0 Sync 0\n8:16 Read 1\n8:16 Write 2\nTotal 123\n",
    ]

    private func source(_ files: [String: String]) throws -> (ResourceSource, JobTree) {
        let tree = try JobTree()
        for (path, text) in files { try tree.write(path, text) }
        return (ResourceSource(root: tree.base), tree)
    }

    @Test(arguments: [version2, namespaced, version1])
    func aContainersUseIsThatOfItsControlGroup(_ files: [String: String]) throws {
        let (source, tree) = try source(files)
        defer { tree.remove() }
        let expected = ResourceUse(
            processors: 2_500_000_000,
            memory: 4_000_000,
            read: 101,
            written: 22,
            received: 1_050,
            sent: 307
        )
        #expect(source.read() == expected)
        #expect(source.memoryLimit == 8_000_000)
    }

    @Test func withoutControlGroupsTheMachinesMemoryCounts() throws {
        let (source, tree) = try source(["proc/meminfo": Self.memory])
        defer { tree.remove() }
        #expect(source.read() == ResourceUse(memory: 10_000 << 10))
        #expect(source.memoryLimit == 16_000 << 10)
    }

    @Test(arguments: ["", "junk\n", "-5", "99999999999999999999999\n", "usage_usec\n"])
    func whatIsNoNumberIsNotKnown(_ text: String) throws {
        let (source, tree) = try source([
            "sys/fs/cgroup/cpu.stat": text, "sys/fs/cgroup/memory.max": text, "proc/meminfo": text,
        ])
        defer { tree.remove() }
        #expect(source.read() == ResourceUse())
        #expect(source.memoryLimit == nil)
    }

    /// The files are opened once: what they hold later is read.
    @Test func aFileIsReadAnewEachTime() throws {
        let (source, tree) = try source(Self.version2)
        defer { tree.remove() }
        #expect(source.read().memory == 4_000_000)
        try tree.write("sys/fs/cgroup/job/inner/memory.current", "6500000\n")
        #expect(source.read().memory == 5_500_000)
    }

    /// The real files of this machine: work adds processor time, and memory is between nothing and its limit.
    @Test func theMachineOfThisTestCountsWhatIsUsed() throws {
        let source = ResourceSource()
        let before = source.read()
        var sum = 0.0
        // Work of this thread, however little of a processor it gets.
        let begun = processorTime()
        while processorTime() - begun < 200_000_000 { sum += 1 }
        let after = source.read()
        let memory = try #require(after.memory)
        let limit = try #require(source.memoryLimit)
        #expect(memory > 1 << 20 && memory < limit)
        if let first = before.processors, let second = after.processors { #expect(second - first > 100_000_000) }
        #expect(before.received != nil && sum > 0)
    }

    private func processorTime() -> Int {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return time.tv_sec * 1_000_000_000 + time.tv_nsec
    }
}
