import SystemPackage
import TestSupport
import Testing

@testable import ContainerRuntime

#if canImport(Glibc)
import Glibc
#endif

/// Parameter servers beside the program, with a module in TensorFlow's place that notes how it was started.
@Suite(.serialized, .timeLimit(.minutes(60)))
struct ParameterServerJobTests {
    private static let module = """
        import json, os, time
        class train:
            ClusterSpec = dict
        class distribute:
            class Server:
                def __init__(self, cluster, job_name, task_index):
                    facts = dict(cluster=cluster, job=job_name, index=task_index, pid=os.getpid(),
                                 gpus=os.environ["CUDA_VISIBLE_DEVICES"])
                    with open("../server.part", "w") as file:
                        json.dump(facts, file)
                    os.rename("../server.part", "../server.json")
                def join(self):
                    time.sleep(600)
        """

    private static let waiting = """
        while [ ! -e ../server.json ]; do sleep 0.05; done
        echo "$TF_CONFIG"

        """

    private func cluster(_ flag: String, module: String, _ program: String) throws -> PlainCluster {
        let cluster = try PlainCluster(2) { _ in program }
        for tree in cluster.trees {
            try tree.write("input/config/hyperparameters.json", "{\"\(flag)\": \"true\"}")
            try tree.write("code/tensorflow.py", module)
        }
        return cluster
    }

    @Test func eachHostHasAServerThatEndsWithTheJob() throws {
        let cluster = try cluster("sagemaker_parameter_server_enabled", module: Self.module, Self.waiting)
        defer { cluster.remove() }
        let results = try cluster.run()
        #expect(results.map(\.status) == [0, 0], "\(results.map(\.errorText))")
        let expected = try JSONReader.read(
            text: """
                {"master": ["127.0.0.1:2222"], "ps": ["127.0.0.1:2223", "127.0.0.2:2223"], "worker": ["127.0.0.2:2222"]}
                """
        )
        for (index, tree) in cluster.trees.enumerated() {
            let written = try #require(tree.text("server.json"))
            let facts = try #require(try JSONReader.read(text: written).object)
            #expect(facts["cluster"] == expected)
            #expect(facts["job"] == "ps" && facts["index"] == .integer(index) && facts["gpus"] == "-1")
            let process = try #require(facts["pid"]?.integer)
            #expect(kill(Int32(process), 0) == -1 && errno == ESRCH)
            let line = try #require(results[index].outputText.split(separator: "\n").first { $0.hasPrefix("{") })
            let task = try JSONReader.read(text: String(line)).object?["task"]?.object
            #expect(task?["type"] == (index == 0 ? "master" : "worker") && task?["index"] == .integer(0))
        }
    }

    @Test func aServerThatEndsEndsTheJobOnAllHosts() throws {
        let cluster = try cluster(
            "sagemaker_parameter_server_enabled",
            module: "import os, time\nwhile not os.path.exists('../end-server'): time.sleep(0.05)\n"
                + "raise ImportError('no such thing')\n",
            PlainCluster.waiting
        )
        defer { cluster.remove() }
        // The first host's server is well.
        try cluster.trees[0].write("code/tensorflow.py", Self.module)
        let running = try (0..<2).map { try cluster.start($0) }
        try cluster.awaitAll(running)
        try cluster.trees[1].write("end-server", "")
        let results = running.map { $0.wait() }
        #expect(results.map(\.timedOut) == [false, false])
        let words = "parameter server ended before the program"
        #expect(cluster.failure(1).hasPrefix("ExecuteUserScriptError: \(words)\n"), "\(cluster.failure(1))")
        #expect(cluster.failure(0).hasPrefix("PeerError: host 127.0.0.2: \(words)\n"), "\(cluster.failure(0))")
        #expect(results[1].errorText.contains("ImportError: no such thing"), "\(results[1].errorText)")
    }

    @Test func mirroredWorkersHaveNoServer() throws {
        let flag = "sagemaker_multi_worker_mirrored_strategy_enabled"
        let cluster = try cluster(flag, module: Self.module, "echo \"$TF_CONFIG\"\n")
        defer { cluster.remove() }
        let results = try cluster.run()
        for (index, result) in results.enumerated() {
            #expect(result.status == 0, "\(result.errorText)")
            let workers = #""worker":["127.0.0.1:8890","127.0.0.2:8890"]"#
            #expect(result.outputText.contains(workers), "\(result.outputText)")
            #expect(result.outputText.contains("\"index\":\(index)"), "\(result.outputText)")
            #expect(!cluster.trees[index].exists("server.json"))
        }
    }
}
