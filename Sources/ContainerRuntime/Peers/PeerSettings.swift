import SystemPackage

/// What the peer channel is started with: a file that PID 1 writes into the job's private directory.
struct PeerSettings: Sendable {
    /// This host.
    var host: String
    /// All hosts of the channel.
    var hosts: [String]
    /// The host that all others connect to: the first.
    var hub: String
    /// The digest that all hosts of the job share.
    var job: String
    /// The addresses of the other hosts.
    var addresses: [String: [String]]
    /// Our own address on the job's network.
    var address: String
    var port: Int
    /// Seconds of silence after which a host is gone.
    var peerTimeout: Int
    /// Seconds that a host may take to join.
    var hostTimeout: Int
    /// Our keys for ssh.
    var hostKey: String?
    var clientKey: String?
    /// Whether this host ends when the hub's program has ended.
    var followsHub = false
    /// Whether the hub waits for all others to be ready.
    var needsAll = false
    /// Where the channel leaves what PID 1 and ssh read.
    var directory: FilePath

    var isHub: Bool { host.hasSameBytes(as: hub) }
    var hello: PeerHello { PeerHello(host: host, job: job, hostKey: hostKey, clientKey: clientKey) }

    /// Where the settings are, where the outcome goes, and the file that says that all hosts are ready.
    static func file(in directory: FilePath) -> FilePath { directory.appending("peer.json") }
    static func verdictFile(in directory: FilePath) -> FilePath { directory.appending("peer-verdict.json") }
    static func readyFile(in directory: FilePath) -> FilePath { directory.appending("peer-ready") }

    var json: [UInt8] {
        let addresses = JSONObject(self.addresses.sorted { $0.key < $1.key }.map { ($0.key, .strings($0.value)) })
        var object = JSONObject([
            ("host", .string(host)), ("hosts", .strings(hosts)), ("hub", .string(hub)), ("job", .string(job)),
            ("addresses", .object(addresses)), ("address", .string(address)), ("port", .integer(port)),
            ("peer_timeout", .integer(peerTimeout)), ("host_timeout", .integer(hostTimeout)),
            ("follows_hub", .bool(followsHub)), ("needs_all", .bool(needsAll)),
            ("directory", .string(directory.string)),
        ])
        if let hostKey { object["host_key"] = .string(hostKey) }
        if let clientKey { object["client_key"] = .string(clientKey) }
        return JSONWriter.bytes(.object(object))
    }
}

extension PeerSettings {
    /// Reads the addresses of hosts by their names.
    static func addresses(_ object: JSONObject) -> [String: [String]] {
        Dictionary(
            object.map { ($0.key, $0.value.array?.compactMap(\.string) ?? []) },
            uniquingKeysWith: { $1 }
        )
    }

    /// Whether a host may speak from an address: one of its own, or one of this host, where only our own processes are.
    func isPlausible(_ host: String, at address: String) -> Bool {
        guard let known = addresses[host], !known.isEmpty else { return true }
        return known.contains(address) || address == self.address
    }

    /// Reads the file; nothing where a field is missing.
    init?(json: [UInt8]) {
        guard let object = (try? JSONReader.read(json))?.object, let host = object["host"]?.string,
            let hosts = object["hosts"]?.array?.compactMap(\.string), let hub = object["hub"]?.string,
            let job = object["job"]?.string, let addresses = object["addresses"]?.object,
            let address = object["address"]?.string, let port = object["port"]?.integer,
            let peerTimeout = object["peer_timeout"]?.integer, let hostTimeout = object["host_timeout"]?.integer,
            let directory = object["directory"]?.string
        else { return nil }
        (self.host, self.hosts, self.hub, self.job) = (host, hosts, hub, job)
        (self.address, self.port, self.peerTimeout, self.hostTimeout) = (address, port, peerTimeout, hostTimeout)
        self.addresses = Self.addresses(addresses)
        self.directory = FilePath(directory)
        hostKey = object["host_key"]?.string
        clientKey = object["client_key"]?.string
        followsHub = object["follows_hub"] == .bool(true)
        needsAll = object["needs_all"] == .bool(true)
    }
}

/// What the channel found out, for PID 1: a small file.
enum PeerVerdict: Hashable, Sendable {
    /// The job's first failure, on this host or on another.
    case first(PeerFailure)
    /// The hub's program ended with 0, and this host was there for it.
    case hubEnded

    var json: [UInt8] {
        switch self {
        case .first(let failure): JSONWriter.bytes(.object(JSONObject([("first", .object(failure.object))])))
        case .hubEnded: JSONWriter.bytes(.object(JSONObject([("hub_ended", .bool(true))])))
        }
    }

    init?(json: [UInt8]) {
        guard let object = (try? JSONReader.read(json))?.object else { return nil }
        if let failure = object["first"]?.object.flatMap({ PeerFailure($0) }) {
            self = .first(failure)
        } else if object["hub_ended"] == .bool(true) {
            self = .hubEnded
        } else {
            return nil
        }
    }
}
