import SystemPackage

/// What the sshd of a follower runs for the leader: the command that was sent, with the job's variables.
///
/// sshd starts sessions with hardly any variables, and /etc/environment, which the toolkit writes to, outlives the job.
enum SSHSession {
    /// Becomes the command of `SSH_ORIGINAL_COMMAND`; returns only where that cannot be.
    static func run(directory: FilePath, _ incoming: EnvironmentVariables) -> ExitStatus {
        let files = SSHFiles(directory: directory)
        guard let command = incoming["SSH_ORIGINAL_COMMAND"] else {
            RuntimeLog.shared.write("ssh session without a command")
            return .failure
        }
        guard let bytes = try? readFile(files.sessionEnvironment, limit: 1 << 24) else {
            RuntimeLog.shared.write("\(files.sessionEnvironment): cannot be read")
            return .failure
        }
        let entries = bytes.split(separator: 0).compactMap { RawString(bytes: $0) }
        let words: [RawString] = ["/bin/sh", "-c", command]
        let error = CurrentProcess.become("/bin/sh", words, variables: entries)
        RuntimeLog.shared.write("/bin/sh: \(error)")
        return .cannotExecute
    }

    /// The variables of a session, each ended by a NUL.
    static func text(of entries: [RawString]) -> [UInt8] {
        entries.flatMap { $0.bytes + [0] }
    }
}
