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

    /// Any program can print them, and each would take memory until its line ends.
    @Test(arguments: [
        "[1,256]<stdout>:", "[1,-1]<stdout>:", "[1,9223372036854775807]<stderr>:", "[1,1234567]<stdout>:",
    ])
    func aTagOfARankThatThereIsNotIsText(_ tag: String) {
        var tagger = RankTagger(perHost: 1, hosts: ["h", "i"])
        #expect(String(decoding: tagger.take("\(tag)x".utf8), as: UTF8.self) == "\(tag)x")
    }

    @Test func aRankBeyondThePlacesOfTheHostsIsARankAllTheSame() {
        var tagger = RankTagger(perHost: 1, hosts: ["h", "i"])
        #expect(String(decoding: tagger.take("[1,2]<stdout>:x\n".utf8), as: UTF8.self) == "[?:2] x\n")
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

    /// mpirun's own tags have a process, a time of the day has seconds, and another host's name is no rank's.
    @Test(arguments: ["[ip-10-0-1-2:12345] *** x", "[12:30:46] x", "[algo-2:1] x", "[algo-1:4] x", "[algo-1:1"])
    func onlyOurTagsNameARank(_ line: String) {
        let tail = "[algo-1:1] RuntimeError: CUDA error\n\(line)\n"
        let failure = RankFailure.read(Self.plan(.mpi), host: "algo-1", tail: Array(tail.utf8))
        #expect(failure?.cause.line == "RuntimeError: CUDA error (rank 1 on algo-1)")
    }

    @Test func linesOfJSONNameTheirRankAndNotWhatTheirTextLooksLike() {
        let tagger = RankTagger(perHost: 2, hosts: ["algo-1", "algo-2"])
        var lines = JSONLines(stream: "stderr", place: LogPlace(host: "algo-1", rank: 0), ranks: tagger)
        let long = String(repeating: "x", count: 40_000)
        let text = """
            [1,3]<stderr>:\(long)
            [1,3]<stderr>:[12:30:46] ValueError: bad
            [ip-10-0-1-2:12345] *** Process received signal ***
            [12:30:46] a wrapper's
            MPI_ABORT was invoked on rank 3 in communicator MPI_COMM_WORLD
            with errorcode 7.

            """
        let json = lines.take(Array(text.utf8)[...]) + lines.finish()
        let tail = LogLine.messages(json, isTagged: true)
        let failure = RankFailure.read(Self.plan(.mpi), host: "algo-1", tail: tail)
        #expect(failure?.cause.line == "[12:30:46] ValueError: bad (rank 3 on algo-2, exit code 7)")
        #expect(String(decoding: tail, as: UTF8.self).hasPrefix("[algo-2:3] \(long)\n[algo-2:3] [12:30:46] "))
        let plain = String(decoding: LogLine.messages(json), as: UTF8.self)
        #expect(plain.contains("\n[ip-10-0-1-2:12345] *** Process received signal ***\n[12:30:46] a wrapper's\n"))
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

    /// A killed rank has no last words, and a script may call torchrun by itself.
    @Test(arguments: [Launcher.torchrun, .process, .template])
    func whatPyTorchOnlyWarnsOfIsNoCause(_ launcher: Launcher) throws {
        let tail = """
            W1121 10:01:50.000000 7 torch/distributed/run.py:803] Setting OMP_NUM_THREADS for each process to be 1
            [W1121 10:01:55.682558538 socket.cpp:207] [c10d] The hostname of the client socket cannot be retrieved.
            [rank1]:[W1121 10:01:55.682558538 ProcessGroupGloo.cpp:7] slow
            E1121 00:00:00 7 torch/distributed/elastic/multiprocessing/api.py:1015] failed (exitcode: -9) local_rank: 1
            torch.distributed.elastic.multiprocessing.errors.ChildFailedError:
            \(Self.table.split(separator: "3 (pid").joined(separator: "-9 (pid"))
            """
        let failure = try #require(RankFailure.read(Self.plan(launcher), host: "algo-1", tail: Array(tail.utf8)))
        #expect(failure.cause.line == "a rank was killed (rank 1 on algo-1, SIGKILL)")
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
