/// The value of TF_CONFIG, as the TensorFlow containers have it.
public enum TFConfiguration {
    private static let workerPort = 2_222
    private static let serverPort = 2_223
    private static let mirroredPort = 8_890

    /// For a worker beside parameter servers; the first host is the master, every host has a server.
    public static func parameterServers(_ facts: LaunchFacts) -> JSONObject {
        let task: (String, Int) = facts.isLeader ? ("master", 0) : ("worker", facts.rank - 1)
        return object(cluster(facts), task.0, task.1)
    }

    /// For the parameter server of a host.
    public static func server(_ facts: LaunchFacts) -> JSONObject {
        object(cluster(facts), "ps", facts.rank)
    }

    /// For MultiWorkerMirroredStrategy: all hosts are workers.
    public static func multiWorkerMirrored(_ facts: LaunchFacts) -> JSONObject {
        object(JSONObject([("worker", addresses(facts.hosts[...], mirroredPort))]), "worker", facts.rank)
    }

    /// The program of a parameter server, for Python; it has no GPU, since two processes on one end each other.
    ///
    /// It takes the cluster from TF_CONFIG and ends with the job.
    static let serverProgram = """
        import json, os
        os.environ["CUDA_VISIBLE_DEVICES"] = "-1"
        import tensorflow as tf
        config = json.loads(os.environ["TF_CONFIG"])
        server = tf.distribute.Server(
            tf.train.ClusterSpec(config["cluster"]), job_name="ps", task_index=config["task"]["index"])
        server.join()
        """

    private static func cluster(_ facts: LaunchFacts) -> JSONObject {
        var cluster = JSONObject([("master", addresses(facts.hosts.prefix(1), workerPort))])
        guard facts.hosts.count > 1 else { return cluster }
        cluster["ps"] = addresses(facts.hosts[...], serverPort)
        cluster["worker"] = addresses(facts.hosts.dropFirst(), workerPort)
        return cluster
    }

    private static func addresses(_ hosts: ArraySlice<String>, _ port: Int) -> JSONValue {
        .strings(hosts.map { "\($0):\(port)" })
    }

    private static func object(_ cluster: JSONObject, _ type: String, _ index: Int) -> JSONObject {
        JSONObject([
            ("cluster", .object(cluster)), ("environment", "cloud"),
            ("task", .object(JSONObject([("index", .integer(index)), ("type", .string(type))]))),
        ])
    }
}
