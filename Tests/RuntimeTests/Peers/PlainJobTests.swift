import SystemPackage
import TestSupport
import Testing

@testable import ContainerRuntime

#if canImport(Glibc)
import Glibc
#endif

/// Jobs of several hosts without an engine, on the loopback network: numbers are their names, so that nothing is needed.
@Suite(.serialized, .timeLimit(.minutes(60)))
struct PlainJobTests {
    @Test func aFailureOfOneHostEndsAllAndIsNamed() throws {
        let cluster = try PlainCluster(3) { PlainCluster.waiting + ($0 == 1 ? PlainCluster.failing : "") }
        defer { cluster.remove() }
        let running = try (0..<3).map { try cluster.start($0) }
        try cluster.awaitAll(running)
        try cluster.trees[1].write("stop", "")
        let results = running.map { $0.wait() }
        #expect(results.map(\.status) == [1, 3, 1], "\(results.map(\.errorText))")
        #expect(cluster.failure(1).hasPrefix("ExecuteUserScriptError: ValueError: bad\nExitCode 3\n"))
        for host in [0, 2] {
            let words = "PeerError: host 127.0.0.2: ValueError: bad (exit code 3)\n"
            #expect(cluster.failure(host).hasPrefix(words), "\(cluster.failure(host))")
        }
    }

    @Test func aHostThatVanishesIsNamed() throws {
        let cluster = try PlainCluster(3) { _ in PlainCluster.waiting }
        defer { cluster.remove() }
        let running = try (0..<3).map { try cluster.start($0) }
        try cluster.awaitAll(running)
        running[2].send(SIGKILL)
        try cluster.trees[2].write("stop", "")
        for index in 0..<2 {
            #expect(running[index].wait().status == 1)
            #expect(cluster.failure(index).hasPrefix("PeerError: host 127.0.0.3 vanished"), "\(cluster.failure(index))")
        }
        _ = running[2].wait()
    }

    @Test func whenTheHubVanishesThatIsTheFailure() throws {
        let cluster = try PlainCluster(2) { _ in PlainCluster.waiting }
        defer { cluster.remove() }
        let running = try (0..<2).map { try cluster.start($0) }
        try cluster.awaitAll(running)
        running[0].send(SIGKILL)
        try cluster.trees[0].write("stop", "")
        #expect(running[1].wait().status == 1)
        #expect(cluster.failure(1).hasPrefix("PeerError: host 127.0.0.1 vanished"), "\(cluster.failure(1))")
        _ = running[0].wait()
    }

    @Test func hostsMayEndAtDifferentTimes() throws {
        let cluster = try PlainCluster(3) { "sleep \($0)\n" }
        defer { cluster.remove() }
        let results = try cluster.run()
        #expect(results.map(\.status) == [0, 0, 0], "\(results.map(\.errorText))")
    }

    @Test func aStopOfOneHostIsToldToTheOthers() throws {
        let cluster = try PlainCluster(2) { _ in PlainCluster.waiting }
        defer { cluster.remove() }
        let running = try (0..<2).map { try cluster.start($0) }
        try cluster.awaitAll(running)
        running[1].send(SIGTERM)
        let results = running.map { $0.wait() }
        #expect(results[1].status == 143 && results[0].status == 1)
        #expect(cluster.failure(1).hasPrefix("StoppedError: stopped by SIGTERM"))
        #expect(cluster.failure(0).hasPrefix("PeerError: host 127.0.0.2 was stopped: SIGTERM"), "\(cluster.failure(0))")
    }

    @Test func aNameThatDoesNotResolveIsNamedAfterTheTimeout() throws {
        let cluster = try PlainCluster(2, program: { _ in "exit 0\n" }, names: ["127.0.0.1", "no-such-host.invalid"])
        defer { cluster.remove() }
        let result = try cluster.start(0, environment: ["TRAIN_HOST_TIMEOUT": "1s"]).wait()
        #expect(result.status == 1)
        #expect(
            cluster.failure(0).hasPrefix("PeerError: no-such-host.invalid: no address after 1 s"),
            "\(cluster.failure(0))"
        )
    }

    @Test func aStopEndsTheWaitForNames() throws {
        let cluster = try PlainCluster(2, program: { _ in "exit 0\n" }, names: ["127.0.0.1", "no-such-host.invalid"])
        defer { cluster.remove() }
        let running = try cluster.start(0)
        try #require(running.wait { $0.errorText.contains("waiting for names") })
        running.send(SIGTERM)
        #expect(running.wait().status == 143)
        #expect(cluster.failure(0).hasPrefix("StoppedError: stopped by SIGTERM"), "\(cluster.failure(0))")
    }

    @Test func hostileBytesOnThePortAreALineInTheLog() throws {
        let cluster = try PlainCluster(2) { _ in PlainCluster.waiting }
        defer { cluster.remove() }
        let running = try (0..<2).map { try cluster.start($0) }
        for host in running { try #require(host.wait { $0.outputText.contains("ready") }) }
        let program = """
            import os, socket, sys, time
            def connect():
                # The program runs beside the channel, and may be ready before it.
                for _ in range(600):
                    try:
                        return socket.create_connection(("127.0.0.1", int(sys.argv[1])), timeout=10)
                    except ConnectionRefusedError:
                        time.sleep(0.05)
                sys.exit("nobody listens")
            def send(data):
                s = connect()
                try:
                    s.sendall(data)
                    s.recv(10)
                except OSError:
                    pass
            for data in [b"GET / HTTP/1.1\\r\\n\\r\\n", os.urandom(5000) + b"\\n", b"x" * 100000, b"{}\\n", b'{"type":"first"}\\n',
                         b'{"type":"hello","time":1,"hello":{"host":"127.0.0.2","job":"other"}}\\n']:
                send(data)
            """
        let attack = try Command("/usr/bin/python3", ["-c", program, String(cluster.port)]).run()
        #expect(attack.status == 0, "\(attack.errorText)")
        for tree in cluster.trees { try tree.write("stop", "") }
        let results = running.map { $0.wait() }
        #expect(results.map(\.status) == [0, 0], "\(results.map(\.errorText))")
        #expect(results[0].errorText.contains("peers: 127.0.0.1 sent what is no message"))
        #expect(results[0].errorText.contains("sent a line of more than 8192 bytes"))
        #expect(results[0].errorText.contains("is not of this job"))
    }

    @Test func aHostCannotJoinAsAnother() throws {
        let cluster = try PlainCluster(3) { _ in PlainCluster.waiting }
        defer { cluster.remove() }
        let first = try cluster.start(0)
        try #require(first.wait { $0.outputText.contains("ready") })
        let program = """
            import json, socket, sys, time
            for _ in range(1500):
                try:
                    s = socket.create_connection(("127.0.0.1", int(sys.argv[1])), 10, ("127.0.0.3", 0))
                    break
                except ConnectionRefusedError:
                    time.sleep(0.1)
            hello = {"host": "127.0.0.2", "job": sys.argv[2]}
            s.sendall(json.dumps({"type": "hello", "time": 1, "hello": hello}).encode() + b"\\n")
            print(len(s.recv(10)))
            """
        let job = JobDigest.text(["", "127.0.0.1", "127.0.0.2", "127.0.0.3"])
        let attack = try Command("/usr/bin/python3", ["-c", program, String(cluster.port), job]).run()
        #expect(attack.outputText == "0\n", "\(attack.errorText)")
        let others = try [1, 2].map { try cluster.start($0) }
        for host in others { try #require(host.wait { $0.outputText.contains("ready") }) }
        for tree in cluster.trees { try tree.write("stop", "") }
        let results = ([first] + others).map { $0.wait() }
        #expect(results.map(\.status) == [0, 0, 0], "\(results.map(\.errorText))")
        #expect(results[0].errorText.contains("127.0.0.3 calls itself 127.0.0.2, which has other addresses"))
    }

    @Test(arguments: [
        ("torchrun", "sagemaker_torch_distributed_enabled"), ("mpirun", "sagemaker_mpi_enabled"),
        ("mpirun", "sagemaker_distributed_dataparallel_enabled"),
    ])
    func aMissingLauncherIsNamedAndHowItWasChosen(_ tool: String, _ flag: String) throws {
        let tree = try JobTree()
        defer { tree.remove() }
        try tree.write("code/train.py", "")
        try tree.write("input/config/hyperparameters.json", "{\"\(flag)\": \"true\"}")
        try tree.makeDirectory("bin")
        let path = tree.base.appending("bin").string
        let result = try tree.train(environment: ["PATH": path, "TRAIN_PYTHON": "/usr/bin/python3"]).run()
        #expect(result.status == 127)
        let words = "\"\(tool)\" is not in the image, and \(flag) asks for it"
        #expect(tree.text("output/failure")?.contains(words) ?? false, "\(tree.text("output/failure") ?? "")")
    }
}
