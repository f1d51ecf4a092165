import ArgumentParser
import ContainerRuntime
import Logging
import SystemPackage

/// `train report`: makes the page of a run.
struct ReportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Makes a page of what happened in a run: one file, which needs no network.",
        discussion: """
            PATH is the base directory of a job, or its report.json; without it the base directory is SAGEMAKER_BASE_DIR, \
            else /opt/ml. Metrics and resources are read from the directory metrics beside the record. The page is \
            written beside the record as report.html, or where --output says; - is standard output.
            """
    )

    @Argument(help: "The base directory of a job, or its report.json.", completion: .file())
    var path: String?

    @Option(name: .shortAndLong, help: "Where the page is written.", completion: .file())
    var output: String?

    @Option(help: .hidden)
    var seconds: Int?

    func run() throws {
        // A page that takes too long ends with its process: alarm(2).
        if let seconds { CurrentProcess.setAlarm(seconds: seconds) }
        let page: ReportPage
        do throws(Failure) {
            let settings = try RuntimeSettings(environment: EnvironmentVariables.current())
            let record = try RunReport.find(path.map { FilePath($0) } ?? settings.baseDirectory)
            page = ReportPage(try RunReport(record))
            if output != "-" {
                let file = output.map { FilePath($0) } ?? ReportPage.place(beside: record)
                try page.write(to: file)
                return RuntimeLog.logger().info("\(file): the page of the run")
            }
        } catch {
            RuntimeLog.shared.write("error: \(error)")
            throw ExitCode(error.exitStatus.rawValue)
        }
        try StandardOutput.write(page.bytes)
    }
}

/// The command `train record`: what a job finds out about itself beside its program; not for people.
struct RecordCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "record",
        abstract: "Digests the code and counts the channels of a job; a job starts it by itself.",
        shouldDisplay: false
    )

    @Argument(help: "The base directory.")
    var base: String

    @Argument(help: "When the code was in place, in nanoseconds since 1970.")
    var moment: Int

    @Argument(help: "Where the facts are written.")
    var file: String

    func run() throws {
        // Whatever the program needs, it needs first.
        CurrentProcess.lowerPriority()
        do throws(Failure) {
            try RunFacts.run(base: FilePath(base), moment: moment, file: FilePath(file))
        } catch {
            RuntimeLog.shared.write("warning: \(error)")
            throw ExitCode(error.exitStatus.rawValue)
        }
    }
}
