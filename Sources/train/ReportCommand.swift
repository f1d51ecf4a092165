import ArgumentParser
import ContainerRuntime
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

    func run() throws {
        let page: ReportPage
        do throws(Failure) {
            let settings = try RuntimeSettings(environment: EnvironmentVariables.current())
            let record = try RunReport.find(path.map { FilePath($0) } ?? settings.baseDirectory)
            if output != "-" { return try ReportPage.make(of: record, at: output.map { FilePath($0) }) }
            page = ReportPage(try RunReport(record))
        } catch {
            throw ExitCode(error.tell().rawValue)
        }
        try StandardOutput.write(page.bytes)
    }
}
