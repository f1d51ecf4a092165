import SystemPackage

/// How often the kernel killed a process of our memory cgroup for lack of memory, so far, and where its limit is.
///
/// - Version 2: `oom_kill` of memory.events. Version 1: `oom_kill` of memory.oom_control.
/// - The limit is memory.max or memory.limit_in_bytes beside it.
/// - In a container with a cgroup namespace of its own the files are at the root of the mount.
struct MemoryEvents: Hashable, Sendable {
    let kills: Int
    /// The group's limit in bytes, or nil where it has none.
    var limit: Int?

    /// Reads the counter, or nothing where there is none.
    static func read(root: FilePath = "/") -> MemoryEvents? {
        for (place, file) in places(root) {
            guard let kills = KernelFile(place.appending(file))?.number(after: "oom_kill ") else { continue }
            let limits = ["memory.max", "memory.limit_in_bytes"].compactMap { KernelFile(place.appending($0))?.number }
            // "max" in version 2; in version 1 no limit is the largest number of whole pages.
            return MemoryEvents(kills: kills, limit: limits.first.flatMap { $0 < 1 << 60 ? $0 : nil })
        }
        return nil
    }

    private static func places(_ root: FilePath) -> [(FilePath, String)] {
        let group = ControlGroup(root: root)
        return group.directories("").map { ($0, "memory.events") }
            + group.directories("memory").map { ($0, "memory.oom_control") }
    }
}
