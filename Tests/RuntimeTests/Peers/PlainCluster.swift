import SystemPackage
import TestSupport
import Testing

@testable import ContainerRuntime

/// The hosts of a job, each with a tree of its own; numbers are their names, so that nothing is needed.
final class PlainCluster {
    /// Ends when a test says so, also where nobody is left who would end it.
    static let waiting = "echo ready; while [ ! -e ../stop ]; do sleep 0.1; done\n"

    /// Fails as a program does.
    static let failing = "echo 'ValueError: bad' >&2; exit 3\n"

    let trees: [JobTree]
    let port = FreePort.next()

    init(_ count: Int, program: (Int) -> String, names: [String]? = nil) throws {
        trees = try (0..<count).map { _ in try JobTree() }
        let hosts = names ?? (1...count).map { "127.0.0.\($0)" }
        for (index, tree) in trees.enumerated() {
            let resources = JSONObject([
                ("current_host", .string(hosts[index])), ("hosts", .strings(hosts)),
                ("network_interface_name", "lo"),
            ])
            try tree.write("input/config/resourceconfig.json", JSONWriter.bytes(.object(resources)))
            try tree.write("code/train.sh", "#!/bin/sh\n" + program(index), mode: 0o755)
        }
    }

    func start(_ index: Int, environment: [String: String] = [:]) throws -> RunningCommand {
        var variables = ["TRAIN_PACK": "never", "TRAIN_PEER_PORT": String(port)]
        variables.merge(environment) { $1 }
        return try trees[index].train(environment: variables).start()
    }

    func run(environment: [String: String] = [:]) throws -> [Command.Result] {
        let running = try trees.indices.map { try start($0, environment: environment) }
        return running.map { $0.wait() }
    }

    /// Waits until all programs run, and the first host has heard all others: the channel opens beside the programs.
    func awaitAll(_ running: [RunningCommand]) throws {
        for host in running {
            let isReady = host.wait { $0.outputText.contains("ready") || $0.hasEnded }
            try #require(isReady && host.outputText.contains("ready"), "\(host.errorText)")
        }
        let words = "peers: all \(trees.count) hosts have joined"
        try #require(running[0].wait { $0.errorText.contains(words) || $0.hasEnded }, "\(running[0].errorText)")
    }

    func failure(_ index: Int) -> String { trees[index].text("output/failure") ?? "" }
    func remove() { for tree in trees { tree.remove() } }
}
