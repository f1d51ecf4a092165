import Logging
import SystemPackage

extension TrainingJob {
    /// Makes the keys and files of ssh for this host, and the library for its name.
    func prepareSSH(
        _ planned: LaunchPlan,
        _ asked: PeerSettings,
        _ context: JobContext
    ) throws(JobFailure) -> (LaunchPlan, PeerSettings) {
        var settings = asked
        var plan = withHostnameLibrary(planned, settings.host, in: settings.directory)
        let files = SSHFiles(directory: settings.directory)
        let image = SSHFiles.imageKey(home: incoming.text("HOME").map { FilePath($0) })
        if plan.isFollower {
            settings.hostKey = try makeKey(files.hostKey, context)
            let request = HelperRequest(.session(settings.directory))
            let words = [RawString(FileSystem.realPath(helper) ?? helper)] + request.arguments
            // For the shell that sshd starts.
            let session = "exec \(words.map(\.description.shellQuoted).joined(separator: " "))"
            let text = files.serverText(address: settings.address, imageKeys: image?.authorized, session: session)
            try write(Array(text.utf8), files.serverConfiguration)
            try write(SSHSession.text(of: plan.step.environment), files.sessionEnvironment)
            try write([], files.authorizedKeys)
            makeSeparationDirectory()
            // The variables are the session's; sshd itself needs none of them.
            plan.step.environment = incoming.entries
        } else {
            if let image {
                log.info("ssh: the image's key \(image.key) is used")
            } else {
                settings.clientKey = try makeKey(files.clientKey, context)
            }
            try write(Array(files.clientText(imageKey: image?.key).utf8), files.clientConfiguration)
        }
        return (plan, settings)
    }

    /// Each host has the library in its own private directory; mpirun's words would name the leader's for all.
    ///
    /// mpirun itself has it too: a host whose job's name it does not know for its own would be one to open by ssh.
    func withHostnameLibrary(_ plan: LaunchPlan, _ host: String, in directory: FilePath) -> LaunchPlan {
        guard HostnameLibrary.isNeeded(for: host) else { return plan }
        do throws(Errno) {
            try HostnameLibrary.write(into: directory)
        } catch {
            log.warning("the library for the host's name cannot be written: \(error)")
            return plan
        }
        var plan = plan
        var variables = EnvironmentVariables(entries: plan.step.environment)
        variables.set(
            HostnameLibrary.variables(in: directory, host: host, before: variables["LD_PRELOAD"])
        )
        plan.step.environment = variables.entries
        log.info("gethostname answers \(host) by a preloaded library: the container has another name")
        return plan
    }

    /// Lets ssh-keygen make a key pair, and gives back its public half.
    private func makeKey(_ file: FilePath, _ context: JobContext) throws(JobFailure) -> String {
        let step = try asFault { () throws(Failure) in try SSHFiles.keyStep(file, environment: incoming) }
        try context.require(step, as: .peers)
        let half = FilePath(file.string + ".pub")
        guard let bytes = try? readFile(half, limit: 1 << 14), let key = PeerHello.key(ofFile: bytes) else {
            throw .fault(Failure(.peersUnprepared(what: "holds no key"), half.string))
        }
        return key
    }

    private func write(_ bytes: [UInt8], _ file: FilePath) throws(JobFailure) {
        do throws(Errno) {
            try SmallFile.write(bytes, to: file, mode: 0o600)
        } catch {
            throw .fault(Failure(.peersUnprepared(what: "cannot be written"), file.string, error))
        }
    }

    /// sshd of the superuser wants an empty directory of its own: "Missing privilege separation directory".
    private func makeSeparationDirectory() {
        guard CurrentProcess.user == 0 else { return }
        do throws(Errno) {
            try FileSystem.makeDirectories("/run/sshd")
        } catch {
            log.warning("/run/sshd: cannot be made, sshd may not start: \(error)")
        }
    }
}
