import SystemPackage
import TestSupport

@testable import ContainerRuntime

/// A directory to try `train local` in: what is written is beside the script, and so are the results.
struct LocalJob {
    let tree: JobTree
    /// The temporary directory of the commands, empty at the start.
    var temporary: FilePath { tree.scratch.appending("tmp") }

    init(_ script: String = "", named name: String = "train.py", mode: UInt32 = 0o644) throws {
        tree = try JobTree()
        try tree.write(name, script, mode: mode)
        try FileSystem.makeDirectories(temporary)
    }

    func command(_ arguments: [String], environment: [String: String] = [:]) -> Command {
        var variables = Command.plainEnvironment
        variables["TMPDIR"] = temporary.string
        variables.merge(environment) { $1 }
        return Command(
            Command.train,
            ["local"] + arguments,
            environment: variables,
            workingDirectory: tree.base.string
        )
    }

    func run(_ arguments: [String], environment: [String: String] = [:]) throws -> Command.Result {
        try command(arguments, environment: environment).run()
    }

    /// The names in a gzipped tar, as GNU tar reads them.
    func names(in archive: String) throws -> [String] {
        let told = try Command("/usr/bin/env", ["tar", "tzf", tree.base.appending(archive).string]).run()
        return told.outputText.split(separator: "\n").map(String.init).sorted()
    }

    func remove() { tree.remove() }

    /// A script that prints its arguments, its variables of the contract and some others, as JSON.
    static let teller = """
        import json, os, sys
        names = ("SM_", "SAGEMAKER_", "TRAINING_", "NVIDIA_", "CUDA_", "PYTHONPATH", "MINE")
        print(json.dumps({"argv": sys.argv[1:],
                          "variables": {k: v for k, v in os.environ.items() if k.startswith(names)}}))
        """
}

/// What the teller told.
struct Told {
    let arguments: [String]
    let variables: [String: String]

    init?(_ result: Command.Result) {
        let line = result.outputText.split(separator: "\n").last { $0.hasPrefix("{\"argv\"") } ?? ""
        guard let object = (try? JSONReader.read(text: String(line)))?.object,
            let variables = object["variables"]?.object
        else { return nil }
        arguments = object["argv"]?.array?.compactMap(\.string) ?? []
        self.variables = Dictionary(
            variables.compactMap { pair in pair.value.string.map { (pair.key, $0) } },
            uniquingKeysWith: { $1 }
        )
    }
}
