import Glibc

/// What this machine is connected to.
public enum NetworkInterfaces {
    /// Whether any interface but the loopback is up: with `--network none` and in network isolation there is none.
    ///
    /// The corresponding C function is `getifaddrs`; where it fails, a network is assumed.
    public static func leadOut() -> Bool {
        var list: UnsafeMutablePointer<ifaddrs>?
        guard getifaddrs(&list) == 0 else { return true }
        defer { freeifaddrs(list) }
        var next = list
        while let interface = next?.pointee {
            let flags = Int32(truncatingIfNeeded: interface.ifa_flags)
            if flags & Int32(IFF_UP) != 0, flags & Int32(IFF_LOOPBACK) == 0, interface.ifa_addr != nil {
                return true
            }
            next = interface.ifa_next
        }
        return false
    }
}
