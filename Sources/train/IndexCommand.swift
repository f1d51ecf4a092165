import ArgumentParser
import ContainerRuntime
import Logging
import ObjectStore
import Synchronization
import SystemPackage

/// The command `train index`: what a job with `CA_REPOSITORY_ARN` runs in front of pip; not for people.
///
/// It becomes the installer, so that the token is in the environment of that process and nowhere else.
struct IndexCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "index",
        abstract: "Gets the address of a CodeArtifact repository and runs an installer with it.",
        shouldDisplay: false
    )

    @Argument(help: "The repository, arn:aws:codeartifact:REGION:ACCOUNT:repository/DOMAIN/REPOSITORY.")
    var repository: String

    @Argument(parsing: .postTerminator, help: "The command after --, an absolute path first.")
    var command: [String] = []

    func validate() throws {
        if Startup.shared.arguments.firstIndex(of: "--").map({ $0 + 1 < Startup.shared.arguments.count }) != true {
            throw ValidationError("a command is expected after --")
        }
    }

    func run() throws {
        let logger = RuntimeLog.logger()
        let interruption = Interruption()
        let result = Mutex<Result<String, Failure>?>(nil)
        let name = repository
        interruption.run {
            do throws(Failure) {
                let address = try await Self.address(name, logger)
                result.withLock { $0 = .success(address) }
            } catch {
                result.withLock { $0 = .failure(error) }
            }
        }
        if interruption.signal != 0 { Interruption.die(interruption.signal) }
        switch result.withLock({ $0 }) {
        case .success(let address): try Self.become(address)
        case .failure(let failure):
            logger.error("\(failure)")
            throw ExitCode(failure.exitStatus.rawValue)
        case nil: throw ExitCode(ExitStatus.failure.rawValue)
        }
    }

    private static func address(_ name: String, _ logger: Logger) async throws(Failure) -> String {
        let repository = try CodeArtifactRepository(name)
        let transport = Transport(environment: variable)
        let address: String
        do throws(Failure) {
            address = try await CodeArtifactIndex(
                repository,
                environment: variable,
                transport: transport,
                logger: logger
            ).address()
        } catch {
            await transport.shutDown()
            throw error
        }
        await transport.shutDown()
        logger.info("packages come from CodeArtifact, \(repository.domain)/\(repository.repository)")
        return address
    }

    /// Executes the command in this process, with the signals that it had and the address in its variables.
    private static func become(_ address: String) throws {
        var variables = EnvironmentVariables.current()
        for name: RawString in ["PIP_INDEX_URL", "UV_INDEX_URL", "UV_DEFAULT_INDEX"] {
            variables.set(name, RawString(address) ?? "")
        }
        Signal.pipe.restoreDefault()
        try Startup.shared.inbox.giveBack()
        // As bytes: a path need not be UTF-8.
        let words = Startup.shared.passedArguments
        let error = CurrentProcess.become(FilePath(words[0]), words, variables: variables.entries)
        RuntimeLog.logger().error("\(words[0]): \(error)")
        throw ExitCode(error == .noSuchFileOrDirectory ? 127 : 126)
    }
}
