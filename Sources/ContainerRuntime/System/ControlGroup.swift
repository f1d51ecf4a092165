import SystemPackage

/// The limits that the kernel's control groups set for this process, version 1 and 2.
///
/// Source: https://www.kernel.org/doc/html/latest/admin-guide/cgroup-v2.html, "CPU Interface Files", and
/// https://www.kernel.org/doc/html/latest/scheduler/sched-bwc.html for version 1.
struct ControlGroup {
    let root: FilePath

    /// The processors' worth of time of every group that this process is in, as far as there is a limit.
    var processorQuotas: [Double] {
        let mount = root.appending("sys/fs/cgroup")
        var quotas = groups("").flatMap { ancestors(of: $0, below: mount) }.compactMap(quotaOfVersion2)
        for controller in ["cpu", "cpu,cpuacct"] {
            let directory = mount.appending(controller)
            guard FileSystem.isDirectory(directory) else { continue }
            quotas += (groups("cpu") + ["/"]).flatMap { ancestors(of: $0, below: directory) }.compactMap(
                quotaOfVersion1
            )
        }
        return quotas
    }

    /// The processors that this process may run on, and no more than the quota, rounded up.
    func usableProcessors(affinity: Int? = CurrentProcess.usableProcessors) -> Int {
        let quotas = processorQuotas.map { Int($0.rounded(.up)) }
        return max(1, (quotas + [affinity].compactMap(\.self)).min() ?? 1)
    }

    /// The paths of /proc/self/cgroup for a controller; the empty name is version 2.
    ///
    /// In a container of its own cgroup namespace this is `/`, and the files stand at the mount's root.
    func groups(_ controller: String) -> [String] {
        guard let text = text(root.appending("proc/self/cgroup")) else { return ["/"] }
        let found = text.split(separator: "\n").compactMap { line -> String? in
            let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard fields.count == 3,
                fields[1].split(separator: ",", omittingEmptySubsequences: false)
                    .contains(where: { $0 == controller })
            else { return nil }
            return String(fields[2])
        }
        return found + ["/"]
    }

    /// Where the files of a controller may be: in the directory of this process's group, or at the mount's root.
    func directories(_ controller: String) -> [FilePath] {
        let mount = root.appending("sys/fs/cgroup").appending(controller)
        return groups(controller).map { mount.appending(FilePath($0).components) }
    }

    func ancestors(of group: String, below mount: FilePath) -> [FilePath] {
        var directory = mount
        var all = [mount]
        for component in FilePath(group).components where component.kind == .regular {
            directory.append(component)
            all.append(directory)
        }
        return all
    }

    private func quotaOfVersion2(_ directory: FilePath) -> Double? {
        let words = text(directory.appending("cpu.max"))?.split { $0 == " " || $0 == "\n" } ?? []
        guard words.count == 2, let quota = Double(words[0]), let period = Double(words[1]), period > 0, quota > 0
        else {
            return nil
        }
        return quota / period
    }

    private func quotaOfVersion1(_ directory: FilePath) -> Double? {
        func number(_ name: String) -> Double? {
            text(directory.appending(name))?.split(separator: "\n").first.flatMap { Double($0) }
        }
        guard let quota = number("cpu.cfs_quota_us"), let period = number("cpu.cfs_period_us"), quota > 0, period > 0
        else {
            return nil
        }
        return quota / period
    }

    private func text(_ path: FilePath) -> String? {
        // A file that cannot be read sets no limit that could be known.
        guard let bytes = try? readRegularFile(path) else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }
}
