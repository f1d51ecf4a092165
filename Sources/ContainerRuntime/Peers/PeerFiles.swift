import Logging
import SystemPackage

#if canImport(Glibc)
import Glibc
#endif

/// What the channel leaves in the private directory for ssh and for PID 1.
struct PeerFiles {
    let settings: PeerSettings
    private var knownHosts: [UInt8] = []

    init(_ settings: PeerSettings) {
        self.settings = settings
    }

    /// Notes the keys of a host: the hub knows the hosts that it opens, the others know who may open them.
    mutating func add(_ hello: PeerHello) {
        if settings.isHub, let key = hello.hostKey {
            knownHosts += SSHFiles.knownHostLine(hello.host, key: key).utf8
        }
        guard !settings.isHub, hello.host.hasSameBytes(as: settings.hub), let key = hello.clientKey else { return }
        write(Array("\(key)\n".utf8), SSHFiles(directory: settings.directory).authorizedKeys)
    }

    /// Says that all hosts are ready; by then all keys are known.
    func markReady() {
        write(knownHosts, SSHFiles(directory: settings.directory).knownHosts)
        write([], PeerSettings.readyFile(in: settings.directory))
    }

    private func write(_ bytes: [UInt8], _ file: FilePath) {
        do throws(Errno) {
            try SmallFile.write(bytes, to: file, mode: 0o600)
        } catch {
            log.error("\(file): cannot be written: \(error)")
        }
    }
}

/// The TCP ports that something on this host's network listens on: proc(5), /proc/net/tcp.
enum ListeningPorts {
    static func contains(_ port: Int) -> Bool {
        ["/proc/self/net/tcp", "/proc/self/net/tcp6"].contains { file in
            guard let bytes = try? readFile(FilePath(file)) else { return false }
            return contains(port, table: bytes)
        }
    }

    /// Lines such as `0: 0100007F:1E6D 00000000:0000 0A …`; 0A is TCP_LISTEN.
    static func contains(_ port: Int, table: [UInt8]) -> Bool {
        let digits = String(port, radix: 16, uppercase: true)
        let wanted = Array((":" + String(repeating: "0", count: max(0, 4 - digits.utf8.count)) + digits).utf8)
        return table.split(separator: UInt8(ascii: "\n")).contains { line in
            let fields = line.split(separator: UInt8(ascii: " "))
            return fields.count > 3 && fields[1].suffix(5).elementsEqual(wanted) && fields[3].elementsEqual("0A".utf8)
        }
    }
}

/// Waits in a process of its own until all hosts are ready: a step, so that signals and limits hold for it.
enum PeerRendezvous {
    /// Waits for the channel's word.
    ///
    /// - Returns: 0 when all hosts are ready, 1 when the channel ended or the time is over.
    static func wait(directory: FilePath, seconds: Int) -> ExitStatus {
        let end = Instant.now + .seconds(seconds)
        while Instant.now < end {
            if FileSystem.exists(PeerSettings.readyFile(in: directory)) { return .success }
            if FileSystem.exists(PeerSettings.verdictFile(in: directory)) { return .failure }
            usleep(5_000)
        }
        return .failure
    }
}
