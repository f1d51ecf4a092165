import SystemPackage
import TestSupport
import Testing

@testable import ContainerRuntime

/// Whose keys open the hosts of a job over MPI, and what is left of them.
///
/// Needs the superuser, iproute2, openmpi-bin, openssh-server, openssh-client and python3-mpi4py; skipped without them.
@Suite(.enabled(if: NetworkLab.hasMPI, "needs root, Open MPI, sshd, iproute2"), .serialized, .timeLimit(.minutes(60)))
struct SSHJobTests {
    private static let program = """
        from mpi4py import MPI
        print("total", MPI.COMM_WORLD.allreduce(1), flush=True)
        """
    private static let parameters: [(String, JSONValue)] = [("sagemaker_mpi_enabled", .bool(true))]

    private func job() throws -> (lab: NetworkLab, home: FilePath, environment: [String: String]) {
        let lab = try NetworkLab(hosts: 2)
        try lab.write(program: Self.program, Self.parameters)
        try lab.tree.makeDirectory("../home")
        let home = lab.tree.scratch.appending("home")
        return (lab, home, ["TRAIN_PYTHON": "/usr/bin/python3", "HOME": home.string])
    }

    @Test func theImagesKeyOpensItsOtherHosts() throws {
        let (lab, home, environment) = try job()
        defer { lab.remove() }
        try lab.tree.makeDirectory("../home/.ssh")
        let script =
            "ssh-keygen -q -t ed25519 -N '' -f \"$0/.ssh/id_ed25519\" && "
            + "cp \"$0/.ssh/id_ed25519.pub\" \"$0/.ssh/authorized_keys\""
        #expect(try Command("/bin/sh", ["-c", script, home.string]).run().status == 0)
        let results = try lab.run(environment: environment)
        #expect(results.map(\.status) == [0, 0], "\(results.map(\.errorText))")
        #expect(results[0].errorText.contains("ssh: the image's key \(home)/.ssh/id_ed25519 is used"))
        #expect(results[0].outputText.contains("[algo-2:1] total 2\n"), "\(results[0].outputText)")
    }

    /// An image's private key that its own authorized_keys does not name opens nothing: no other key is tried.
    @Test func aStrangersKeyOpensNothing() throws {
        let (lab, home, environment) = try job()
        defer { lab.remove() }
        try lab.tree.makeDirectory("../home/.ssh")
        let script = "ssh-keygen -q -t ed25519 -N '' -f \"$0/.ssh/id_ed25519\" && : > \"$0/.ssh/authorized_keys\""
        #expect(try Command("/bin/sh", ["-c", script, home.string]).run().status == 0)
        let results = try lab.run(environment: environment)
        #expect(results[0].status != 0 && results[1].status == 1)
        #expect(lab.failure(2).hasPrefix("PeerError: host algo-1"), "\(lab.failure(2))")
    }

    @Test func nothingIsWrittenToTheHomeOrToEtc() throws {
        let (lab, home, environment) = try job()
        defer { lab.remove() }
        func listing() throws -> String {
            try Command("/bin/ls", ["-lA", "--time-style=full-iso", "/etc/ssh", "/etc/environment"]).run().outputText
        }
        let before = try listing()
        let results = try lab.run(environment: environment)
        #expect(results.map(\.status) == [0, 0], "\(results.map(\.errorText))")
        #expect(try Command("/bin/ls", ["-A", home.string]).run().outputText == "")
        #expect(try listing() == before)
    }

    /// Of all tools of ssh none is on the PATH.
    @Test func oneHostNeedsNoSSH() throws {
        let tree = try JobTree()
        defer { tree.remove() }
        try tree.write("code/train.py", "import socket\n\(Self.program)\nprint(socket.gethostname(), flush=True)\n")
        try tree.write(
            "input/config/hyperparameters.json",
            #"{"sagemaker_mpi_enabled": "true", "sagemaker_mpi_num_of_processes_per_host": "2"}"#
        )
        try tree.makeDirectory("bin")
        let script = "for tool in mpirun orted sh; do ln -s \"$(command -v $tool)\" \"$0/$tool\"; done"
        #expect(try Command("/bin/sh", ["-c", script, tree.base.appending("bin").string]).run().status == 0)
        let variables = [
            "PATH": tree.base.appending("bin").string, "TRAIN_PYTHON": "/usr/bin/python3", "TRAIN_PACK": "never",
            "OMPI_MCA_orte_tmpdir_base": tree.scratch.string,
        ]
        let result = try tree.train(environment: variables).run()
        #expect(result.status == 0, "\(result.errorText)")
        #expect(result.outputText.contains("[algo-1:1] total 2\n"), "\(result.outputText)")
        #expect(result.outputText.contains("[algo-1:1] algo-1\n"), "\(result.outputText)")
        let words = "gethostname answers algo-1 by a preloaded library: the container has another name"
        #expect(result.errorText.contains(words), "\(result.errorText)")
    }
}
