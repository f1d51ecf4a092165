import TestSupport
import Testing

@testable import ContainerRuntime

/// Jobs over TensorFlow's own servers, between network namespaces.
///
/// Needs the superuser, iproute2 and TensorFlow (`tensorflow-cpu`), the bin directory of whose environment
/// `TRAIN_TEST_TENSORFLOW` names; skipped without them.
@Suite(.enabled(if: NetworkLab.tensorFlow != nil, "needs root and TensorFlow"), .serialized, .timeLimit(.minutes(60)))
struct TensorFlowJobTests {
    private func run(_ flag: String, _ program: String) throws -> (lab: NetworkLab, results: [Command.Result]) {
        let lab = try NetworkLab(hosts: 2)
        try lab.write(program: program, [(flag, .bool(true))])
        let path = "\(NetworkLab.tensorFlow ?? ""):\(Command.plainEnvironment["PATH"] ?? "")"
        let variables = ["PATH": path, "CUDA_VISIBLE_DEVICES": "-1"]
        // Importing TensorFlow takes a minute on a busy machine.
        let running = try (1...2).map { try lab.start($0, environment: variables, limit: 300) }
        return (lab, running.map { $0.wait() })
    }

    /// All add to one variable, which lives on the first server.
    @Test func masterAndWorkersShareTheServersVariable() throws {
        let program = """
            import json, os, time
            import tensorflow as tf
            v1 = tf.compat.v1
            v1.disable_eager_execution()
            config = json.loads(os.environ["TF_CONFIG"])
            kind, index = config["task"]["type"], config["task"]["index"]
            server = tf.distribute.Server(tf.train.ClusterSpec(config["cluster"]), job_name=kind, task_index=index)
            with tf.device("/job:ps/task:0"):
                count = v1.get_variable("count", [], initializer=v1.zeros_initializer(), use_resource=True)
            add, ready = count.assign_add(1.0), v1.is_variable_initialized(count)
            with v1.Session(server.target) as session:
                if kind == "master": session.run(v1.global_variables_initializer())
                while not session.run(ready): time.sleep(0.1)
                session.run(add)
                while session.run(count) < 2: time.sleep(0.1)
                print(kind, index, "count", session.run(count), flush=True)
                time.sleep(2)
            """
        let (lab, results) = try run("sagemaker_parameter_server_enabled", program)
        defer { lab.remove() }
        #expect(results.map(\.status) == [0, 0], "\(results.map(\.errorText))")
        #expect(results[0].outputText.contains("master 0 count 2.0\n"), "\(results[0].outputText)")
        #expect(results[1].outputText.contains("worker 0 count 2.0\n"), "\(results[1].outputText)")
        for host in 1...2 { #expect(try lab.processes(host) == "") }
    }

    @Test func mirroredWorkersAddUp() throws {
        let program = """
            import tensorflow as tf
            strategy = tf.distribute.MultiWorkerMirroredStrategy()
            total = strategy.reduce("SUM", strategy.run(lambda: tf.constant(1.0)), axis=None)
            print("workers", strategy.num_replicas_in_sync, "sum", float(total), flush=True)
            """
        let (lab, results) = try run("sagemaker_multi_worker_mirrored_strategy_enabled", program)
        defer { lab.remove() }
        for result in results {
            #expect(result.status == 0, "\(result.errorText)")
            #expect(result.outputText.contains("workers 2 sum 2.0\n"), "\(result.outputText)")
        }
    }
}
