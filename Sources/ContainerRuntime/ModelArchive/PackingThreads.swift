import CLinux
import SystemPackage

#if canImport(Glibc)
import Glibc
#endif

/// How many threads are of use.
enum PackingThreads {
    /// The processors that this process may use: its affinity, and the quota of its control group.
    static func available() -> Int {
        max(1, Int(linux_usable_processors()))
    }
}
