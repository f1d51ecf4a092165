import TestSupport
import Testing

@testable import ContainerRuntime

#if canImport(Glibc)
import Glibc
#endif

/// Jobs over the real torchrun with gloo, between network namespaces.
///
/// Needs the superuser, iproute2 and PyTorch (`torch==2.13.0+cpu`), whose bin directory `TRAIN_TEST_TORCHRUN` names where
/// it is not on PATH; skipped without them.
@Suite(.enabled(if: NetworkLab.torchrun != nil, "needs root and torchrun"), .serialized, .timeLimit(.minutes(60)))
struct TorchrunJobTests {
    private static var environment: [String: String] {
        let path = Command.plainEnvironment["PATH"] ?? ""
        return ["PATH": "\(NetworkLab.torchrun ?? ""):\(path)", "TRAIN_PEER_TIMEOUT": "20s", "OMP_NUM_THREADS": "1"]
    }

    private func job(_ count: Int, _ body: String, perHost: Int = 1, head: String = "") throws -> NetworkLab {
        let lab = try NetworkLab(hosts: count)
        let start = """
            import os, signal, sys, time
            import torch, torch.distributed as dist
            \(head)
            dist.init_process_group("gloo")
            rank = dist.get_rank()
            one = torch.ones(1)

            """
        try lab.write(
            program: start + body,
            [
                ("sagemaker_torch_distributed_enabled", .bool(true)),
                ("sagemaker_mpi_num_of_processes_per_host", .integer(perHost)),
            ]
        )
        return lab
    }

    @Test(arguments: [(2, 2), (4, 1)])
    func allRanksOfAllHostsAddUp(_ hosts: Int, _ perHost: Int) throws {
        let lab = try job(
            hosts,
            """
            dist.all_reduce(one)
            words = "rank", rank, "sum", int(one.item()), os.environ["SM_CURRENT_HOST"], os.environ["PET_NODE_RANK"]
            # print writes each of its words by itself, and the ranks of a host share a pipe
            sys.stdout.write(" ".join(map(str, words)) + "\\n")
            dist.destroy_process_group()
            """,
            perHost: perHost
        )
        defer { lab.remove() }
        let results = try lab.run(environment: Self.environment)
        for (index, result) in results.enumerated() {
            #expect(result.status == 0, "\(result.errorText)")
            for rank in perHost * index..<perHost * (index + 1) {
                let line = "rank \(rank) sum \(hosts * perHost) algo-\(index + 1) \(index)\n"
                #expect(result.outputText.contains(line), "\(result.outputText)")
            }
        }
    }

    @Test func theFirstRankThatRaisesIsNamedOnEveryHost() throws {
        let lab = try job(
            2,
            "dist.all_reduce(one)\nif rank == 1: raise ValueError('bad learning rate')\ndist.all_reduce(one)\ntime.sleep(600)\n"
        )
        defer { lab.remove() }
        let results = try lab.run(environment: Self.environment)
        #expect(results.map(\.status) == [1, 1])
        let own = "ExecuteUserScriptError: ValueError: bad learning rate (rank 1 on algo-2, exit code 1)\n"
        #expect(lab.failure(2).hasPrefix(own), "\(lab.failure(2))")
        #expect(
            lab.failure(1).hasPrefix("PeerError: host algo-2, rank 1: ValueError: bad learning rate"),
            "\(lab.failure(1))"
        )
    }

    @Test func ofTwoRanksThatRaiseTheEarlierIsTheCause() throws {
        let lab = try job(
            2,
            "dist.all_reduce(one)\ntime.sleep(1 if rank == 1 else 6)\nraise ValueError(f'from rank {rank}')\n",
            perHost: 1
        )
        defer { lab.remove() }
        _ = try lab.run(environment: Self.environment)
        #expect(lab.failure(2).contains("ValueError: from rank 1"), "\(lab.failure(2))")
        #expect(
            lab.failure(1).hasPrefix("PeerError: host algo-2, rank 1: ValueError: from rank 1"),
            "\(lab.failure(1))"
        )
    }

    @Test func theErrorFileOfARecordedFunctionIsTheCause() throws {
        let lab = try job(
            2,
            """
            @record
            def main():
                dist.all_reduce(one)
                if rank == 1: raise KeyError("from the error file")
                time.sleep(600)
            main()
            """,
            head: "from torch.distributed.elastic.multiprocessing.errors import record"
        )
        defer { lab.remove() }
        _ = try lab.run(environment: Self.environment)
        #expect(
            lab.failure(2).hasPrefix("ExecuteUserScriptError: KeyError: 'from the error file' (rank 1 on algo-2"),
            "\(lab.failure(2))"
        )
    }

    @Test func aKilledRankIsNamedOnEveryHost() throws {
        let lab = try job(
            2,
            "dist.all_reduce(one)\nif rank == 1: os.kill(os.getpid(), 9)\ndist.all_reduce(one)\ntime.sleep(600)\n"
        )
        defer { lab.remove() }
        let results = try lab.run(environment: Self.environment)
        #expect(results.map(\.status) == [1, 1])
        #expect(lab.failure(2).contains("a rank was killed (rank 1 on algo-2, SIGKILL"), "\(lab.failure(2))")
        #expect(lab.failure(1).hasPrefix("PeerError: host algo-2, rank 1: a rank was"), "\(lab.failure(1))")
    }

    /// Processes of a data loader, in a session of their own.
    @Test func whatRanksStartedEndsWithThem() throws {
        let lab = try job(
            2,
            """
            import subprocess
            subprocess.Popen(["sleep", "600"], start_new_session=True)
            dist.all_reduce(one)
            if rank == 1: raise ValueError("bad")
            time.sleep(600)
            """
        )
        defer { lab.remove() }
        let results = try lab.run(environment: Self.environment)
        #expect(results.map(\.status) == [1, 1])
        for host in 1...2 { #expect(try lab.processes(host) == "") }
    }

    /// A script that calls torchrun by itself, in a job that asks for no launcher.
    @Test func aPlainTorchrunFindsTheOthers() throws {
        let lab = try NetworkLab(hosts: 2)
        defer { lab.remove() }
        try lab.write(program: "#!/bin/sh\nexec torchrun worker.py\n", [], name: "train.sh")
        let worker = """
            import torch, torch.distributed as dist
            dist.init_process_group("gloo")
            one = torch.ones(1)
            dist.all_reduce(one)
            print("rank", dist.get_rank(), "sum", int(one.item()), flush=True)
            dist.destroy_process_group()
            """
        for host in 1...2 { try lab.tree.write("../algo-\(host)/code/worker.py", worker) }
        let results = try lab.run(environment: Self.environment)
        for (rank, result) in results.enumerated() {
            #expect(result.status == 0, "\(result.errorText)")
            #expect(result.outputText.contains("rank \(rank) sum 2\n"), "\(result.outputText)")
        }
    }

    @Test func ofAPlainTorchrunTheFirstRankIsTheCauseToo() throws {
        let tree = try JobTree()
        defer { tree.remove() }
        try tree.write("code/train.sh", "#!/bin/sh\nexec torchrun worker.py\n", mode: 0o755)
        let worker = "import os, time\nif os.environ['RANK'] == '1': raise ValueError('bad')\ntime.sleep(60)\n"
        try tree.write("code/worker.py", worker)
        let parameters = #"{"sagemaker_mpi_num_of_processes_per_host": "2"}"#
        try tree.write("input/config/hyperparameters.json", parameters)
        let result = try tree.train(environment: Self.environment).run()
        #expect(result.status == 1)
        let cause = "ExecuteUserScriptError: ValueError: bad (rank 1 on algo-1, exit code 1)\n"
        #expect(tree.text("output/failure")?.hasPrefix(cause) ?? false, "\(tree.text("output/failure") ?? "")")
    }

    @Test func aHostThatIsCutOffEndsTheOthers() throws {
        let lab = try job(2, "dist.all_reduce(one)\nprint('ready', flush=True)\ntime.sleep(600)\n")
        defer { lab.remove() }
        let running = try (1...2).map { try lab.start($0, environment: Self.environment) }
        try #require(running[0].wait { $0.outputText.contains("ready") })
        try lab.cut(2)
        let results = running.map { $0.wait() }
        #expect(results.map(\.status) == [1, 1])
        #expect(lab.failure(1).hasPrefix("PeerError: host algo-2 vanished"), "\(lab.failure(1))")
        #expect(lab.failure(2).hasPrefix("PeerError: host algo-1 vanished"), "\(lab.failure(2))")
    }

    @Test func aStopReachesTheRanksOnceAndTheyMaySave() throws {
        let lab = try job(
            2,
            """
            heard = []
            signal.signal(signal.SIGTERM, lambda *_: heard.append(1))
            dist.all_reduce(one)
            print('ready', flush=True)
            while not heard: time.sleep(0.05)
            time.sleep(4)
            print('saved after', len(heard), flush=True)
            """
        )
        defer { lab.remove() }
        let running = try (1...2).map { try lab.start($0, environment: Self.environment) }
        for host in running { try #require(host.wait { $0.outputText.contains("ready") }) }
        for host in running { host.send(SIGTERM) }
        for (index, result) in running.map({ $0.wait() }).enumerated() {
            #expect(result.outputText.contains("saved after 1\n"), "\(result.outputText)")
            #expect(lab.failure(index + 1).hasPrefix("StoppedError: stopped by SIGTERM"), "\(lab.failure(index + 1))")
        }
    }
}
