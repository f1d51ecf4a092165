import SystemPackage
import TestSupport
import Testing

/// Strangers that read our archives.
enum ArchiveReader: String, CaseIterable, Sendable {
    case gnuTar = "tar"
    case bsdtar
    case python

    /// Extracts an archive into a new directory beside the tree, and gives that directory.
    func extract(_ archive: FilePath, _ tree: JobTree, environment: [String: String] = [:]) throws -> FilePath {
        let target = tree.scratch.appending("extracted-by-\(rawValue)")
        try run("/bin/mkdir", ["-p", target.string])
        switch self {
        case .gnuTar: try run("tar", ["-xf", archive.string, "-C", target.string], environment)
        case .bsdtar: try run("bsdtar", ["-xf", archive.string, "-C", target.string], environment)
        case .python:
            let program = "import sys, tarfile; tarfile.open(sys.argv[1]).extractall(sys.argv[2])"
            try run("python3", ["-c", program, archive.string, target.string], environment)
        }
        return target
    }

    private func run(_ name: String, _ arguments: [String], _ environment: [String: String] = [:]) throws {
        var variables = Command.plainEnvironment
        variables.merge(environment) { $1 }
        let result = try Command("/usr/bin/env", [name] + arguments, environment: variables).run()
        #expect(result.status == 0, "\(name): \(result.errorText)")
    }
}

extension JobTree {
    /// Where the tests pack to.
    var archive: FilePath { scratch.appending("model.tar.gz") }
    var model: FilePath { base.appending("model") }

    /// Runs a shell script in the scratch directory, and gives back what it printed.
    @discardableResult
    func shell(_ script: String, limit: Double = 300) throws -> String {
        let result = try Command("/bin/sh", ["-euc", script], workingDirectory: scratch.string, limit: limit).run()
        #expect(result.status == 0, "\(script): \(result.errorText)")
        return result.outputText
    }

    /// Packs the model directory as a user does.
    func pack(
        _ arguments: [String] = [],
        environment: [String: String] = [:],
        limit: Double = 300
    ) throws
        -> Command.Result
    {
        try train(["pack", model.string, archive.string] + arguments, environment: environment, limit: limit).run()
    }

    /// What `diff` finds between two directories.
    func differences(_ left: FilePath, _ right: FilePath) throws -> String {
        try Command("/usr/bin/diff", ["-r", left.string, right.string]).run().outputText
    }
}
