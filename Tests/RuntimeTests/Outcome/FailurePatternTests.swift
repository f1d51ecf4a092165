import SystemPackage
import Testing

@testable import ContainerRuntime

@Suite struct FailurePatternTests {
    private func name(_ evidence: FailureEvidence) -> String? {
        FailurePattern.all.first { $0.advice(evidence) != nil }?.name
    }

    private func evidence(_ tail: String, _ ending: StepReport.Ending = .exited(1)) -> FailureEvidence {
        let cause = RootCause(tail: Array(tail.utf8))?.line ?? ""
        return FailureEvidence(ending: ending, tail: tail, cause: cause)
    }

    @Test func deathBySIGKILLAloneIsNotCalledOutOfMemory() {
        #expect(name(evidence("", .signaled(.kill, coreDumped: false))) == nil)
        var killed = evidence("", .signaled(.kill, coreDumped: false))
        killed.memoryKills = 1
        #expect(name(killed) == "out of memory")
    }

    @Test func aBusErrorIsSharedMemoryOnlyWhereThatIsSmallOrFull() {
        var evidence = evidence("", .signaled(.bus, coreDumped: false))
        evidence.sharedMemorySize = 64 << 30
        #expect(name(evidence) == nil)
        evidence.sharedMemorySize = 64 << 20
        #expect(name(evidence) == "shared memory")
    }

    @Test(
        arguments: [
            ("torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB\n", "CUDA out of memory"),
            ("[rank1]: Watchdog caught collective operation timeout: WorkNCCL(SeqNum=1)\n", "NCCL timeout"),
            ("OSError: [Errno 28] No space left on device: '/opt/ml/model/x'\n", "disk full"),
            ("ModuleNotFoundError: No module named 'sklearn.svm'\n", "missing module"),
            ("PermissionError: [Errno 13] Permission denied: '/opt/ml/model/x'\n", "permission"),
            ("ValueError: nothing known\n", nil),
        ] as [(String, String?)]
    )
    func knownTextsAreRecognised(_ tail: String, _ expected: String?) {
        #expect(name(evidence(tail)) == expected)
    }

    @Test(arguments: [
        ("PermissionError: [Errno 13] Permission denied: '/opt/ml/x'\n", "may not use /opt/ml/x as user"),
        ("cp: cannot open '/opt/ml/x' for reading: Permission denied\n", "may not use the file as user"),
    ])
    func whatMayNotBeUsedIsNamedWhereItIsKnown(_ tail: String, _ words: String) throws {
        #expect(try #require(FailurePattern.permission.advice(evidence(tail))).contains(words))
    }

    @Test func aMissingChannelListsThoseThatAreThere() throws {
        var evidence = evidence(
            "FileNotFoundError: [Errno 2] No such file or directory: '/opt/ml/input/data/training/x.csv'\n"
        )
        evidence.inputData = "/opt/ml/input/data"
        evidence.channels = ["test", "train"]
        let advice = try #require(FailurePattern.missingChannel.advice(evidence))
        #expect(advice == "Channels in /opt/ml/input/data: test, train")
    }

    @Test func theModuleToInstallIsNamed() throws {
        let evidence = evidence("ModuleNotFoundError: No module named 'sklearn.svm'\n")
        let advice = try #require(FailurePattern.missingModule.advice(evidence))
        #expect(advice.contains("The module sklearn is not installed"))
    }
}
