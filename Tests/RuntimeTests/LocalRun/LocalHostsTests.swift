import SystemPackage
import TestSupport
import Testing

@testable import ContainerRuntime

/// Several hosts on one machine.
@Suite(.timeLimit(.minutes(60)))
struct LocalHostsTests {
    @Test func eachHostHasItsNameItsTreeAndItsLines() throws {
        let script =
            "#!/bin/sh\necho \"$SM_CURRENT_HOST of $SM_HOSTS by $MASTER_ADDR\"; printf last; echo $SM_CURRENT_HOST >$SM_MODEL_DIR/m\n"
        let job = try LocalJob(script, named: "train.sh", mode: 0o755)
        defer { job.remove() }
        let result = try job.run(["train.sh", "--hosts", "2", "--keep"])
        #expect(result.status == 0, "\(result.errorText)")
        let lines = result.outputText.split(separator: "\n").sorted()
        #expect(
            lines == [
                #"[algo-1] algo-1 of ["algo-1","algo-2"] by 127.0.0.1"#, "[algo-1] last",
                #"[algo-2] algo-2 of ["algo-1","algo-2"] by 127.0.0.1"#,
                "[algo-2] last",
            ]
        )
        for host in ["algo-1", "algo-2"] {
            #expect(try job.names(in: "train-local-1/\(host)/model.tar.gz") == ["m"])
            #expect(job.tree.text("train-local-1/\(host)/ml/model/m") == "\(host)\n")
            let resources = job.tree.read("train-local-1/\(host)/ml/input/config/resourceconfig.json") ?? []
            #expect(try JSONReader.read(resources).object?["hosts"] == .strings(["algo-1", "algo-2"]))
        }
        #expect(job.tree.text("train-local-1/hosts") == "127.0.0.1 algo-1\n127.0.0.2 algo-2\n")
    }

    @Test func theFirstFailureEndsTheRestAndIsNamed() throws {
        let script = """
            #!/bin/sh
            [ "$SM_CURRENT_HOST" = algo-2 ] || exec sleep 600
            until [ -e "$GO" ]; do sleep 0.05; done
            echo 'ValueError: bad' >&2; exit 3
            """
        let job = try LocalJob(script, named: "train.sh", mode: 0o755)
        defer { job.remove() }
        let go = job.tree.base.appending("go").string
        let running = try job.command(["train.sh", "--hosts", "2", "--environment", "GO=\(go)"]).start()
        try #require(running.wait { $0.errorText.contains("peers: all 2 hosts have joined") }, "\(running.errorText)")
        try job.tree.write("go", "")
        let result = running.wait()
        #expect(!result.timedOut && result.status == 3, "\(result.errorText)")
        #expect(
            job.tree.text("train-local-1/algo-2/failure")?.hasPrefix("ExecuteUserScriptError: ValueError: bad") ?? false
        )
        let other = job.tree.text("train-local-1/algo-1/failure") ?? ""
        #expect(other.hasPrefix("PeerError: host algo-2: ValueError: bad (exit code 3)\n"), "\(other)")
        #expect(
            result.errorText.contains("  algo-2 failed first\nFailureReason: AlgorithmError: ExecuteUserScriptError")
        )
        #expect(!job.tree.exists("train-local-1/hosts"))
    }

    /// What MPI is refused for holds for nothing else that a job may ask for.
    @Test(
        arguments: [
            (["sagemaker_mpi_enabled=false"], [:]), (["sagemaker_multi_worker_mirrored_strategy_enabled=true"], [:]),
            (["sagemaker_mpi_enabled=true"], ["TRAIN_LAUNCH_COMMAND": "/usr/bin/env {program}"]),
        ] as [([String], [String: String])]
    )
    func otherLaunchersAreTaken(_ parameters: [String], _ variables: [String: String]) throws {
        let job = try LocalJob("#!/bin/sh\necho ran\n", named: "train.sh", mode: 0o755)
        defer { job.remove() }
        let words = parameters.flatMap { ["--hyperparameter", $0] }
        let result = try job.run(["train.sh", "--hosts", "2"] + words, environment: variables)
        #expect(result.status == 0, "\(result.errorText)")
        #expect(result.outputText.split(separator: "\n").sorted() == ["[algo-1] ran", "[algo-2] ran"])
    }

    @Test func aHostsFileIsReadAsTheSystemReadsIts() {
        let file = HostsFile(bytes: Array("# a\n\n127.0.0.1\talgo-1 one # algo-9\r\n::1 one\nlonely\n".utf8))
        #expect(file["algo-1"] == ["127.0.0.1"] && file["one"] == ["127.0.0.1", "::1"])
        #expect(file["algo-9"] == nil && file["lonely"] == nil && file[""] == nil)
    }

    @Test func linesOfAHostAreTaggedWhole() {
        var tagger = HostTagger(host: "a")
        #expect(tagger.take(Array("one\ntw".utf8)[...]) == Array("[a] one\n".utf8))
        #expect(tagger.take(Array("o\n\n".utf8)[...]) == Array("[a] two\n[a] \n".utf8))
        #expect(tagger.finish() == [])
        _ = tagger.take(Array("end".utf8)[...])
        #expect(tagger.finish() == Array("[a] end\n".utf8))
        let long = [UInt8](repeating: 0x78, count: HostTagger.longestLine)
        let line = Array("[a] ".utf8) + long + [0x0a]
        #expect((tagger.take((long + [0x0a])[...]) == line) && tagger.finish() == [])
        #expect((tagger.take((long + [0x79])[...]) == line) && tagger.finish() == Array("[a] y\n".utf8))
    }
}
