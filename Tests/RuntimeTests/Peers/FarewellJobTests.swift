import SystemPackage
import TestSupport
import Testing

@testable import ContainerRuntime

/// Two hosts that are never there at the same time, or hardly: their programs succeed, and so does the job.
@Suite(.serialized, .timeLimit(.minutes(60)))
struct FarewellJobTests {
    @Test(arguments: [[1, 0], [0, 1]])
    func whoEndedLongAgoFailsNobody(_ order: [Int]) throws {
        let cluster = try PlainCluster(2) { $0 == order[0] ? "exit 0\n" : PlainCluster.waiting }
        defer { cluster.remove() }
        let first = try cluster.start(order[0], environment: ["TRAIN_HOST_TIMEOUT": "2s"]).wait()
        let second = try cluster.start(order[1], environment: ["TRAIN_HOST_TIMEOUT": "2s"])
        #expect(second.wait { $0.errorText.contains("never joined") })
        try cluster.trees[order[1]].write("stop", "")
        let results = [first, second.wait()]
        #expect(results.map(\.status) == [0, 0], "\(results.map(\.errorText))")
        let words =
            "host 127.0.0.\(order[0] + 1) never joined: nothing was heard of it within 2 s; unless it joins later"
        #expect(results[1].errorText.contains(words), "\(results[1].errorText)")
    }

    /// What runs beside the rest of a failed hub's job.
    @Test func whoJoinsLateHearsOfTheFailure() throws {
        let tree = try JobTree()
        defer { tree.remove() }
        var settings = PeerChannel.settings("a")
        (settings.directory, settings.port) = (tree.base, FreePort.next())
        try tree.write("peer.json", settings.json)
        let failure = PeerFailure(host: "b", kind: .failed, line: "ValueError: bad", time: 1)
        try tree.write("peer-verdict.json", PeerVerdict.first(failure).json)
        let program = """
            import json, socket, subprocess, sys, time
            child = subprocess.Popen([sys.argv[1], "internal", "channel", "directory=" + sys.argv[2]], stdin=subprocess.PIPE)
            for _ in range(1500):
                try:
                    s = socket.create_connection(("127.0.0.1", int(sys.argv[3])), 20)
                    break
                except ConnectionRefusedError:
                    time.sleep(0.1)
            s.sendall(json.dumps({"type": "hello", "time": 1, "hello": {"host": "c", "job": "j"}}).encode() + b"\\n")
            lines = s.makefile()
            print(json.loads(lines.readline())["type"], json.loads(lines.readline())["failure"]["line"])
            s.close()
            child.stdin.close()
            print(child.wait())
            """
        let words = ["-c", program, Command.train, tree.base.string, String(settings.port)]
        let result = try Command("/usr/bin/python3", words).run()
        #expect(result.outputText == "hello ValueError: bad\n0\n", "\(result.errorText)")
    }

    @Test(arguments: [[1, 0], [0, 1]])
    func whoHasJustEndedIsHeardByWhoJoins(_ order: [Int]) throws {
        let cluster = try PlainCluster(2) { $0 == order[0] ? "echo done\n" : PlainCluster.waiting }
        defer { cluster.remove() }
        let first = try cluster.start(order[0])
        try #require(first.wait { $0.outputText.contains("done") })
        let second = try cluster.start(order[1])
        let words = order[1] == 0 ? "peers: all 2 hosts have joined" : "peers: 127.0.0.1 has ended with success"
        #expect(second.wait { $0.errorText.contains(words) }, "\(second.errorText)")
        try cluster.trees[order[1]].write("stop", "")
        let results = [first.wait(), second.wait()]
        #expect(results.map(\.status) == [0, 0], "\(results.map(\.errorText))")
    }
}
