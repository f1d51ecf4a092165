import SystemPackage
import TestSupport
import Testing

@testable import ContainerRuntime

#if canImport(Glibc)
import Glibc
#endif

/// Whom the channel hears, where it listens, and when there is none.
@Suite(.serialized, .timeLimit(.minutes(60)))
struct ChannelReachTests {
    /// Lists the command lines of what runs beside the program.
    private static let beside = """
        for child in $(cat /proc/$PPID/task/$PPID/children); do tr '\\0' ' ' < /proc/$child/cmdline; echo; done

        """

    @Test func itListensOnTheJobsAddressAndHearsOnlyItsHosts() throws {
        let cluster = try PlainCluster(2) { _ in Self.beside + PlainCluster.waiting }
        defer { cluster.remove() }
        let running = try (0..<2).map { try cluster.start($0) }
        try cluster.awaitAll(running)
        let program = """
            import socket, sys
            port = int(sys.argv[1])
            for place, own in [("127.0.0.9", "127.0.0.2"), ("127.0.0.1", "127.0.0.77")]:
                try:
                    s = socket.create_connection((place, port), 10, (own, 0))
                    print("heard", len(s.recv(10)))
                except OSError as error:
                    print(type(error).__name__)
            """
        let attack = try Command("/usr/bin/python3", ["-c", program, String(cluster.port)]).run()
        #expect(attack.outputText == "ConnectionRefusedError\nheard 0\n", "\(attack.outputText)\(attack.errorText)")
        for tree in cluster.trees { try tree.write("stop", "") }
        let results = running.map { $0.wait() }
        #expect(results.map(\.status) == [0, 0], "\(results.map(\.errorText))")
        #expect(results[0].errorText.contains("peers: 127.0.0.77 is no host of this job, and was refused"))
        for result in results { #expect(result.outputText.contains(" internal channel "), "\(result.outputText)") }
    }

    /// The machine stands still for sixteen seconds in the middle of a read: what the third host said meanwhile lies in its
    /// socket.
    @Test(.enabled(if: Faults.canAttach, "strace is missing or may not attach"))
    func whoPausesTakesNobodyForGone() throws {
        let cluster = try PlainCluster(3) { _ in PlainCluster.waiting }
        defer { cluster.remove() }
        var running = try (0..<2).map {
            try cluster.start($0, environment: $0 == 0 ? ["TRAIN_PEER_TIMEOUT": "12s"] : [:])
        }
        try #require(running[1].wait { $0.outputText.contains("ready") })
        // So that the two beats hardly come at the same moment, and only one of them is read before the pause.
        usleep(700_000)
        running.append(try cluster.start(2))
        try cluster.awaitAll(running)
        let companion = try #require(
            ProcessEntry.descendants(of: running[0].pid).first { process in
                let words = try? readFile(FilePath("/proc/\(process.pid)/cmdline"))
                return words.map { String(decoding: $0, as: UTF8.self).contains("channel") } ?? false
            }
        )
        let log = cluster.trees[0].base.appending("strace")
        let words = ["strace", "-qq", "-o", log.string, "-p", "\(companion.pid)", "-e", "trace=recvfrom"]
        let strace = try Command("/usr/bin/env", words + ["-e", "inject=recvfrom:delay_exit=16000000:when=1"]).start()
        // It goes on when it has read a few times more.
        func reads() -> Int { (cluster.trees[0].text("strace") ?? "").split(separator: "\n").count }
        #expect(strace.wait { _ in reads() > 8 || running[0].hasEnded }, "\(strace.errorText)")
        #expect(cluster.trees[0].text("strace")?.contains("DELAYED") ?? false)
        for tree in cluster.trees { try tree.write("stop", "") }
        #expect(running.map { $0.wait().status } == [0, 0, 0], "\(running.map(\.errorText))")
    }

    @Test func aJobOfOneHostHasNoChannelAndAsksForNoName() throws {
        let cluster = try PlainCluster(1, program: { _ in Self.beside }, names: ["no-such-host.invalid"])
        defer { cluster.remove() }
        let result = try cluster.start(0, environment: ["TRAIN_HOST_TIMEOUT": "1s"]).wait()
        #expect(result.status == 0, "\(result.errorText)")
        #expect(result.outputText.contains("train.sh") && !result.outputText.contains(" peer "), "\(result.outputText)")
    }

    @Test func onesOwnNameIsNeverAskedFor() throws {
        let names = ["no-such-host.invalid", "127.0.0.2"]
        let cluster = try PlainCluster(2, program: { _ in "exit 0\n" }, names: names)
        defer { cluster.remove() }
        let result = try cluster.start(0, environment: ["TRAIN_HOST_TIMEOUT": "2s"]).wait()
        #expect(result.status == 0, "\(result.errorText)")
        #expect(!result.errorText.contains("waiting for names"), "\(result.errorText)")
    }

    /// Needs a network namespace, whose hosts file grows while it is read.
    @Test(.enabled(if: NetworkLab.isPossible, "needs root and iproute2"))
    func aNameThatComesLaterIsAskedForAgain() throws {
        let lab = try NetworkLab(hosts: 2)
        defer { lab.remove() }
        try lab.write(program: "#!/bin/sh\necho done\n", [], name: "train.sh")
        let file = "/etc/netns/\(lab.name)-1/hosts"
        let all = try #require(Files.read(FilePath(file)))
        // In place: the file is mounted.
        func set(_ text: String) throws {
            let result = try Command("/bin/sh", ["-c", "printf %s \"$1\" > \"$0\"", file, text]).run()
            #expect(result.status == 0)
        }
        try set("127.0.0.1 localhost\n")
        let running = try (1...2).map { try lab.start($0) }
        try #require(running[0].wait { $0.errorText.contains("waiting for names: algo-2") })
        try set(String(decoding: all, as: UTF8.self))
        let results = running.map { $0.wait() }
        #expect(results.map(\.status) == [0, 0], "\(results.map(\.errorText))")
    }
}
