import SystemPackage

/// The launchers that several hosts of one machine cannot have.
enum LocalLauncher {
    /// Refuses MPI among several processes: its leader starts the ranks of the other hosts over SSH, and a process has no
    /// server and no address of its own for that, as a container has.
    ///
    /// - Throws: `Failure` that names what asks for MPI.
    static func check(_ request: LocalRequest, _ incoming: EnvironmentVariables) throws(Failure) {
        guard request.hosts.count > 1, request.image == nil else { return }
        var variables = incoming
        for (name, value) in request.variables { variables.set(name, value) }
        let template = variables.text(RuntimeSetting.launchCommand.variable).flatMap { $0.isEmpty ? nil : $0 }
        var parameters = JSONObject()
        for (key, value) in request.hyperparameters {
            parameters[key] = value.string.flatMap { try? JSONReader.read(text: $0) } ?? value
        }
        let drivers = request.channels.first { $0.name == "sm_drivers" && $0.isDirectory }
        let choice = LauncherChoice.choose(
            parameters: parameters,
            participates: true,
            template: template,
            driver: try drivers.flatMap { channel throws(Failure) in
                try ConfigurationFile.readObject(channel.path.appending("distributed.json"))
            },
            hasSMDDPRun: ExecutableSearch.find("smddprun", path: variables["PATH"]) != .missing
        )
        guard choice.launcher.hasLeader, let reason = choice.reason else { return }
        let expected =
            "1 where \(reason) asks for MPI, which starts the other hosts over SSH; containers can do that, --image"
        throw .option("--hosts", expected: expected, found: "\(request.hosts.count)")
    }
}
