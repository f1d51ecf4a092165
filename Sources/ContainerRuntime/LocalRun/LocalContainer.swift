import SystemPackage

/// One host of a local run as a container: what `docker run` is given.
struct LocalContainer: Sendable {
    let image: LocalImage
    /// The container's name: no other of this machine has it.
    let name: String
    /// The network of several hosts, or nil for Docker's default one.
    let network: String?

    /// What the containers and networks of local runs can be found by.
    static let label = "train-local"
    /// Where the tree is in a container.
    static let base: FilePath = "/opt/ml"
    private static let dependencies: FilePath = "/opt/train-local"

    /// The container of a host: the tree is mounted, and `train` is the argument, as on the platform.
    func step(_ tree: LocalTree, _ incoming: EnvironmentVariables) -> Step {
        let request = tree.request
        var words = ["run", "--rm", "--name", name, "--label", "\(Self.label)=\(tree.job)", "--hostname", tree.host]
        if let network { words += ["--network", network, "--network-alias", tree.host] }
        if let gpus = request.gpus, gpus > 0 { words += ["--gpus", "\(gpus)"] }
        var arguments = words.compactMap { RawString($0) } + mounts(tree)
        var client = incoming
        for (name, value) in variables(tree, incoming) {
            arguments.append("--env")
            if Self.isClients(name) {
                arguments.append(RawString(name, equals: value))
            } else {
                // Docker takes the value from its own variables, so that no list of processes shows it.
                client.set(name, value)
                arguments.append(name)
            }
        }
        arguments += [image.name, "train"].compactMap { RawString($0) }
        if !request.arguments.isEmpty { arguments += ["run", "--"] + request.arguments }
        return image.step("docker run", arguments, client)
    }

    /// Ends the container with all that is in it; one that is not there is no error.
    func remove() { image.command(["rm", "--force", "--volumes", name]) }

    /// Gives what the users of the image have written to the user of this process, who could not remove it otherwise.
    ///
    /// - Returns: Whether that was possible: the image needs `chown`.
    func giveBack(_ tree: LocalTree, to owner: String) -> Bool {
        let helper = "\(name)-chown"
        let words = [
            "run", "--rm", "--name", helper, "--label", "\(Self.label)=\(tree.job)", "--network", "none", "--user", "0",
            "--entrypoint", "chown",
        ]
        let step = image.step(
            "docker run chown",
            words.compactMap { RawString($0) } + mounts(tree, withData: false)
                + [image.name, "-R", owner, Self.base.string].compactMap { RawString($0) },
            .current()
        )
        guard BoundedTool.output(step, seconds: 60) == nil else { return true }
        image.command(["rm", "--force", helper])
        return false
    }

    // MARK: Mounts

    private func mounts(_ tree: LocalTree, withData: Bool = true) -> [RawString] {
        var all: [(source: FilePath, target: FilePath)] = [(tree.paths.base, Self.base)]
        let inside = TrainingPaths(base: Self.base)
        // What others have put into a directory that was there before stays theirs.
        if let checkpoints = tree.checkpoints, withData || tree.makesCheckpoints {
            all.append((checkpoints, inside.checkpoints))
        }
        if withData {
            for channel in tree.request.channels where channel.feed == nil {
                let place = inside.channel(channel.name)
                all.append((channel.path, channel.isDirectory ? place : place.appending(channel.nameOfFile)))
            }
            for (index, path) in tree.request.dependencies.enumerated() { all.append((path, Self.dependency(index))) }
        }
        return all.flatMap { ["--mount", Self.mount($0.source, at: $0.target)] }
    }

    private static func dependency(_ index: Int) -> FilePath { dependencies.appending("dependency-\(index + 1)") }

    /// A line of CSV, in which each field may be quoted: paths have commas, quotes and colons.
    private static func mount(_ source: FilePath, at target: FilePath) -> RawString {
        let fields = [RawString(source), RawString(target)].map { path in
            path.bytes.flatMap { $0 == UInt8(ascii: "\"") ? [$0, $0] : [$0] }
        }
        let line = Array("type=bind,\"source=".utf8) + fields[0] + Array("\",\"target=".utf8) + fields[1] + [0x22]
        return RawString(bytes: line) ?? ""
    }

    // MARK: Variables

    /// The variables of the host: of the caller's only what is meant for `train`, for AWS and for pip, and the proxies.
    private func variables(
        _ tree: LocalTree,
        _ incoming: EnvironmentVariables
    ) -> [(name: RawString, value: RawString)] {
        let (prefixes, names) = (["TRAIN_", "AWS_", "PIP_"], ["HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY"])
        let both = Set((names + names.map { $0.lowercased() }).compactMap { RawString($0) })
        var variables = EnvironmentVariables()
        for name in incoming.entries.compactMap(EnvironmentVariables.name)
        where both.contains(name) || prefixes.contains(where: { name.bytes.starts(with: $0.utf8) }) {
            variables.set(name, incoming[name] ?? "")
        }
        variables.set(tree.request.variables)
        if !tree.request.dependencies.isEmpty {
            let before = variables["PYTHONPATH"] ?? image["PYTHONPATH"]
            let places = tree.request.dependencies.indices.map { RawString(Self.dependency($0)).bytes }
            let path = (places + (before.map { $0.bytes.isEmpty ? [] : [$0.bytes] } ?? [])).joined(separator: [0x3a])
            variables.set("PYTHONPATH", RawString(bytes: path) ?? "")
        }
        variables.set(tree.settings.compactMap { pair in RawString(pair.value).map { (pair.name, $0) } })
        return variables.entries.compactMap { entry in
            EnvironmentVariables.name(of: entry).map { ($0, variables[$0] ?? "") }
        }
    }

    /// Whether Docker's client would take a variable for itself; such a value stands in its arguments.
    private static func isClients(_ name: RawString) -> Bool {
        let prefixes = ["DOCKER_", "BUILDKIT_", "XDG_", "LD_"]
        let names: Set<RawString> = [
            "PATH", "HOME", "TMPDIR", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy",
            "SSL_CERT_FILE", "SSL_CERT_DIR", "GODEBUG", "GOGC", "GOMAXPROCS", "GOMEMLIMIT", "GOTRACEBACK", "GOCOVERDIR",
        ]
        return names.contains(name) || prefixes.contains { name.bytes.starts(with: $0.utf8) }
    }
}
