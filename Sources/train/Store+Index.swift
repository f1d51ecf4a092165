import ContainerRuntime
import Logging
import ObjectStore
import SystemPackage

extension Store {
    /// Becomes the installer, so that the token is in the environment of that process and nowhere else.
    func index(_ repository: String, _ command: [RawString]) throws(Failure) -> Never {
        let interruption = Interruption()
        let result = interruption.run { () throws(Failure) in try await address(repository, RuntimeLog.logger()) }
        if interruption.signal != 0 { Interruption.die(interruption.signal) }
        try Self.become(command, try result.get())
    }

    private func address(_ name: String, _ logger: Logger) async throws(Failure) -> String {
        let repository = try CodeArtifactRepository(name)
        let address = try await Transport.lend(variable) { transport throws(Failure) in
            let index = try CodeArtifactIndex(repository, environment: variable, transport: transport, logger: logger)
            return try await index.address()
        }
        logger.info("packages come from CodeArtifact, \(repository.domain)/\(repository.repository)")
        return address
    }

    /// Executes the command in this process, with the signals that it had and the address in its variables.
    private static func become(_ command: [RawString], _ address: String) throws(Failure) -> Never {
        var variables = EnvironmentVariables.current()
        for name: RawString in ["PIP_INDEX_URL", "UV_INDEX_URL", "UV_DEFAULT_INDEX"] {
            variables.set(name, RawString(address) ?? "")
        }
        Signal.pipe.restoreDefault()
        Startup.shared.inbox.giveBack()
        // As bytes: a path need not be UTF-8.
        let error = CurrentProcess.become(FilePath(command[0]), command, variables: variables.entries)
        let isMissing = error == .noSuchFileOrDirectory
        throw Failure(isMissing ? .commandNotFound : .commandNotExecutable, "\(command[0])", isMissing ? nil : error)
    }
}
