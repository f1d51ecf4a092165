import SystemPackage

/// The preloaded library that answers gethostname(2) with the host's name in the job.
///
/// A container's own name is the machine's, and the same for containers that share one; engines that compare names then
/// take two hosts for one. The library is prebuilt, 3 KiB, and works with any C library, so that the image needs no compiler.
enum HostnameLibrary {
    /// The variable that it reads.
    static let variable = "TRAIN_HOSTNAME"

    /// Where it is put below a private directory.
    static func path(in directory: FilePath) -> FilePath { directory.appending("libtrain-hostname.so") }

    /// Whether the container has another name than the job gives this host.
    static func isNeeded(for host: String) -> Bool {
        let name = SystemName.host
        return !SystemName.hostLibrary.isEmpty && !name.isEmpty && name != host
    }

    /// Writes it.
    static func write(into directory: FilePath) throws(Errno) {
        try SmallFile.write(SystemName.hostLibrary, to: path(in: directory), mode: 0o755)
    }

    /// The variables that make a program use it; what was preloaded before stays.
    static func variables(
        in directory: FilePath,
        host: String,
        before: RawString?
    ) -> [(name: RawString, value: RawString)] {
        var value = RawString(path(in: directory)).bytes
        if let before, !before.bytes.isEmpty { value += [UInt8(ascii: ":")] + before.bytes }
        return [("LD_PRELOAD", RawString(unchecked: value)), (RawString(variable) ?? "", RawString(host) ?? "")]
    }
}
