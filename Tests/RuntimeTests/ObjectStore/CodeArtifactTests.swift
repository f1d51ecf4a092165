import ContainerRuntime
import ObjectStore
import SystemPackage
import TestSupport
import Testing

#if canImport(Glibc)
import Glibc
#endif

/// Requirements from AWS CodeArtifact, whose token is a secret: conformance cases 246 and 247.
@Suite(.enabled(if: Wheels.environment != nil, "\(Wheels.missing)"), .timeLimit(.minutes(60)))
struct CodeArtifactTests {
    private static let token = "CA-TOKEN-XyZ/+=.0123456789"

    private struct Repository {
        let job: PromiseJob
        let server: RunningCommand
        var variables: [String: String]

        /// A job whose only index is a repository that a server of the test's own offers.
        init(_ requirements: String, domain: String = "my_domain") throws {
            (job, variables) = try Wheels.job(requirements)
            try Wheels.write(job.tree, "repository")
            let wheel = job.tree.base.appending("repository/answer-1.0-py3-none-any.whl").string
            let script = StoreServer.support.appending("codeartifact.py").string
            let words = [script, wheel, "secret-text", CodeArtifactTests.token]
            server = try Command(Command.python, words, limit: 300).start()
            guard server.wait(until: { $0.outputText.contains("\n") || $0.hasEnded }),
                let port = server.outputText.split(separator: "\n").first
            else { throw Failure(.storeUnreachable(reason: server.errorText), "codeartifact.py") }
            variables["AWS_ENDPOINT_URL_CODEARTIFACT"] = "http://127.0.0.1:\(port)"
            variables["AWS_ACCESS_KEY_ID"] = "AKIDEXAMPLE"
            variables["AWS_SECRET_ACCESS_KEY"] = "secret-text"
            variables["CA_REPOSITORY_ARN"] =
                "arn:aws:codeartifact:us-west-2:012345678900:repository/\(domain)/my_repo"
            // As proxies of the machine would have it.
            variables["NO_PROXY"] = "127.0.0.1"
        }

        var requests: String { job.tree.text("repository/answer-1.0-py3-none-any.whl.requests") ?? "" }

        func stop() {
            server.send(SIGKILL)
            _ = server.wait()
            job.tree.remove()
        }
    }

    private static let installers = ["pip"] + (Wheels.uv == nil ? [] : ["uv"])

    @Test(arguments: installers) func packagesComeFromItAndTheTokenIsNowhere(_ installer: String) throws {
        var repository = try Repository("answer\n")
        defer { repository.stop() }
        repository.variables["TRAIN_INSTALLER"] = installer
        let directory = Wheels.uv.map { FilePath($0).removingLastComponent().string } ?? ""
        repository.variables["PATH"] = "\(directory):\(Command.plainEnvironment["PATH"] ?? "")"
        let ending = try repository.job.run(repository.variables)
        #expect(ending.status == 0, "\(ending.errors)\(repository.requests)")
        #expect(ending.result.outputText.contains("answer 42"))
        #expect(ending.errors.contains("packages come from CodeArtifact, my_domain/my_repo"))
        #expect(repository.requests.contains("GET /pypi/my_repo/files/"))
        #expect(!repository.requests.contains("LEAK"), "the token is in the arguments of a process")
        #expect(!(ending.errors + ending.result.outputText).contains("CA-TOKEN"))
    }

    @Test func theFailureNamesThePackageAndNotTheToken() throws {
        let repository = try Repository("no-such-package-at-all\n")
        defer { repository.stop() }
        let ending = try repository.job.run(repository.variables)
        #expect(ending.status == 1)
        #expect(ending.cause.contains("No matching distribution found for no-such-package-at-all"), "\(ending.cause)")
        #expect(!(ending.errors + ending.result.outputText + (ending.failure ?? "")).contains("CA-TOKEN"))
        #expect(!repository.requests.contains("LEAK"), "the token is in the arguments of a process")
        #expect(ending.isConsistent)
    }

    @Test func aRefusalIsNamed() throws {
        let repository = try Repository("answer\n", domain: "forbidden")
        defer { repository.stop() }
        let ending = try repository.job.run(repository.variables)
        #expect(ending.status == 1)
        let name = "arn:aws:codeartifact:us-west-2:012345678900:repository/forbidden/my_repo"
        let words = "InstallRequirementsError: \(name): refused with 403 AccessDeniedException: not yours"
        #expect(ending.cause == words, "\(ending.cause)")
    }

    @Test func aWrongSecretIsRefused() throws {
        var repository = try Repository("answer\n")
        defer { repository.stop() }
        repository.variables["AWS_SECRET_ACCESS_KEY"] = "another-text"
        let ending = try repository.job.run(repository.variables)
        #expect(ending.cause.hasSuffix("403 AccessDeniedException: the signature is another one"), "\(ending.cause)")
    }

    @Test func aNameThatIsNoRepositoryEndsTheJobBeforeAnythingIsAsked() throws {
        var repository = try Repository("answer\n")
        defer { repository.stop() }
        repository.variables["CA_REPOSITORY_ARN"] = "nonsense"
        let ending = try repository.job.run(repository.variables)
        #expect(ending.status == 1)
        #expect(ending.cause.hasPrefix("ConfigurationError: CA_REPOSITORY_ARN must be arn:aws:codeartifact:"))
        #expect(!repository.requests.contains("/v1/"))
    }
}
