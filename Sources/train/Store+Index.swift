import ContainerRuntime
import Logging
import ObjectStore
import SystemPackage

#if canImport(Glibc)
import Glibc
#endif

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
        for name in ["PIP_INDEX_URL", "UV_INDEX_URL", "UV_DEFAULT_INDEX"] where setenv(name, address, 1) != 0 {
            // Without it the installer would take what it needs from another index.
            throw Failure(.loopUnavailable(call: "setenv"), name, Errno(rawValue: errno))
        }
        signal(SIGPIPE, SIG_DFL)
        Startup.shared.inbox.giveBack()
        // As bytes: a path need not be UTF-8.
        var pointers = command.map { word in strdup(word.bytes.map { CChar(bitPattern: $0) } + [0]) }
        pointers.append(nil)
        if let file = pointers[0] { execv(file, pointers) }
        let error = Errno(rawValue: errno)
        let isMissing = error == .noSuchFileOrDirectory
        throw Failure(isMissing ? .commandNotFound : .commandNotExecutable, "\(command[0])", isMissing ? nil : error)
    }
}
