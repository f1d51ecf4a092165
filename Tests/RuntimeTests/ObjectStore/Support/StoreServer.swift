import ContainerRuntime
import ObjectStore
import SystemPackage
import TestSupport
import Testing

#if canImport(Glibc)
import Glibc
#endif

/// moto's server as S3, started once for all tests; it ends when the test program does.
struct StoreServer: Sendable {
    let endpoint: String
    let key: String
    let secret: String

    static let support = FilePath(#filePath).removingLastComponent()
    static let python = support.appending("../../../../.build/test-venv/bin/python").lexicallyNormalized().string

    /// Whether scripts/prepare-object-store has made its environment.
    static var isInstalled: Bool { access(python, X_OK) == 0 }
    static let missing: Comment = "moto is not installed: scripts/prepare-object-store installs it from PyPI"

    static let shared: StoreServer? = try? StoreServer()

    private init() throws {
        let command = Command(Self.python, [Self.support.appending("store.py").string], limit: 3_600)
        let running = try command.start()
        guard running.wait(until: { $0.outputText.contains("\n") || $0.hasEnded }),
            let object = try JSONReader.read(text: running.outputText).object,
            let endpoint = object["endpoint"]?.string,
            let key = object["key"]?.string, let secret = object["secret"]?.string
        else { throw Failure(.storeUnreachable(reason: running.errorText), "moto") }
        (self.endpoint, self.key, self.secret) = (endpoint, key, secret)
    }

    var environment: [String: String] {
        var variables = Command.plainEnvironment
        variables["S3_ENDPOINT_URL"] = endpoint
        variables["AWS_ACCESS_KEY_ID"] = key
        variables["AWS_SECRET_ACCESS_KEY"] = secret
        variables["AWS_EC2_METADATA_DISABLED"] = "true"
        variables["HOME"] = "/nonexistent"
        return variables
    }

    /// Has AWS's own client do something, and gives back its answers, one a line.
    func order(_ orders: String) throws -> String {
        let arguments = [Self.support.appending("orders.py").string, orders]
        let result = try Command(Self.python, arguments, environment: environment).run()
        #expect(result.status == 0 && !result.outputText.contains("error"), "\(result.outputText)\(result.errorText)")
        return result.outputText
    }
}

/// The hostile web server, one for each test that wants one; it serves what is in `files`.
struct HostileServer: Sendable {
    let port: Int
    let files: FilePath
    private let log: JobTree
    private let running: RunningCommand

    init(_ tree: JobTree, certificate: [String] = []) throws {
        (files, log) = (tree.scratch.appending("served"), tree)
        _ = try Command("/bin/mkdir", ["-p", files.string]).run()
        let script = StoreServer.support.appending("hostile.py").string
        let command = Command("/usr/bin/env", ["python3", script, files.string] + certificate, limit: 300)
        running = try command.start()
        guard running.wait(until: { $0.outputText.contains("\n") || $0.hasEnded }),
            let port = running.outputText.split(separator: "\n").first.flatMap({ Int($0) })
        else { throw Failure(.storeUnreachable(reason: running.errorText), "hostile.py") }
        self.port = port
    }

    var address: String { "http://127.0.0.1:\(port)" }
    /// The requests that came, one a line.
    var requests: [String] {
        (log.text("../served.requests") ?? "").split(separator: "\n").map(String.init)
    }

    func stop() {
        running.send(SIGKILL)
        _ = running.wait()
    }

    /// Variables under which `s3://MODE/NAME` is asked from this server.
    var environment: [String: String] {
        var variables = Command.plainEnvironment
        variables["AWS_ENDPOINT_URL"] = address
        variables["AWS_ACCESS_KEY_ID"] = "AKIDEXAMPLE"
        variables["AWS_SECRET_ACCESS_KEY"] = "secretsecret"
        variables["AWS_EC2_METADATA_DISABLED"] = "true"
        variables["HOME"] = "/nonexistent"
        return variables
    }
}

/// `train fetch SOURCE code`, with the base directory's `code`.
func fetch(_ source: String, _ tree: JobTree, _ environment: [String: String], limit: Double = 300) -> Command {
    Command(
        Command.train,
        ["fetch", source, tree.base.appending("code").string],
        environment: environment,
        limit: limit
    )
}
