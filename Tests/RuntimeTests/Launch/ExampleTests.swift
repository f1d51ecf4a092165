import SystemPackage
import TestSupport
import Testing

@testable import ContainerRuntime

/// The examples of many hosts, run as their READMEs say.
@Suite(.serialized, .timeLimit(.minutes(60)))
struct DistributedExampleTests {
    private func lab(_ name: String) throws -> NetworkLab {
        let root = FilePath(#filePath).removingLastComponent().removingLastComponent().removingLastComponent()
            .removingLastComponent()
        let folder = root.appending("Examples/\(name)")
        let program = try #require(Files.read(folder.appending("train.py")))
        let parameters = try #require(Files.read(folder.appending("hyperparameters.json")))
        let lab = try NetworkLab(hosts: 2)
        try lab.write(program: String(decoding: program, as: UTF8.self), [])
        for host in 1...2 { try lab.tree.write("../algo-\(host)/input/config/hyperparameters.json", parameters) }
        return lab
    }

    // Needs Open MPI, OpenSSH, mpi4py and the superuser.
    @Test(.enabled(if: NetworkLab.hasMPI, "needs root, Open MPI, sshd and iproute2"))
    func piIsEstimatedByAllRanks() throws {
        let lab = try lab("pi")
        defer { lab.remove() }
        let results = try lab.run(environment: ["TRAIN_PYTHON": "/usr/bin/python3"])
        #expect(results.map(\.status) == [0, 0], "\(results.map(\.errorText))")
        let model = try #require(lab.tree.text("../algo-1/model/pi.json"))
        #expect(model.contains(#""ranks": 4"#) && model.contains(#""pi": 3.1"#), "\(model)")
    }

    // Needs PyTorch and the superuser.
    @Test(.enabled(if: NetworkLab.torchrun != nil, "needs root and torchrun"))
    func allRanksEndWithOneModel() throws {
        let lab = try lab("allreduce")
        defer { lab.remove() }
        let path = "\(NetworkLab.torchrun ?? ""):\(Command.plainEnvironment["PATH"] ?? "")"
        let results = try lab.run(environment: ["PATH": path, "OMP_NUM_THREADS": "1"])
        #expect(results.map(\.status) == [0, 0], "\(results.map(\.errorText))")
        #expect(lab.tree.exists("../algo-1/model/model.pt") && !lab.tree.exists("../algo-2/model/model.pt"))
        let lines = results.map(\.outputText).joined().split(separator: "\n").filter { $0.hasPrefix("rank ") }
        #expect(lines.count == 4)
        // After its rank all say the same.
        #expect(Set(lines.map { $0.split(separator: ":").last }).count == 1, "\(lines)")
    }
}
