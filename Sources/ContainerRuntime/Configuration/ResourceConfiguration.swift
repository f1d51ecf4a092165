public import SystemPackage

/// The hosts of a job: input/config/resourceconfig.json.
///
/// No file is one host, `algo-1`.
public struct ResourceConfiguration: Sendable, Equatable {
    /// The object of the file, which passes on as it is.
    public let object: JSONObject
    /// The name of this host.
    public let currentHost: String
    /// All hosts, in the order of the file.
    public let hosts: [String]
    /// The instance type of this host; `local` where the file does not say.
    public let currentInstanceType: String
    /// The group of this host; `homogeneousCluster` where the file does not say.
    public let currentGroup: String
    /// The network interface between the hosts; `eth0` where the file does not say.
    public let networkInterface: String
    /// The instance groups, in the order of the file.
    public let groups: [InstanceGroup]
    /// The topology of an UltraServer as the file has it; an empty list where there is none.
    public let topology: JSONValue

    /// A group of hosts of one instance type.
    public struct InstanceGroup: Sendable, Equatable {
        /// Its name.
        public let name: String
        /// Its hosts, in the order of the file.
        public let hosts: [String]
        /// Its entry in the file.
        public let object: JSONObject
    }

    /// What a job without the file has.
    public static let alone = JSONObject([("current_host", "algo-1"), ("hosts", .strings(["algo-1"]))])

    /// Takes the object of a file over.
    ///
    /// - Throws: `Failure` where a value has a wrong type, or host and hosts contradict each other.
    public init(_ object: JSONObject, file: FilePath = "resourceconfig.json") throws(Failure) {
        let reader = Reader(object: object, file: file)
        let named = try reader.text("current_host")
        let listed = try reader.texts("hosts")
        if let listed, listed.isEmpty { throw reader.failure("hosts", "a list of at least one host", "an empty list") }
        switch (named, listed) {
        case (nil, nil): (currentHost, hosts) = ("algo-1", ["algo-1"])
        case (let host?, nil): (currentHost, hosts) = (host, [host])
        case (nil, let names?):
            guard names.count == 1 else {
                throw reader.failure("current_host", "one of the \(names.count) hosts", "nothing")
            }
            (currentHost, hosts) = (names[0], names)
        case (let host?, let names?):
            guard names.contains(where: { $0.hasSameBytes(as: host) }) else {
                let list = names.prefix(8).joined(separator: ", ")
                throw reader.failure("current_host", "one of the hosts (\(list))", "\"\(host)\"")
            }
            (currentHost, hosts) = (host, names)
        }
        currentInstanceType = try reader.text("current_instance_type") ?? "local"
        currentGroup = try reader.text("current_group_name") ?? "homogeneousCluster"
        networkInterface = try reader.text("network_interface_name") ?? "eth0"
        groups = try reader.groups()
        topology = object["topology"].flatMap { $0 == .null ? nil : $0 } ?? .array([])
        self.object = object
    }

    /// Reads the file; no file is one host.
    static func read(_ file: FilePath) throws(Failure) -> ResourceConfiguration? {
        guard let object = try ConfigurationFile.readObject(file) else { return nil }
        return try ResourceConfiguration(object, file: file)
    }
}

private struct Reader {
    let object: JSONObject
    let file: FilePath

    func failure(_ key: String, _ expected: String, _ found: String) -> Failure {
        Failure(.unexpectedValue(key: key, expected: expected, found: found), file.string)
    }

    func text(_ key: String, in object: JSONObject? = nil) throws(Failure) -> String? {
        let value = (object ?? self.object)[key] ?? .null
        switch value {
        case .null: return nil
        case .string(let text) where text.isEmpty: throw failure(key, "a text that is not empty", "\"\"")
        case .string(let text) where text.utf8.contains(0): throw failure(key, "a text without NUL", "a NUL")
        case .string(let text): return text
        default: throw failure(key, "a string", value.kind)
        }
    }

    func texts(_ key: String, in object: JSONObject? = nil) throws(Failure) -> [String]? {
        let value = (object ?? self.object)[key] ?? .null
        if value == .null { return nil }
        guard let elements = value.array else { throw failure(key, "a list of strings", value.kind) }
        var texts: [String] = []
        for element in elements {
            guard let text = element.string else { throw failure(key, "a list of strings", "\(element.kind) in it") }
            guard !text.utf8.contains(0) else { throw failure(key, "a list of texts without NUL", "a NUL") }
            texts.append(text)
        }
        return texts
    }

    func groups() throws(Failure) -> [ResourceConfiguration.InstanceGroup] {
        let value = object["instance_groups"] ?? .null
        if value == .null { return [] }
        guard let elements = value.array else { throw failure("instance_groups", "a list of objects", value.kind) }
        var groups: [ResourceConfiguration.InstanceGroup] = []
        for element in elements {
            guard let entry = element.object else {
                throw failure("instance_groups", "a list of objects", "\(element.kind) in it")
            }
            guard let name = try text("instance_group_name", in: entry) else {
                throw failure("instance_group_name", "a string", "nothing")
            }
            groups.append(.init(name: name, hosts: try texts("hosts", in: entry) ?? [], object: entry))
        }
        return groups
    }
}

extension LogPlace {
    /// The place of this host.
    init(_ resources: ResourceConfiguration, _ order: HostOrder) {
        let rank = order.sorted(resources.hosts).firstIndex { $0.hasSameBytes(as: resources.currentHost) }
        self.init(host: resources.currentHost, rank: rank ?? 0)
    }
}
