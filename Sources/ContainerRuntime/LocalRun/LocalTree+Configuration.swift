import SystemPackage

extension LocalTree {
    /// The files of input/config, as the platform writes them.
    ///
    /// Of the files that are the platform's own business only the names are known; a program that looks for them finds them.
    var configuration: [(name: String, value: JSONValue)] {
        var files: [(name: String, value: JSONValue)] = [
            ("hyperparameters.json", .object(hyperparameters)),
            ("inputdataconfig.json", .object(JSONObject(request.channels.map { ($0.name, $0.json) }))),
            ("resourceconfig.json", .object(resources)),
            (
                "metric-definition-regex.json",
                .object(JSONObject(request.metrics.map { ($0.name, .string($0.regex)) }))
            ),
        ]
        for name in ["init-config.json", "trainingjobconfig.json", "upstreamoutputdataconfig.json"] {
            files.append((name, .object(JSONObject())))
        }
        if checkpoints != nil {
            let local = JSONObject([("LocalPath", .string(seen.checkpoints.string))])
            files.append(("checkpointconfig.json", .object(local)))
        }
        return files
    }

    private var hyperparameters: JSONObject {
        var written = request.hyperparameters
        written["sagemaker_program"] = .string(JSONWriter.text(.string(request.code.program)))
        if let location = request.code.location {
            written["sagemaker_submit_directory"] = .string(JSONWriter.text(.string(location)))
        }
        written["sagemaker_job_name"] = .string(JSONWriter.text(.string(job)))
        if written["sagemaker_container_log_level"] == nil { written["sagemaker_container_log_level"] = "20" }
        let variables = EnvironmentVariables.current()
        let region = ["AWS_REGION", "AWS_DEFAULT_REGION"].lazy.compactMap { variables.text($0) }.first { !$0.isEmpty }
        if let region, written["sagemaker_region"] == nil {
            written["sagemaker_region"] = .string(JSONWriter.text(.string(region)))
        }
        return written
    }

    /// With loopback as the network, which processes of one machine are on.
    private var resources: JSONObject {
        let hosts = JSONValue.strings(request.hosts)
        let type = JSONValue.string((request.gpus ?? 0) > 0 ? "local_gpu" : "local")
        let group = JSONObject([
            ("instance_group_name", "homogeneousCluster"), ("instance_type", type), ("hosts", hosts),
        ])
        return JSONObject([
            ("current_host", .string(host)), ("current_instance_type", type),
            ("current_group_name", "homogeneousCluster"), ("hosts", hosts),
            ("instance_groups", .array([.object(group)])), ("network_interface_name", container == nil ? "lo" : "eth0"),
        ])
    }

    /// The variables of the host's `train`: those of this process, without what belongs to another job, and those of this one.
    func environment(_ incoming: EnvironmentVariables) -> [RawString] {
        let foreign = ["SM_", "SAGEMAKER_", "TRAINING_JOB_"]
        var variables = EnvironmentVariables(
            entries: incoming.entries.filter { entry in
                entry.bytes.starts(with: "SM_LOG_LEVEL=".utf8)
                    || !foreign.contains { entry.bytes.starts(with: $0.utf8) }
            }
        )
        for (name, value) in request.variables { variables.set(name, value) }
        if !request.dependencies.isEmpty {
            let before = variables["PYTHONPATH"].map { $0.bytes.isEmpty ? [] : [$0.bytes] } ?? []
            let path = (request.dependencies.map { RawString($0).bytes } + before).joined(separator: [0x3a])
            variables.set("PYTHONPATH", RawString(bytes: path) ?? "")
        }
        variables.set("SAGEMAKER_BASE_DIR", RawString(paths.base))
        for (name, value) in settings { if let value = RawString(value) { variables.set(name, value) } }
        return variables.entries
    }

    /// What the job's own `train` is told by variables.
    var settings: [(name: RawString, value: String)] {
        var settings: [(name: RawString, value: String)] = [
            ("TRAINING_JOB_NAME", job), ("TRAIN_PACK", "always"), ("TRAIN_REPORT", "json"),
        ]
        if let time = request.maximumRunTime { settings.append(("TRAIN_MAX_RUNTIME", time)) }
        if let gpus = request.gpus, container == nil {
            let list = (0..<gpus).map(String.init).joined(separator: ",")
            settings.append(("NVIDIA_VISIBLE_DEVICES", gpus == 0 ? "void" : list))
            settings.append(("CUDA_VISIBLE_DEVICES", list))
        }
        if let hostsFile { settings.append((HostsFile.variable, hostsFile.string)) }
        if let peerPort { settings.append(("TRAIN_PEER_PORT", String(peerPort))) }
        return settings
    }
}
