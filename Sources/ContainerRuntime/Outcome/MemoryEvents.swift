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
            guard let bytes = try? readFile(place.appending(file), limit: 1 << 16) else { continue }
            for line in bytes.split(separator: UInt8(ascii: "\n")) where line.starts(with: "oom_kill ".utf8) {
                let digits = Substring(decoding: line.dropFirst("oom_kill ".utf8.count), as: UTF8.self)
                if let kills = Int(digits) { return MemoryEvents(kills: kills, limit: limit(place)) }
            }
        }
        return nil
    }

    private static func limit(_ place: FilePath) -> Int? {
        for file in ["memory.max", "memory.limit_in_bytes"] {
            guard let bytes = try? readFile(place.appending(file), limit: 64) else { continue }
            let digits = bytes.prefix(while: \.isASCIIDigit)
            // "max" in version 2; in version 1 no limit is the largest number of whole pages.
            guard let limit = Int(String(decoding: digits, as: UTF8.self)), limit < 1 << 60 else { return nil }
            return limit
        }
        return nil
    }

    private static func places(_ root: FilePath) -> [(FilePath, String)] {
        let mount = root.appending("sys/fs/cgroup")
        let table = (try? readFile(root.appending("proc/self/cgroup"), limit: 1 << 16)) ?? []
        var places: [(FilePath, String)] = []
        for line in table.split(separator: UInt8(ascii: "\n")) {
            let fields = line.split(separator: UInt8(ascii: ":"), maxSplits: 2, omittingEmptySubsequences: false)
            guard fields.count == 3 else { continue }
            let group = FilePath(String(decoding: fields[2], as: UTF8.self)).components
            if fields[1].isEmpty {
                places.append((mount.appending(group), "memory.events"))
            } else if fields[1].split(separator: UInt8(ascii: ",")).contains(where: { $0.elementsEqual("memory".utf8) })
            {
                places.append((mount.appending("memory").appending(group), "memory.oom_control"))
            }
        }
        return places + [(mount, "memory.events"), (mount.appending("memory"), "memory.oom_control")]
    }
}
