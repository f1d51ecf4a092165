import SystemPackage
import Testing

@testable import ContainerRuntime

/// What a program prints is read by PID 1: nothing of it may end it.
@Suite(.timeLimit(.minutes(60)))
struct RankFuzzTests {
    private static let tails = [
        """
        [algo-1:0] Traceback (most recent call last):
        [algo-1:0]   File "train.py", line 2, in <module>
        [algo-1:0] RuntimeError: late
        [1,3]<stderr>:Traceback (most recent call last):
        [1,3]<stderr>:ValueError: bad
        MPI_ABORT was invoked on rank 3 in communicator MPI_COMM_WORLD
        with errorcode 7.
        """,
        """
        [algo-2:2] Killed
        mpirun noticed that process rank 2 with PID 9 on node algo-2 exited on signal 9 (Killed).
        Process name: [[5460,1],3]
        Exit code:    3
        """,
        """
        [rank0]: Traceback (most recent call last):
        [rank0]: RuntimeError: Connection closed by peer
        During handling of the above exception, another exception occurred:
        [rank1]: ValueError: bad
        E1121 00:00:00 7 torch/distributed/elastic/multiprocessing/api.py:1015] failed (exitcode: 3) local_rank: 1
        Root Cause (first observed failure):
        [0]:
          time      : 2026-01-01_00:00:00
          rank      : 1 (local_rank: 1)
          exitcode  : -9 (pid: 7)
          traceback : Signal 9 (SIGKILL) received by PID 7
        """,
        """
        {"time":1,"host":"algo-2","rank":3,"stream":"stderr","message":"ValueError: bad","partial":true}
        {"time":1,"host":"algo-1","rank":-1,"stream":"stderr","message":"[algo-1:0] x"}
        {"time":1,"host":7,"rank":9223372036854775807,"stream":"stderr","message":"[1,0]<stderr>:x"}
        """,
    ]

    private static let pieces = [
        "[", "]", ":", ",", " ", "\n", "\r\n", "\0", "-", "-1", "0", "64", "256", "2147483648", "9223372036854775807",
        "-9223372036854775808", "99999999999999999999", "[algo-1:", "[algo-2:3] ", "[1,3]<stderr>:", "[1,",
        "]<stderr>:",
        "Traceback (most recent call last):\n", "MPI_ABORT was invoked on rank ", "with errorcode ", "Process name: [[",
        "noticed that process rank ", "exited on signal ", "Exit code: ", "Root Cause (first observed failure)\n",
        "rank      : ", "exitcode  : ", "ValueError: ", "é", "\u{0301}", "😀", "During handling of the above",
    ].map { Array($0.utf8) }

    private struct Dice {
        var state: UInt64

        mutating func roll(_ sides: Int) -> Int {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return Int(state % UInt64(max(1, sides)))
        }

        mutating func mutate(_ tail: inout [UInt8]) {
            let place = roll(tail.count + 1)
            switch roll(6) {
            case 0: tail.insert(UInt8(roll(256)), at: place)
            case 1: if place < tail.count { tail[place] = UInt8(roll(256)) }
            case 2: tail.removeSubrange(place..<min(tail.count, place + roll(40)))
            case 3: tail.insert(contentsOf: tail[place..<min(tail.count, place + roll(80))], at: place)
            case 4:
                // A number becomes another one.
                let digits = tail.indices.filter { tail[$0].isASCIIDigit }
                guard !digits.isEmpty else { return }
                let digit = digits[roll(digits.count)]
                tail.replaceSubrange(digit...digit, with: RankFuzzTests.pieces[8 + roll(9)])
            default: tail.insert(contentsOf: RankFuzzTests.pieces[roll(RankFuzzTests.pieces.count)], at: place)
            }
        }
    }

    @Test(arguments: 1...8)
    func noTailEndsThoseWhoReadIt(_ seed: Int) {
        var dice = Dice(state: UInt64(seed) &* 0x9e37_79b9_7f4a_7c15)
        let launchers: [Launcher] = [.mpi, .smddp, .torchrun]
        for round in 0..<1_500 {
            var tail = Array(Self.tails[dice.roll(Self.tails.count)].utf8)
            for _ in 0...dice.roll(12) { dice.mutate(&tail) }
            if round % 3 == 0 { tail = LogLine.messages(tail, isTagged: round % 2 == 0) }
            var plan = LaunchPlan(step: Step(name: "x", executable: "/x", arguments: [], environment: []))
            plan.launcher = launchers[dice.roll(launchers.count)]
            plan.hosts = Array(["algo-1", "algo-2", ""].prefix(dice.roll(4)))
            plan.processesPerHost = [2, 1, 0, -1, .max][dice.roll(5)]
            guard let failure = RankFailure.read(plan, host: "algo-1", tail: tail) else { continue }
            #expect(!failure.line.isEmpty && !failure.cause.line.isEmpty)
            #expect(failure.host == nil || failure.host == "algo-1" || plan.hosts.contains(failure.host ?? ""))
            // What becomes of it afterwards.
            var told = PeerFailure(host: "algo-1", kind: .failed, line: failure.line, time: failure.time ?? 0)
            (told.rank, told.exitCode, told.signal) = (failure.rank, failure.exitCode, failure.signal)
            #expect(!told.words.isEmpty)
            #expect(PeerMessage.failed(told).line(time: 1).count <= PeerMessage.longest)
        }
    }
}
