import CLinux
import SystemPackage

#if canImport(Glibc)
import Glibc
#endif

/// How many threads are of use.
enum PackingThreads {
    /// The processors that this process may use: its affinity, and the quota of its control group, rounded up.
    static func available() -> Int {
        let usable = max(1, Int(linux_usable_processors()))
        let quota =
            quota(text("/sys/fs/cgroup/cpu.max"))
            ?? quota(
                text("/sys/fs/cgroup/cpu/cpu.cfs_quota_us") + " " + text("/sys/fs/cgroup/cpu/cpu.cfs_period_us")
            )
        return min(usable, quota ?? usable)
    }

    /// Processors of a quota as cgroup v2 writes it, "200000 100000", or nil where there is none, "max 100000" or "-1 100000".
    static func quota(_ text: String) -> Int? {
        let numbers = text.utf8.split { $0 == 0x20 || $0 == 0x0a }.map { Int(String(decoding: $0, as: UTF8.self)) }
        guard numbers.count == 2, let quota = numbers[0], let period = numbers[1], quota > 0, period > 0 else {
            return nil
        }
        return max(1, (quota + period - 1) / period)
    }

    /// The beginning of a small file, empty where it cannot be read.
    private static func text(_ path: String) -> String {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return "" }
        let owned = OwnedDescriptor(descriptor)
        var buffer = [UInt8](repeating: 0, count: 256)
        let count = read(owned.rawValue, &buffer, buffer.count)
        return String(decoding: buffer.prefix(max(0, count)), as: UTF8.self)
    }
}
