import Synchronization
import SystemPackage
import TestSupport
import Testing

@testable import ContainerRuntime

#if canImport(Glibc)
import Glibc
#endif

/// Several hosts on one machine, each with a network of its own: `lab` beside this file.
///
/// A job runs on all of them at once, as containers of a platform would; nothing of an engine is faked.
final class NetworkLab: Sendable {
    let name: String
    let tree: JobTree
    let count: Int

    private static let script = FilePath(#filePath).removingLastComponent().appending("lab").string
    private static let next = Mutex(0)

    /// Whether namespaces can be made here: the superuser and iproute2 are needed.
    static let isPossible: Bool = {
        guard geteuid() == 0, find("ip") else { return false }
        let name = "tp\(getpid())"
        guard (try? Command(script, ["up", name, "1"]).run())?.status == 0 else { return false }
        return (try? Command(script, ["down", name]).run())?.status == 0
    }()

    /// Whether Open MPI, OpenSSH and mpi4py of Debian's Python are there.
    static let hasMPI: Bool =
        isPossible && find("mpirun") && find("ssh-keygen")
        && FileSystem.isAccessible("/usr/sbin/sshd", .execute) && imports("/usr/bin/python3", "mpi4py")

    /// The directory of a torchrun that starts: `TRAIN_TEST_TORCHRUN`, else that on PATH.
    static let torchrun: String? = {
        guard isPossible else { return nil }
        let named = getenv("TRAIN_TEST_TORCHRUN").map { String(cString: $0) }
        let path = getenv("PATH").map { String(cString: $0) } ?? ""
        let places = ([named].compactMap(\.self) + path.split(separator: ":").map(String.init))
        return places.first { place in
            FileSystem.isAccessible(FilePath("\(place)/torchrun"), .execute)
                && imports("\(place)/python3", "torch.distributed.run")
        }
    }()

    /// The directory of a Python with TensorFlow: `TRAIN_TEST_TENSORFLOW`.
    static let tensorFlow: String? = {
        guard isPossible, let named = getenv("TRAIN_TEST_TENSORFLOW").map({ String(cString: $0) }) else { return nil }
        return imports("\(named)/python3", "tensorflow") ? named : nil
    }()

    private static func find(_ tool: String) -> Bool {
        let path = getenv("PATH").map { RawString(cString: $0) }
        guard let name = RawString(tool), case .found = ExecutableSearch.find(name, path: path) else { return false }
        return true
    }

    private static func imports(_ python: String, _ module: String) -> Bool {
        (try? Command(python, ["-c", "import \(module)"]).run())?.status == 0
    }

    init(hosts count: Int) throws {
        self.count = count
        let number = Self.next.withLock { value in
            value += 1
            return value
        }
        name = "t\(getpid() % 100_000)n\(number)"
        tree = try JobTree()
        let made = try Command(Self.script, ["up", name, String(count)]).run()
        try #require(made.status == 0, "\(made.errorText)")
    }

    func remove() {
        _ = try? Command(Self.script, ["down", name]).run()
        tree.remove()
    }

    func cut(_ host: Int) throws {
        let result = try Command(Self.script, ["cut", name, "algo-\(host)"]).run()
        try #require(result.status == 0)
    }

    /// A job of this program, on all hosts.
    func write(program: String, _ hyperparameters: [(String, JSONValue)], name: String = "train.py") throws {
        let hosts = (1...count).map { "algo-\($0)" }
        for host in hosts {
            let resources = JSONObject([
                ("current_host", .string(host)), ("hosts", .strings(hosts)), ("network_interface_name", "eth0"),
            ])
            let parameters = JSONObject(hyperparameters.map { ($0.0, .string(JSONWriter.text($0.1))) })
            let place = "../\(host)"
            try tree.write("\(place)/input/config/resourceconfig.json", JSONWriter.bytes(.object(resources)))
            try tree.write("\(place)/input/config/hyperparameters.json", JSONWriter.bytes(.object(parameters)))
            try tree.write("\(place)/input/config/inputdataconfig.json", "{}")
            try tree.write("\(place)/code/\(name)", program, mode: 0o755)
        }
    }

    /// Starts the job on a host.
    func start(_ host: Int, environment: [String: String] = [:], limit: Double = 300) throws -> RunningCommand {
        var variables = Command.plainEnvironment
        variables["SAGEMAKER_BASE_DIR"] = tree.scratch.appending("ml").string
        variables["TRAIN_PACK"] = "never"
        // Open MPI's directory is named after the host, which is algo-1 in every lab; a socket's path has 107 bytes.
        variables["OMPI_MCA_orte_tmpdir_base"] = tree.scratch.string
        variables.merge(environment) { $1 }
        let words = ["run", name, "algo-\(host)", tree.scratch.string, Command.train]
        return try Command(Self.script, words, environment: variables, limit: limit).start()
    }

    /// Runs the job on all hosts.
    func run(environment: [String: String] = [:]) throws -> [Command.Result] {
        let running = try (1...count).map { try start($0, environment: environment) }
        return running.map { $0.wait() }
    }

    /// What still runs on a host.
    func processes(_ host: Int) throws -> String {
        let list = "for p in $(ip netns pids \"$0\"); do tr '\\0' ' ' < /proc/$p/cmdline; echo; done"
        return try Command("/bin/sh", ["-c", list, "\(name)-\(host)"]).run().outputText
    }

    func failure(_ host: Int) -> String { tree.text("../algo-\(host)/output/failure") ?? "" }
}
