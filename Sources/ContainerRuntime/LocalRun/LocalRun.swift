import Logging
import SystemPackage

/// `train local`: a job on this machine, in a tree like that of a container, without one.
///
/// It stands for the platform: it lays the files out, starts `train` once for each host, stops it where that is asked for, and
/// collects what is left.
public final class LocalRun {
    private(set) var request: LocalRequest
    private let incoming: EnvironmentVariables
    private let supervisor: Supervisor

    /// Makes a run.
    ///
    /// - Parameters:
    ///   - request: What was asked for.
    ///   - incoming: The variables of this process.
    ///   - supervisor: What the processes are started with; it leaves the terminal alone.
    public init(_ request: LocalRequest, incoming: EnvironmentVariables, supervisor: Supervisor) {
        (self.request, self.incoming, self.supervisor) = (request, incoming, supervisor)
    }

    /// Runs the job to its end.
    ///
    /// - Returns: The status of the job: of several hosts, that of the one that failed first.
    /// - Throws: `Failure` where nothing could be started; no result of an earlier run is touched.
    public func run() throws(Failure) -> ExitStatus {
        let image = try request.image.map { name throws(Failure) in try LocalImage(name, incoming, supervisor) }
        let place = try LocalPlace(request.output, shown: request.shownOutput)
        for index in request.channels.indices { request.channels[index].settle(below: place.channels) }
        let trees = makeTrees(place, image)
        let output: LocalOutput
        let first: LocalRound
        let begins: Bool
        do throws(Failure) {
            if image == nil { try writeHostsFile(place) }
            output = try LocalOutput(log: place.directory.appending("job.log"))
            first = LocalRound(supervisor, output, stopAfter: request.stopAfter)
            if request.channels.contains(where: { $0.source != nil }) { try place.makeChannels() }
            begins = try first.bring(request.channels)
            if begins { for tree in trees { try tree.make() } }
        } catch {
            for tree in trees { tree.remove() }
            place.giveBack()
            throw error
        }
        defer {
            if begins { for tree in trees { request.keeps ? tree.settle() : tree.remove() } }
            if !begins || !request.keeps { place.removeChannels() }
            removeHostsFile(place)
            if begins { removeNetwork(trees) }
        }
        if begins { try makeNetwork(trees) }
        let round = begins ? try run(trees, first, output) : first
        for tree in trees where begins { tree.takeBack() }
        let results = round.hosts.map { LocalResult($0, supervisor) }
        let summary = LocalSummary(results, round, place, keeps: request.keeps)
        RuntimeLog.shared.write(line: Array(summary.text.utf8))
        return summary.status
    }

    /// Runs the hosts; where a spot instance is to be taken away, a second time.
    private func run(
        _ trees: [LocalTree],
        _ round: LocalRound,
        _ output: LocalOutput
    ) throws(Failure) -> LocalRound {
        try round.run(trees, incoming)
        guard request.restarts else { return round }
        guard case .time? = round.stop else {
            log.warning("the job ended before its spot instance was taken away: there is nothing to start again")
            return round
        }
        log.notice("the spot instance is gone: the job starts again, with nothing but its checkpoints")
        for tree in trees {
            tree.takeBack()
            try tree.make()
        }
        let second = LocalRound(supervisor, output, stopAfter: nil)
        try second.run(trees, incoming)
        return second
    }

    private func makeTrees(_ place: LocalPlace, _ image: LocalImage?) -> [LocalTree] {
        let job = "train-local-\(WallTime.now.milliseconds)"
        let isAlone = request.hosts.count == 1
        let checkpoints = request.checkpoints ?? (request.restarts ? place.directory.appending("checkpoints") : nil)
        let port = isAlone ? nil : Self.freePort()
        return request.hosts.map { host in
            var tree = LocalTree(
                request: request,
                job: job,
                host: host,
                results: place.directory(of: host, among: request.hosts),
                place: place,
                checkpoints: checkpoints
            )
            if let image {
                tree.makesCheckpoints = checkpoints.map { !FileSystem.exists($0) } ?? false
                let unique = "\(job)-\(CurrentProcess.id)"
                let network = isAlone ? nil : unique
                tree.container = LocalContainer(image: image, name: "\(unique)-\(host)", network: network)
            } else if !isAlone {
                (tree.hostsFile, tree.peerPort) = (hostsFile(place), port)
            }
            return tree
        }
    }

    // MARK: Names of several hosts

    private func hostsFile(_ place: LocalPlace) -> FilePath { place.directory.appending("hosts") }

    /// algo-1 is 127.0.0.1, algo-2 127.0.0.2: all of 127.0.0.0/8 is this machine, RFC 1122.
    private func writeHostsFile(_ place: LocalPlace) throws(Failure) {
        guard request.hosts.count > 1 else { return }
        let text = (1...request.hosts.count).map { "127.0.0.\($0) algo-\($0)\n" }.joined()
        let file = hostsFile(place)
        try Failure.wrap(SmallFile.write(Array(text.utf8), to: file, isDurable: false), as: .outcomeUnwritable, file)
    }

    private func removeHostsFile(_ place: LocalPlace) {
        if request.hosts.count > 1, request.image == nil, !request.keeps {
            try? FileSystem.removeFile(hostsFile(place))
        }
    }

    // MARK: The network of several containers

    private func makeNetwork(_ trees: [LocalTree]) throws(Failure) {
        guard let tree = trees.first, let container = tree.container, let network = container.network else { return }
        let words = ["network", "create", "--label", "\(LocalContainer.label)=\(tree.job)", network]
        if !container.image.command(words) { throw Failure(.spawnFailed(program: "docker network create"), network) }
    }

    private func removeNetwork(_ trees: [LocalTree]) {
        guard let container = trees.first?.container, let network = container.network else { return }
        if !container.image.command(["network", "rm", network]) { log.warning("docker keeps the network \(network)") }
    }

    /// A port below those that the kernel gives away, which nobody listens on: another run may have the default one.
    private static func freePort() -> Int {
        (0..<100).lazy.map { _ in Int.random(in: 20_000..<32_000) }.first { !ListeningPorts.contains($0) } ?? 7_788
    }
}
