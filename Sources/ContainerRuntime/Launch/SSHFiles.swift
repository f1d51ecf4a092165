import SystemPackage

/// The files and words of ssh between the hosts of one job, in a private directory that ends with it.
///
/// - Each follower runs a real sshd with a configuration and a host key of its own; only the leader's key opens it, and all
///   that it runs is what mpirun asks for, with the job's variables.
/// - Host keys and the leader's key are exchanged through the peer channel, and checked: nothing is trusted on first use.
/// - Nothing is written to /root or /etc.
struct SSHFiles: Hashable, Sendable {
    /// The port of a job's own sshd, beside that of the peer channel.
    static let port = 7_789

    let directory: FilePath

    var hostKey: FilePath { directory.appending("ssh_host_key") }
    var clientKey: FilePath { directory.appending("ssh_key") }
    var authorizedKeys: FilePath { directory.appending("ssh_authorized_keys") }
    var knownHosts: FilePath { directory.appending("ssh_known_hosts") }
    var serverConfiguration: FilePath { directory.appending("sshd_config") }
    var clientConfiguration: FilePath { directory.appending("ssh_config") }
    var sessionEnvironment: FilePath { directory.appending("ssh_environment") }

    /// The step of a follower: sshd in the foreground, with the variables of the program that it is to start.
    ///
    /// - Throws: `Failure` where there is no sshd.
    func serverStep(of program: Step, path: RawString?) throws(Failure) -> Step {
        // sshd wants to be started by its full path, and is in no user's PATH.
        let places = RawString(bytes: (path?.bytes ?? []) + ":/usr/sbin:/usr/local/sbin:/sbin".utf8)
        guard case .found(let file) = ExecutableSearch.find("sshd", path: places) else {
            throw Failure(.launcherMissing(chosenBy: "MPI on several hosts", path: places?.description ?? ""), "sshd")
        }
        let words = [file.string, "-D", "-e", "-f", serverConfiguration.string]
        return Step(
            name: "sshd",
            executable: file,
            arguments: words.compactMap { RawString($0) },
            environment: program.environment,
            workingDirectory: program.workingDirectory
        )
    }

    /// What makes mpirun use the job's ssh, and how many seconds it gives the other ranks when one has failed.
    ///
    /// It always waits that long, also where all ranks have ended, so that it is short.
    func clientVariables() -> [(name: String, value: String)] {
        let agent = "ssh -F \(clientConfiguration.string)"
        return [
            ("OMPI_MCA_plm_rsh_agent", agent), ("PRTE_MCA_plm_ssh_agent", agent),
            ("OMPI_MCA_odls_base_sigkill_timeout", "2"),
        ]
    }

    /// The configuration of a follower's sshd.
    func serverText(address: String, imageKeys: FilePath?, session: String) -> String {
        let keys = ([authorizedKeys] + [imageKeys].compactMap(\.self)).map(\.string)
        return """
            ListenAddress \(address)
            Port \(Self.port)
            HostKey \(hostKey.string)
            AuthorizedKeysFile \(keys.joined(separator: " "))
            AuthenticationMethods publickey
            PermitRootLogin prohibit-password
            UsePAM no
            StrictModes no
            PidFile none
            ForceCommand \(session)
            PermitTTY no
            DisableForwarding yes
            PrintMotd no
            ClientAliveInterval 10
            ClientAliveCountMax 3
            LogLevel ERROR

            """
    }

    /// The configuration of the leader's ssh.
    func clientText(imageKey: FilePath?) -> String {
        """
        Host *
            Port \(Self.port)
            IdentityFile \((imageKey ?? clientKey).string)
            IdentitiesOnly yes
            UserKnownHostsFile \(knownHosts.string)
            GlobalKnownHostsFile /dev/null
            StrictHostKeyChecking yes
            BatchMode yes
            ForwardX11 no
            ConnectTimeout 10
            ConnectionAttempts 3
            ServerAliveInterval 10
            ServerAliveCountMax 3
            LogLevel ERROR

        """
    }

    /// The line of a host in known_hosts, where a port other than 22 stands beside the name in brackets: sshd(8).
    static func knownHostLine(_ host: String, key: String) -> String { "[\(host)]:\(port) \(key)\n" }

    /// The key pair that an image has for its user, whose public half opens the same image on other hosts.
    static func imageKey(home: FilePath?) -> (key: FilePath, authorized: FilePath)? {
        guard let directory = home?.appending(".ssh") else { return nil }
        let authorized = directory.appending("authorized_keys")
        guard FileSystem.isAccessible(authorized, .read) else { return nil }
        let names = ["id_ed25519", "id_ecdsa", "id_rsa"]
        return names.map { directory.appending($0) }.first { FileSystem.isAccessible($0, .read) }.map {
            ($0, authorized)
        }
    }

    /// The step that makes a key pair.
    ///
    /// - Throws: `Failure` where there is no ssh-keygen.
    static func keyStep(_ file: FilePath, environment: EnvironmentVariables) throws(Failure) -> Step {
        guard case .found(let tool) = ExecutableSearch.find("ssh-keygen", path: environment["PATH"]) else {
            let path = environment["PATH"]?.description ?? ""
            throw Failure(.launcherMissing(chosenBy: "MPI on several hosts", path: path), "ssh-keygen")
        }
        let words = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "train", "-f", file.string]
        return Step(
            name: "ssh-keygen",
            executable: tool,
            arguments: words.compactMap { RawString($0) },
            environment: environment.entries
        )
    }
}
