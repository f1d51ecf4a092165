import SystemPackage

/// What a container has used so far, as the kernel counts it; nil for what it does not count here.
struct ResourceUse: Equatable {
    /// Nanoseconds of processors.
    var processors: Int?
    /// Bytes in use, without the page cache that can be dropped at once.
    var memory: Int?
    /// Bytes from and to block devices.
    var read: Int?
    var written: Int?
    /// Bytes over all interfaces but `lo`.
    var received: Int?
    var sent: Int?
}

/// Where the kernel tells of the use of resources: the control group of this process, version 2 or 1, else the machine.
///
/// Sources: https://www.kernel.org/doc/html/latest/admin-guide/cgroup-v2.html and .../cgroup-v1/{memory,blkio-controller}.html.
final class ResourceSource {
    /// The least limit of memory in bytes, else what the machine has.
    let memoryLimit: Int?
    private let processors2: KernelFile?
    private let processors1: KernelFile?
    private let memory2: KernelFile?
    private let memory1: KernelFile?
    private let statistics: KernelFile?
    private let machine: KernelFile?
    private let blocks2: KernelFile?
    private let blocks1: KernelFile?
    private let network: KernelFile?

    init(root: FilePath = "/") {
        let group = ControlGroup(root: root)
        let mount = root.appending("sys/fs/cgroup")
        func open2(_ name: String) -> KernelFile? {
            group.directories("").lazy.compactMap { KernelFile($0.appending(name)) }.first
        }
        func open1(_ controller: String, _ name: String) -> KernelFile? {
            let mounts = [mount.appending(controller), mount.appending("cpu,cpuacct")]
            return group.groups(controller).lazy
                .flatMap { group in mounts.lazy.compactMap { Self.open($0, group, name) } }.first
        }
        processors2 = open2("cpu.stat")
        processors1 = processors2 == nil ? open1("cpuacct", "cpuacct.usage") : nil
        memory2 = open2("memory.current")
        memory1 = memory2 == nil ? open1("memory", "memory.usage_in_bytes") : nil
        statistics = memory2 == nil ? open1("memory", "memory.stat") : open2("memory.stat")
        machine = KernelFile(root.appending("proc/meminfo"))
        blocks2 = open2("io.stat")
        blocks1 =
            blocks2 == nil
            ? open1("blkio", "blkio.throttle.io_service_bytes_recursive")
                ?? open1("blkio", "blkio.throttle.io_service_bytes") : nil
        network = KernelFile(root.appending("proc/self/net/dev")) ?? KernelFile(root.appending("proc/net/dev"))
        memoryLimit = Self.memoryLimit(root: root)
    }

    /// The least limit of memory in bytes, else what the machine has.
    static func memoryLimit(root: FilePath) -> Int? {
        let group = ControlGroup(root: root)
        let mount = root.appending("sys/fs/cgroup")
        let files =
            group.groups("").flatMap { group.ancestors(of: $0, below: mount) }.map { $0.appending("memory.max") }
            + group.groups("memory").flatMap { group.ancestors(of: $0, below: mount.appending("memory")) }
            .map { $0.appending("memory.limit_in_bytes") }
        // "max" in version 2; in version 1 no limit is the largest number of whole pages.
        let numbers = files.compactMap { KernelFile($0)?.number }.filter { $0 < 1 << 60 }
        let machine = KernelFile(root.appending("proc/meminfo"))?.number(after: "MemTotal:").map { $0 << 10 }
        return (numbers + [machine].compactMap(\.self)).min()
    }

    private static func open(_ mount: FilePath, _ group: String, _ name: String) -> KernelFile? {
        KernelFile(mount.appending(FilePath(group).components).appending(name))
    }

    /// What has been used up to now.
    func read() -> ResourceUse {
        var use = ResourceUse()
        use.processors = processors2?.number(after: "usage_usec").map { $0 &* 1_000 } ?? processors1?.number
        use.memory = memory
        if let blocks2 {
            use.read = blocks2.withText { KernelText($0).sum(after: "rbytes=") } ?? 0
            use.written = blocks2.withText { KernelText($0).sum(after: "wbytes=") } ?? 0
        } else if let blocks1 {
            use.read = blocks1.withText { KernelText($0).sum(after: " Read ") } ?? 0
            use.written = blocks1.withText { KernelText($0).sum(after: " Write ") } ?? 0
        }
        (use.received, use.sent) = network?.withText(Self.traffic) ?? (nil, nil)
        return use
    }

    private var memory: Int? {
        guard let used = memory2?.number ?? memory1?.number else {
            guard let machine, let total = machine.number(after: "MemTotal:"),
                let free = machine.number(after: "MemAvailable:")
            else { return nil }
            return max(0, total - free) << 10
        }
        // Version 1 has it for the group and its children under another name.
        let name: StaticString = memory2 == nil ? "total_inactive_file" : "inactive_file"
        return max(0, used - (statistics?.number(after: name) ?? 0))
    }

    /// The received and sent bytes of /proc/net/dev: the first and the ninth number of each interface.
    private static func traffic(_ text: UnsafeBufferPointer<UInt8>) -> (Int?, Int?)? {
        var (received, sent) = (0, 0)
        KernelText(text).eachLine { line in
            guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { return }
            let name = line[..<colon].drop { $0 == 0x20 }
            guard !name.elementsEqual("lo".utf8) else { return }
            var field = 0
            var place = colon + 1
            while place < line.count {
                while place < line.count, line[place] == 0x20 { place += 1 }
                guard place < line.count else { break }
                if field == 0 { received &+= KernelText(line).number(at: place) ?? 0 }
                if field == 8 { sent &+= KernelText(line).number(at: place) ?? 0 }
                field += 1
                while place < line.count, line[place] != 0x20 { place += 1 }
            }
        }
        return (received, sent)
    }
}
