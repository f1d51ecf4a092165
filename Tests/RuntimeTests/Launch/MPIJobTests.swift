import SystemPackage
import TestSupport
import Testing

@testable import ContainerRuntime

#if canImport(Glibc)
import Glibc
#endif

/// Jobs over real mpirun, sshd and mpi4py, between network namespaces.
///
/// Needs the superuser, iproute2, openmpi-bin, openssh-server, openssh-client and python3-mpi4py; skipped without them.
@Suite(.enabled(if: NetworkLab.hasMPI, "needs root, Open MPI, sshd, iproute2"), .serialized, .timeLimit(.minutes(60)))
struct MPIJobTests {
    private static let environment = ["TRAIN_PYTHON": "/usr/bin/python3", "TRAIN_PEER_TIMEOUT": "20s"]
    private static let parameters: [(String, JSONValue)] = [
        ("sagemaker_mpi_enabled", .bool(true)), ("sagemaker_mpi_num_of_processes_per_host", .integer(2)),
    ]

    private func job(_ count: Int, _ body: String) throws -> NetworkLab {
        let lab = try NetworkLab(hosts: count)
        let head =
            "import os, signal, socket, sys, time\nfrom mpi4py import MPI\nworld = MPI.COMM_WORLD\nrank = world.rank\n"
        try lab.write(program: head + body, Self.parameters)
        return lab
    }

    @Test(arguments: [2, 4])
    func allRanksOfAllHostsAddUp(_ count: Int) throws {
        let lab = try job(
            count,
            """
            total = world.allreduce(rank + 1)
            print("rank", rank, "of", world.size, "total", total, socket.gethostname(), os.environ["SM_CURRENT_HOST"])
            """
        )
        defer { lab.remove() }
        let results = try lab.run(environment: Self.environment)
        for result in results { #expect(result.status == 0, "\(result.errorText)") }
        let ranks = 2 * count
        for rank in 0..<ranks {
            let host = "algo-\(rank / 2 + 1)"
            let line = "[\(host):\(rank)] rank \(rank) of \(ranks) total \(ranks * (ranks + 1) / 2) \(host) \(host)\n"
            #expect(results[0].outputText.contains("\n\(line)"), "\(results[0].outputText)")
        }
        for host in 1...count { #expect(lab.tree.exists("../algo-\(host)/output/success")) }
    }

    @Test func aRankThatRaisesIsNamedOnEveryHost() throws {
        let lab = try job(2, "world.barrier()\nif rank == 3: raise ValueError('bad learning rate')\ntime.sleep(600)\n")
        defer { lab.remove() }
        let results = try lab.run(environment: Self.environment)
        #expect(results[0].status == 1 && results[1].status == 1)
        let cause = "ExecuteUserScriptError: ValueError: bad learning rate (rank 3 on algo-2, exit code 1)\n"
        #expect(lab.failure(1).hasPrefix(cause), "\(lab.failure(1))")
        #expect(
            lab.failure(2).hasPrefix("PeerError: host algo-2, rank 3: ValueError: bad learning rate"),
            "\(lab.failure(2))"
        )
    }

    @Test func aKilledRankEndsAllHosts() throws {
        let lab = try job(2, "world.barrier()\nif rank == 2: os.kill(os.getpid(), 9)\ntime.sleep(600)\n")
        defer { lab.remove() }
        let results = try lab.run(environment: Self.environment)
        #expect(results[0].status == 137)
        #expect(lab.failure(1).contains("rank 2 on algo-2, SIGKILL"), "\(lab.failure(1))")
        #expect(results[1].status == 1)
        #expect(lab.failure(2).hasPrefix("PeerError: host algo-2, rank 2"), "\(lab.failure(2))")
    }

    @Test func anExitCodeIsTheJobsAndNothingIsLeftRunning() throws {
        let lab = try job(2, "world.barrier()\nif rank == 1: os._exit(3)\ntime.sleep(600)\n")
        defer { lab.remove() }
        let results = try lab.run(environment: Self.environment)
        #expect(results.map(\.status) == [3, 1], "\(results.map(\.errorText))")
        #expect(lab.failure(1).contains("(rank 1 on algo-1, exit code 3)"), "\(lab.failure(1))")
        #expect(lab.failure(2).hasPrefix("PeerError: host algo-1, rank 1: "), "\(lab.failure(2))")
        for host in 1...2 { #expect(try lab.processes(host) == "") }
    }

    @Test(arguments: [1, 2])
    func aHostThatIsCutOffEndsTheOthers(_ host: Int) throws {
        let lab = try job(2, "world.barrier()\nprint('ready', flush=True)\ntime.sleep(600)\n")
        defer { lab.remove() }
        let running = try (1...2).map { try lab.start($0, environment: Self.environment) }
        try #require(running[0].wait { $0.outputText.contains("ready") })
        try lab.cut(host)
        let results = running.map { $0.wait() }
        for (index, result) in results.enumerated() {
            #expect(!result.timedOut && result.status == 1, "\(result.errorText)")
            let other = "algo-\(2 - index)"
            #expect(lab.failure(index + 1).hasPrefix("PeerError: host \(other) vanished"), "\(lab.failure(index + 1))")
        }
    }

    @Test func aLeaderThatIsKilledEndsItsFollower() throws {
        let lab = try job(2, "world.barrier()\nprint('ready', flush=True)\ntime.sleep(600)\n")
        defer { lab.remove() }
        let running = try (1...2).map { try lab.start($0, environment: Self.environment) }
        try #require(running[0].wait { $0.outputText.contains("ready") })
        running[0].send(SIGKILL)
        let result = running[1].wait()
        #expect(!result.timedOut && result.status == 1)
        #expect(lab.failure(2).hasPrefix("PeerError: host algo-1 vanished"), "\(lab.failure(2))")
    }

    @Test func aStopOfAllHostsReachesTheRanksOnceAndTheyMaySave() throws {
        let lab = try job(
            2,
            """
            heard = []
            signal.signal(signal.SIGTERM, lambda *_: heard.append(1))
            world.barrier()
            print('ready', flush=True)
            while not heard: time.sleep(0.05)
            time.sleep(4)
            print('saved', rank, 'after', len(heard), flush=True)
            """
        )
        defer { lab.remove() }
        let running = try (1...2).map { try lab.start($0, environment: Self.environment) }
        try #require(running[0].wait { $0.outputText.components("ready") == 4 })
        for host in running { host.send(SIGTERM) }
        let results = running.map { $0.wait() }
        for rank in 0..<4 {
            #expect(results[0].outputText.contains("saved \(rank) after 1\n"), "\(results[0].outputText)")
        }
        #expect(results.map(\.status) == [0, 0], "\(results[0].errorText)\n\(results[1].errorText)")
    }

    @Test func nothingOfSSHIsLeftBehind() throws {
        let lab = try job(2, "world.barrier()\n")
        defer { lab.remove() }
        try lab.tree.makeDirectory("../tmp")
        var environment = Self.environment
        environment["TMPDIR"] = lab.tree.scratch.appending("tmp").string
        environment["OMPI_MCA_orte_tmpdir_base"] = "/tmp"
        let results = try lab.run(environment: environment)
        #expect(results.map(\.status) == [0, 0], "\(results[0].errorText)")
        let left = try Command("/bin/ls", ["-A", lab.tree.scratch.appending("tmp").string]).run().outputText
        #expect(!left.contains("train-job"), "\(left)")
    }
}

extension String {
    fileprivate func components(_ text: String) -> Int { ranges(of: text).count }
}
