import SystemPackage
import TestSupport
import Testing

@testable import ContainerRuntime

#if canImport(Glibc)
import Glibc
#endif

/// The image of Docker/Dockerfile, where it has been built and Docker runs.
enum BaseImage {
    static let name = "container-runtime:base"

    static func docker(_ words: [String]) -> Command.Result? {
        try? Command("/usr/bin/env", ["docker"] + words).run()
    }

    static let isThere: Bool = docker(["image", "inspect", name])?.status == 0

    /// The containers and networks that a local run has left.
    static func left(by job: LocalJob) throws -> String {
        let files = ["report.json", "algo-1/report.json", "ml/input/config/hyperparameters.json"]
        let texts = files.compactMap { job.tree.text("train-local-1/\($0)") }
        let name = try #require(texts.first?.firstMatch(of: /train-local-[0-9]{10,}/)?.output)
        let filter = ["--filter", "label=train-local=\(name)", "--quiet"]
        return [["ps", "--all"], ["network", "ls"]].map { docker($0 + filter)?.outputText ?? "?" }.joined()
    }
}

/// `--image` with a real Docker.
@Suite(
    .enabled(if: BaseImage.isThere, "docker does not run, or container-runtime:base has not been built"),
    .timeLimit(.minutes(60)),
    .serialized
)
struct LocalImageTests {
    private static let image = ["--image", BaseImage.name]

    @Test func theImageSeesTheTreeAsThePlatformHasIt() throws {
        let script = """
            import json, os, far
            names = ("SM_MODEL_DIR", "SM_CHANNEL_A", "SM_CHANNEL_B", "LINES", "PATH_OF_MINE", "SM_HP_EPOCHS", "HOME")
            print(json.dumps({"argv": [far.x], "variables": {n: os.environ.get(n, "") for n in names}}))
            print(os.listdir(os.environ["SM_CHANNEL_A"]), open("/opt/ml/input/data/b/it,s \\"q\\".csv").read())
            open("/opt/ml/model/m", "w").write("x")
            os.mkdir("/opt/ml/output/data/deep"); open("/opt/ml/output/data/deep/t", "w").write("x")
            open("/opt/ml/checkpoints/c", "w").write(open("/opt/ml/input/config/checkpointconfig.json").read())
            """
        let job = try LocalJob(script)
        defer { job.remove() }
        try job.tree.write("data,1/x", "1")
        try job.tree.write("it,s \"q\".csv", "of b")
        try job.tree.write("lib/far.py", "x = 'far'")
        let words = ["--channel", "a=data,1", "--channel", "b=it,s \"q\".csv", "--hyperparameter", "epochs=3"]
        let more = [
            "--dependency", "lib", "--environment", "LINES=a\nb", "--environment", "HOME=/tmp", "--checkpoints", "kept",
        ]
        let result = try job.run(["train.py"] + words + more + Self.image)
        #expect(result.status == 0, "\(result.errorText)")
        let told = try #require(Told(result))
        #expect(told.arguments == ["far"] && told.variables["LINES"] == "a\nb" && told.variables["HOME"] == "/tmp")
        #expect(told.variables["SM_MODEL_DIR"] == "/opt/ml/model" && told.variables["SM_HP_EPOCHS"] == "3")
        #expect(result.outputText.hasSuffix("['x'] of b\n"))
        #expect(try job.names(in: "train-local-1/model.tar.gz") == ["m"])
        #expect(try job.names(in: "train-local-1/output.tar.gz") == ["deep/", "deep/t"])
        #expect(job.tree.text("kept/c") == #"{"LocalPath":"/opt/ml/checkpoints"}"#)
        let entries = DirectoryListing.names(job.tree.base.appending("train-local-1"))
        // A job of a second has samples of resources.
        let left = entries.filter { $0 != "metrics" }
        #expect(left == ["job.log", "model.tar.gz", "output.tar.gz", "report.html", "report.json"])
        #expect(try BaseImage.left(by: job) == "")
    }

    @Test func aFailureIsThatOfTheJob() throws {
        let job = try LocalJob("import sys; print('ValueError: bad', file=sys.stderr); sys.exit(3)")
        defer { job.remove() }
        let result = try job.run(["train.py", "--keep"] + Self.image)
        #expect(result.status == 3, "\(result.errorText)")
        #expect(result.errorText.contains("FailureReason: AlgorithmError: ExecuteUserScriptError: ValueError: bad"))
        #expect(job.tree.exists("train-local-1/ml/code/train.py") && !job.tree.exists("train-local-1/.ml"))
    }

    @Test func anImageWithAnOrdinaryUserMayWriteWhereAJobWrites() throws {
        let (user, name) = ("4242:4242", "container-runtime-test:user-\(getpid())")
        let made = try #require(BaseImage.docker(["create", BaseImage.name])).outputText.filter { !$0.isWhitespace }
        defer { _ = BaseImage.docker(["rm", made]) }
        try #require(BaseImage.docker(["commit", "--change", "USER \(user)", made, name])?.status == 0)
        defer { _ = BaseImage.docker(["rmi", name]) }
        let script = """
            import os
            for place in ("model", "output/data", "checkpoints", "code", "."):
                open("/opt/ml/" + place + "/of-the-user", "w").write("x")
            print(os.getuid(), open("/opt/ml/input/config/hyperparameters.json").read() != "")
            """
        let job = try LocalJob(script, mode: 0o600)
        defer { job.remove() }
        let result = try job.run(["train.py", "--image", name, "--checkpoints", "kept"])
        #expect(result.status == 0 && result.outputText == "4242 True\n", "\(result.errorText)")
        #expect(try job.names(in: "train-local-1/model.tar.gz") == ["of-the-user"])
        #expect(job.tree.text("kept/of-the-user") == "x" && !job.tree.exists("train-local-1/.ml"))
    }

    @Test func aStopReachesTheScriptAndTheSecondEndsTheContainer() throws {
        let script = """
            import os, signal, sys, time
            def save(*_):
                open("/opt/ml/model/saved", "w").write("x"); print("saved", flush=True)
            signal.signal(signal.SIGTERM, save)
            print("on", flush=True)
            while not (os.path.exists("/opt/ml/model/saved") and len(sys.argv) < 2): time.sleep(0.1)
            """
        for waits in [false, true] {
            let job = try LocalJob(script)
            defer { job.remove() }
            let words = waits ? ["--hyperparameter", "stay=1", "--keep"] : []
            let running = try job.command(["train.py"] + words + Self.image).start()
            #expect(running.wait { $0.outputText.contains("on\n") })
            running.send(SIGTERM)
            if waits {
                #expect(running.wait { $0.outputText.contains("saved\n") })
                running.send(SIGINT)
            }
            let result = running.wait()
            #expect(!result.timedOut && result.status == (waits ? 137 : 0), "\(result.errorText)")
            #expect(result.errorText.contains("train local: Stopped after "))
            #expect(try job.names(in: "train-local-1/model.tar.gz") == ["saved"])
            #expect(try BaseImage.left(by: job) == "")
        }
    }

    @Test func severalHostsFindEachOtherAndTheirNetworkIsRemoved() throws {
        let script = """
            import os, socket, time
            me = os.environ["SM_CURRENT_HOST"]
            print(me, len({socket.gethostbyname(name) for name in ("algo-1", "algo-2")}), flush=True)
            if me == "algo-1":
                server = socket.create_server(("", 7777))
                time.sleep(100)
            # Not before the other one has spoken: it is ended at once.
            for _ in range(600):
                try:
                    socket.create_connection(("algo-1", 7777), timeout=10)
                    raise ValueError("bad")
                except OSError:
                    time.sleep(0.05)
            """
        let job = try LocalJob(script)
        defer { job.remove() }
        let result = try job.run(["train.py", "--hosts", "2"] + Self.image)
        #expect(!result.timedOut && result.status == 1, "\(result.errorText)")
        let lines = result.outputText.split(separator: "\n").sorted()
        #expect(lines == ["[algo-1] algo-1 2", "[algo-2] algo-2 2"])
        #expect(result.errorText.contains("  algo-2 failed first\n"), "\(result.errorText)")
        #expect(try BaseImage.left(by: job) == "")
    }

    @Test func pipeModeReachesIntoTheContainer() throws {
        let job = try LocalJob("for n in 0, 1: print(open('/opt/ml/input/data/training_%d' % n).read())")
        defer { job.remove() }
        try job.tree.write("data", "abc")
        let result = try job.run(["train.py", "--channel", "training=pipe:data"] + Self.image)
        #expect(result.status == 0 && result.outputText == "abc\nabc\n", "\(result.errorText)")
    }

    @Test func anImageThatCannotBePulledIsToldInDockersWords() throws {
        let job = try LocalJob("print('ran')")
        defer { job.remove() }
        let result = try job.run(["train.py", "--image", "nowhere.invalid/x:1"])
        #expect(result.status == 64 && result.output == [], "\(result.errorText)")
        #expect(result.errorText.contains("--image must be an image that docker has or can pull ("))
        #expect(DirectoryListing.names(job.tree.base) == ["train.py"], "nothing is made")
    }
}
