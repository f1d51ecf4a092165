import SystemPackage

/// One host of a local run while it runs: `train` in a tree of its own, as a process or in a container.
struct LocalHost {
    let tree: LocalTree
    let companion: Companion
    let started: Instant
    /// When it was seen to have ended.
    var ended: Instant?

    /// How it ended, as a status.
    var status: ExitStatus? {
        guard ended != nil else { return nil }
        guard let ending = companion.ending else { return .signal(Signal.kill.rawValue) }
        return StepReport(ending: ending, tail: [], stop: nil, killed: false, duration: .zero).status
    }

    /// Starts `train run` with a session of its own, no input and no terminal, as on the platform.
    ///
    /// - Throws: `Failure` with code `spawnFailed`.
    static func start(
        _ tree: LocalTree,
        _ incoming: EnvironmentVariables,
        _ output: LocalOutput,
        _ supervisor: Supervisor
    ) throws(Failure) -> LocalHost {
        let step = tree.container?.step(tree, incoming) ?? process(tree, incoming)
        do throws(Errno) {
            let streams = try output.connect(tree.host, isTagged: tree.request.hosts.count > 1)
            defer { for ours in Set([streams.output, streams.errors]) { try? OwnedDescriptor(ours).close() } }
            let started = Instant.now
            let (output, errors) = (streams.output, streams.errors)
            let companion = try supervisor.start(step, output: .descriptor(output), errors: .descriptor(errors))
            return LocalHost(tree: tree, companion: companion, started: started)
        } catch {
            throw Failure(.spawnFailed(program: step.name), tree.host, error)
        }
    }

    private static func process(_ tree: LocalTree, _ incoming: EnvironmentVariables) -> Step {
        let words: [RawString] = tree.request.arguments.isEmpty ? [] : ["--"] + tree.request.arguments
        return Step(
            name: "train run",
            executable: "/proc/self/exe",
            arguments: ["train", "run"] + words,
            environment: tree.environment(incoming),
            workingDirectory: tree.paths.base
        )
    }

    /// Ends its container where the client of Docker could not.
    func removeContainer() {
        guard let container = tree.container else { return }
        if case .exited? = companion.ending { return }
        container.remove()
    }
}

/// Why a local run was stopped.
enum LocalStop: Hashable {
    /// A signal came for `train local`.
    case signal(Signal)
    /// `--stop-after`, or the spot instance that is taken away.
    case time(Duration)
    /// A host ended with another status than 0, and the others do not run on for it.
    case host(String)
    /// A channel is not fed any more, and nobody trains on half of the data.
    case feeder(String)

    /// Whether the platform calls the job `Stopped`.
    var isPlatforms: Bool {
        switch self {
        case .signal, .time: true
        case .host, .feeder: false
        }
    }

    var words: String {
        switch self {
        case .signal(let signal): "\(signal) came"
        case .time(let time): "\(time.inSeconds) are over"
        case .host(let name): "\(name) failed"
        case .feeder(let name): "the feeder of channel \(name) failed"
        }
    }
}
