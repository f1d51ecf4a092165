import TestSupport
import Testing

@testable import ContainerRuntime

/// Two hosts of one machine over the real torchrun with gloo, whose names no resolver knows.
///
/// Needs PyTorch, as `TorchrunJobTests` does; skipped without it. The port of the rendezvous is the contract's, so that no other
/// test with torchrun may run on the machine's own network at the same time.
@Suite(.enabled(if: NetworkLab.torchrun != nil, "needs torchrun"), .serialized, .timeLimit(.minutes(60)))
struct LocalTorchrunTests {
    @Test func theRanksOfAllHostsFindEachOther() throws {
        let script = """
            import sys, torch, torch.distributed as dist
            dist.init_process_group("gloo")
            one = torch.ones(1)
            dist.all_reduce(one)
            # print writes each of its words by itself, and the ranks of a host share a pipe
            sys.stdout.write(f"rank {dist.get_rank()} sum {int(one.item())}\\n")
            dist.destroy_process_group()
            """
        let job = try LocalJob(script)
        defer { job.remove() }
        let path = "\(NetworkLab.torchrun ?? ""):\(Command.plainEnvironment["PATH"] ?? "")"
        let result = try job.run(
            [
                "train.py", "--hosts", "2", "--hyperparameter", "sagemaker_torch_distributed_enabled=true",
                "--hyperparameter", "sagemaker_mpi_num_of_processes_per_host=2",
            ],
            environment: ["PATH": path, "OMP_NUM_THREADS": "1"]
        )
        #expect(result.status == 0, "\(result.errorText)")
        let lines = result.outputText.split(separator: "\n").filter { $0.contains("sum") }.sorted()
        #expect(
            lines == [
                "[algo-1] rank 0 sum 4", "[algo-1] rank 1 sum 4", "[algo-2] rank 2 sum 4", "[algo-2] rank 3 sum 4",
            ]
        )
    }
}
