import ArgumentParser
import ContainerRuntime

/// `train local SCRIPT`: a job on this machine, without a container or in one.
struct LocalCommand: SupervisingCommand {
    static let configuration = CommandConfiguration(
        commandName: "local",
        abstract: "Runs a script as a training job on this machine, without a container.",
        usage: "train local SCRIPT [--channel NAME=PATH …] [--hyperparameter NAME=VALUE …] [options] [-- ARGUMENT …]",
        discussion: """
            Makes what a job finds below /opt/ml, runs the job in it, and leaves model.tar.gz, output.tar.gz, job.log and \
            report.html in a new directory. At the end it says how the job ended and what the platform would call the \
            reason. It ends with the status of the job, and with 64 where an option cannot be used.

            Example:
              train local train.py --channel training=./data --hyperparameter epochs=3
            """
    )

    @Argument(help: "The script: a Python file, a shell script or a program.", completion: .file())
    var script: String

    @Option(
        name: .customLong("channel"),
        parsing: .singleValue,
        help: ArgumentHelp(
            "Data: a directory or a file, linked and not copied, or s3://BUCKET/PREFIX; with pipe: before it, in Pipe mode.",
            valueName: "name=path"
        )
    )
    var channels: [String] = []

    @Option(
        name: .customLong("hyperparameter"),
        parsing: .singleValue,
        help: ArgumentHelp("A hyperparameter; a value that is JSON is taken as such.", valueName: "name=value")
    )
    var hyperparameters: [String] = []

    @Option(
        name: .customLong("hyperparameters"),
        help: ArgumentHelp("A JSON object of hyperparameters.", valueName: "file"),
        completion: .file()
    )
    var hyperparameterFile: String?

    @Option(
        help:
            "The directory of the code, with the script in it, or where the job fetches it: s3://… (default: the script alone)",
        completion: .directory
    )
    var source: String?

    @Option(help: ArgumentHelp("Packages to install before.", valueName: "file"), completion: .file())
    var requirements: String?

    @Option(
        name: .customLong("dependency"),
        parsing: .singleValue,
        help: ArgumentHelp("A directory of modules, put onto PYTHONPATH.", valueName: "directory"),
        completion: .directory
    )
    var dependencies: [String] = []

    @Option(
        help: ArgumentHelp(
            "Where the results go: a new or an empty directory. (default: train-local-1, -2, …)",
            valueName: "directory"
        ),
        completion: .directory
    )
    var output: String?

    @Option(help: ArgumentHelp("How many hosts: processes on loopback addresses.", valueName: "count"))
    var hosts = 1

    @Option(help: ArgumentHelp("How many of this machine's GPUs the job sees. (default: all)", valueName: "count"))
    var gpus: Int?

    @Option(
        name: .customLong("environment"),
        parsing: .singleValue,
        help: ArgumentHelp("A variable of the job.", valueName: "name=value")
    )
    var variables: [String] = []

    @Option(
        help: ArgumentHelp("The checkpoints: what is in it is there at the start.", valueName: "directory"),
        completion: .directory
    )
    var checkpoints: String?

    @Option(
        help: ArgumentHelp("A directory or an archive for the channel model, of S3 too.", valueName: "path"),
        completion: .file()
    )
    var model: String?

    @Option(
        name: .customLong("metric"),
        parsing: .singleValue,
        help: ArgumentHelp("A metric to look for in the log.", valueName: "name=regex")
    )
    var metrics: [String] = []

    @Option(
        name: .customLong("max-runtime"),
        help: ArgumentHelp("How long the job may run, as TRAIN_MAX_RUNTIME.", valueName: "time")
    )
    var maximumRunTime: String?

    @Option(help: ArgumentHelp("Stop the job then as the platform does: SIGTERM, 120 s, SIGKILL.", valueName: "time"))
    var stopAfter: String?

    @Flag(
        name: .customLong("spot-restart"),
        help: "After --stop-after (or 10 s) start the job again, with nothing but its checkpoints."
    )
    var restarts = false

    @Option(
        help: ArgumentHelp("Run it in Docker, in this image: \"train\" with the tree as /opt/ml.", valueName: "image")
    )
    var image: String?

    @Flag(name: .customLong("keep"), help: "Keep the tree that the job ran in, as ml beside the results.")
    var keeps = false

    @Argument(parsing: .postTerminator, help: "What goes to the script as it is, behind its hyperparameters.")
    var arguments: [String] = []

    func run() {
        let startup = Startup.shared
        let request: LocalRequest
        do throws(Failure) {
            request = try LocalRequest(options)
        } catch {
            _ = error.tell()
            startup.finish(.usage)
        }
        do throws(Failure) {
            let supervisor = try Supervisor(inbox: startup.inbox, usesTerminal: false)
            let incoming = EnvironmentVariables(entries: startup.environment)
            startup.finish(try LocalRun(request, incoming: incoming, supervisor: supervisor).run())
        } catch {
            let status = error.tell()
            if error.code.name == "settingUnusable" { startup.finish(.usage) }
            startup.finish(status)
        }
    }

    private var options: LocalOptions {
        var options = LocalOptions()
        (options.script, options.source, options.requirements) = (script, source, requirements)
        (options.channels, options.model, options.checkpoints) = (channels, model, checkpoints)
        (options.hyperparameters, options.hyperparameterFile) = (hyperparameters, hyperparameterFile)
        (options.dependencies, options.variables, options.metrics) = (dependencies, variables, metrics)
        (options.output, options.hosts, options.gpus) = (output, hosts, gpus)
        (options.maximumRunTime, options.stopAfter) = (maximumRunTime, stopAfter)
        (options.restarts, options.keeps, options.image) = (restarts, keeps, image)
        // As bytes: `arguments` has mended what is no UTF-8.
        options.arguments = Startup.shared.passedArguments
        return options
    }
}
