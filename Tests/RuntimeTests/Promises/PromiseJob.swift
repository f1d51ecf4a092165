import SystemPackage
import TestSupport

/// A whole job with one program, in its surroundings, and what it left behind.
struct PromiseJob {
    let tree: JobTree
    let surroundings: Surroundings

    /// What a job left behind: the four things that a promise speaks of.
    struct Ending {
        let result: Command.Result
        /// The failure file.
        let failure: String?
        /// The names in model.tar.gz as GNU tar lists them, or nil where there is no archive.
        let archive: [String]?
        /// Whether output/success is there.
        let success: Bool

        var status: Int32 { result.status }
        var errors: String { result.errorText }
        /// The failure file's first line.
        var cause: String { failure.map { String($0.prefix { $0 != "\n" }) } ?? "" }

        /// Exit 0, the archive, the success file and no failure file are one thing: promise 1.
        var isConsistent: Bool {
            status == 0
                ? failure == nil && archive != nil && success
                : failure != nil && archive == nil && !success
        }
    }

    /// Makes a job whose program has that text.
    init(_ surroundings: Surroundings, _ program: String, named name: String = "train.sh") throws {
        tree = try JobTree()
        self.surroundings = surroundings
        try tree.makeDirectory("model")
        try tree.makeDirectory("output/data")
        try tree.write("code/\(name)", program, mode: 0o755)
        try hyperparameters("\"sagemaker_program\": \"\(name)\"")
    }

    /// Replaces the hyperparameters: the members of the JSON object.
    func hyperparameters(_ members: String) throws {
        try tree.write("input/config/hyperparameters.json", "{\(members)}")
    }

    /// The command in its surroundings; TRAIN_PYTHON is the interpreter itself, so that nothing else starts with it.
    func command(_ environment: [String: String] = [:], limit: Double = 300) -> Command {
        var variables = ["TRAIN_PYTHON": Command.python, "PROBE": Command.probe, "ML": tree.base.string]
        variables.merge(environment) { $1 }
        return surroundings.wrap(tree.train(environment: variables, limit: limit))
    }

    /// What is there now, with the result of a command that has ended.
    func ending(_ result: Command.Result) -> Ending {
        let archive = tree.base.appending("output/model.tar.gz").string
        var names: [String]?
        if tree.exists("output/model.tar.gz") {
            let listed = try? Command("/bin/tar", ["-tzf", archive]).run()
            let problem = "broken archive: \(listed?.errorText ?? "tar was not started")"
            names = listed?.status == 0 ? listed?.outputText.split(separator: "\n").map(String.init) : [problem]
        }
        return Ending(
            result: result,
            failure: tree.text("output/failure"),
            archive: names,
            success: tree.exists("output/success")
        )
    }

    /// Runs the job to its end.
    func run(_ environment: [String: String] = [:], limit: Double = 300) throws -> Ending {
        ending(try command(environment, limit: limit).run())
    }

    /// Runs a job of that program and removes it.
    static func run(
        _ surroundings: Surroundings,
        _ program: String,
        named name: String = "train.sh",
        environment: [String: String] = [:]
    ) throws -> Ending {
        let job = try PromiseJob(surroundings, program, named: name)
        defer { job.tree.remove() }
        return try job.run(environment)
    }
}

/// A command inside shell text: each word in single quotes.
func quoted(_ command: Command) -> String {
    ([command.executable] + command.arguments)
        .map { "'" + $0.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'" }
        .joined(separator: " ")
}
