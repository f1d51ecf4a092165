import SystemPackage
import TestSupport
import Testing

@testable import ContainerRuntime

/// Heterogeneous clusters: only the hosts of the named groups get the launcher, here a command template.
@Suite(.serialized, .timeLimit(.minutes(60)))
struct GroupJobTests {
    private static let environment = [
        "TRAIN_LAUNCH_COMMAND": "env LAUNCHED={hosts} RANK={rank} LEADER={leader}:{port} {program} --end"
    ]

    /// Two hosts of a group that takes part, and one of another.
    private func cluster(_ program: @escaping (Int) -> String) throws -> PlainCluster {
        let cluster = try PlainCluster(3, program: program)
        let parameters = #"{"sagemaker_distribution_instance_groups": "[\"many\"]", "a": "x y"}"#
        for (index, tree) in cluster.trees.enumerated() {
            try tree.write("input/config/hyperparameters.json", parameters)
            try tree.write(
                "input/config/resourceconfig.json",
                """
                {"current_host": "127.0.0.\(index + 1)", "hosts": ["127.0.0.1", "127.0.0.2", "127.0.0.3"],
                 "current_group_name": "\(index < 2 ? "many" : "one")", "network_interface_name": "lo",
                 "instance_groups": [
                  {"instance_group_name": "many", "instance_type": "ml.a", "hosts": ["127.0.0.1", "127.0.0.2"]},
                  {"instance_group_name": "one", "instance_type": "ml.b", "hosts": ["127.0.0.3"]}]}
                """
            )
        }
        return cluster
    }

    @Test func onlyTheNamedGroupGetsTheLauncher() throws {
        let cluster = try cluster { _ in "echo \"$LAUNCHED/$RANK/$LEADER/$SM_DISTRIBUTION_INSTANCE_GROUPS\" \"$@\"\n" }
        defer { cluster.remove() }
        let results = try cluster.run(environment: Self.environment)
        #expect(results.map(\.status) == [0, 0, 0], "\(results.map(\.errorText))")
        for rank in 0..<2 {
            let line = "127.0.0.1,127.0.0.2/\(rank)/127.0.0.1:7777/[\"many\"] -a x y --end\n"
            #expect(results[rank].outputText.contains(line), "\(results[rank].outputText)")
        }
        #expect(results[2].outputText.contains("///[\"many\"] -a x y\n"), "\(results[2].outputText)")
    }

    @Test(arguments: [0, 2])
    func aFailureIsToldInsideTheGroupAndOutside(_ failing: Int) throws {
        let cluster = try cluster { PlainCluster.waiting + ($0 == failing ? PlainCluster.failing : "") }
        defer { cluster.remove() }
        let running = try (0..<3).map { try cluster.start($0, environment: Self.environment) }
        try cluster.awaitAll(running)
        try cluster.trees[failing].write("stop", "")
        let results = running.map { $0.wait() }
        #expect(results.map(\.status) == (0..<3).map { $0 == failing ? 3 : 1 }, "\(results.map(\.errorText))")
        for host in 0..<3 where host != failing {
            let words = "PeerError: host 127.0.0.\(failing + 1): ValueError: bad (exit code 3)\n"
            #expect(cluster.failure(host).hasPrefix(words), "\(cluster.failure(host))")
        }
    }
}
