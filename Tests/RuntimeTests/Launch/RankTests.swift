import SystemPackage
import TestSupport
import Testing

@testable import ContainerRuntime

@Suite struct RankTests {
    // MARK: Lines

    @Test func aLineInPiecesIsOneLineWithHostAndRank() {
        var tagger = RankTagger(perHost: 2, hosts: ["algo-1", "algo-2"])
        let text = "JOB MAP\n[1,0]<stdout>:rank 0 [1,3]<stdout>:hello\n[1,0]<stdout>:of 4\n[1,2]<stdout>:last"
        let lines = String(decoding: tagger.take(text.utf8) + tagger.finish(), as: UTF8.self)
        #expect(lines == "JOB MAP\n[algo-2:3] hello\n[algo-1:0] rank 0 of 4\n[algo-2:2] last\n")
    }

    @Test func whereTheBytesAreCutChangesNothing() {
        let text = Array("x[1,0]<stdout>:a[b,c]\r[1,1]<stderr>:é\n[1,0]<stdout>:[1,0]<std\n[2\n".utf8)
        var whole = RankTagger(perHost: 1, hosts: ["h", "i"])
        let expected = whole.take(text) + whole.finish()
        for size in 1...7 {
            var tagger = RankTagger(perHost: 1, hosts: ["h", "i"])
            var output: [UInt8] = []
            for start in stride(from: 0, to: text.count, by: size) {
                output += tagger.take(text[start..<min(start + size, text.count)])
            }
            #expect(output + tagger.finish() == expected)
        }
        #expect(String(decoding: expected, as: UTF8.self) == "x[h:0] a[b,c]\r[i:1] é\n[h:0] [1,0]<std\n[2\n")
    }

    @Test func aLineWithoutAnEndIsCut() {
        var tagger = RankTagger(perHost: 1, hosts: ["h"])
        let output = tagger.take("[1,0]<stdout>:".utf8) + tagger.take([UInt8](repeating: 120, count: 200_000))
        #expect(output.count > 130_000)
    }

    // MARK: Failures

    private static func plan(_ launcher: Launcher, errorFile: FilePath? = nil) -> LaunchPlan {
        var plan = LaunchPlan(step: Step(name: "x", executable: "/x", arguments: [], environment: []))
        plan.launcher = launcher
        plan.hosts = ["algo-1", "algo-2"]
        plan.processesPerHost = 2
        plan.errorFile = errorFile
        return plan
    }

    @Test func mpirunNamesTheRankThatFailedAndItsExceptionIsTold() throws {
        let tail = """
            [algo-1:0] Traceback (most recent call last):
            [algo-1:0]   File "train.py", line 2, in <module>
            [algo-1:0] RuntimeError: late
            [1,3]<stderr>:Traceback (most recent call last):
            [1,3]<stderr>:  File "train.py", line 5, in <module>
            [1,3]<stderr>:ValueError: bad
            MPI_ABORT was invoked on rank 3 in communicator MPI_COMM_WORLD
            with errorcode 7.
            """
        let failure = try #require(RankFailure.read(Self.plan(.mpi), host: "algo-1", tail: Array(tail.utf8)))
        #expect(failure.cause.line == "ValueError: bad (rank 3 on algo-2, exit code 7)")
    }

    /// Any program can print what looks like a tag or like torchrun's table.
    @Test(arguments: ["[a:-1] x", "[a:-9223372036854775808] x", "[1,99999999999999999999]<stderr>:x", "[a:9999] x"])
    func aRankThatIsNoneNamesNoHost(_ line: String) {
        #expect(RankFailure.read(Self.plan(.mpi), host: "algo-1", tail: Array(line.utf8))?.host == nil)
    }

    @Test func anExitCodeOfAnySizeIsRead() {
        let code = "exitcode  : -9223372036854775808 (pid: 7)"
        let table = "Root Cause (first observed failure):\n[0]:\n  rank : 0\n  \(code)\n"
        let failure = RankFailure.read(Self.plan(.torchrun), host: "algo-1", tail: Array(table.utf8))
        #expect(failure?.signal == .max)
    }

    @Test func aKilledRankIsNamedWithItsSignal() throws {
        let tail = "mpirun noticed that process rank 2 with PID 9 on node algo-2 exited on signal 9 (Killed).\n"
        let failure = try #require(RankFailure.read(Self.plan(.mpi), host: "algo-1", tail: Array(tail.utf8)))
        #expect(failure.rank == 2 && failure.signal == 9 && failure.host == "algo-2")
    }

    private static let table = """
        Root Cause (first observed failure):
        [0]:
          time      : 2026-01-01_00:00:00
          host      : algo-1
          rank      : 1 (local_rank: 1)
          exitcode  : 3 (pid: 7)
          error_file: <N/A>
        """

    @Test func torchrunsFirstFailureIsTheCauseAndNotWhatItBrokeElsewhere() throws {
        let tail = """
            [rank0]: Traceback (most recent call last):
            [rank0]:   File "train.py", line 5, in <module>
            [rank0]: RuntimeError: Connection closed by peer
            [rank1]: Traceback (most recent call last):
            [rank1]:   File "train.py", line 5, in <module>
            [rank1]: ValueError: bad
            E1121 00:00:00 7 torch/distributed/elastic/multiprocessing/api.py:1015] failed (exitcode: 3) local_rank: 1
            Traceback (most recent call last):
              File "/bin/torchrun", line 8, in <module>
            torch.distributed.elastic.multiprocessing.errors.ChildFailedError:
            \(Self.table)
            """
        let failure = try #require(RankFailure.read(Self.plan(.torchrun), host: "algo-1", tail: Array(tail.utf8)))
        #expect(failure.cause.line == "ValueError: bad (rank 1 on algo-1, exit code 3)")
    }

    @Test func theErrorFileIsReadAndAHostileOneIsNot() throws {
        let tree = try JobTree()
        defer { tree.remove() }
        let file = tree.base.appending("error.json")
        let json =
            #"{"message": {"message": "ValueError: from the file", "extraInfo": {"py_callstack": "a\nb", "timestamp": "17"}}}"#
        try tree.write("error.json", json)
        let plan = Self.plan(.torchrun, errorFile: file)
        let failure = try #require(RankFailure.read(plan, host: "algo-1", tail: Array(Self.table.utf8)))
        #expect(failure.line == "ValueError: from the file" && failure.time == 17_000 && failure.rank == 1)
        for hostile in ["[", "{}", #"{"message": 7}"#, String(repeating: "[", count: 100_000)] {
            try tree.write("error.json", hostile)
            let failure = RankFailure.read(plan, host: "algo-1", tail: Array(Self.table.utf8))
            #expect(failure?.line == "a rank ended without a word")
        }
    }
}
