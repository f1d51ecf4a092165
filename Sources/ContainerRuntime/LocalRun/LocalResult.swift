import Logging
import SystemPackage

/// What is left of one host: its files, moved out of the tree, and how it ended.
struct LocalResult {
    let host: String
    let directory: FilePath
    let status: ExitStatus
    /// The failure file's text, or nil where there is none.
    let failure: String?
    private let isContainer: Bool

    /// What is moved, in the order in which it is told.
    static let files = ["model.tar.gz", "output.tar.gz", "report.html", "report.json", "failure"]
    private static let more = ["train-report.html", "train-report.json", "metrics"]

    /// Collects the files of a host that has ended.
    init(_ host: LocalHost, _ supervisor: Supervisor) {
        let tree = host.tree
        self.host = tree.host
        directory = tree.results
        status = host.status ?? .failure
        isContainer = tree.container != nil
        for name in Self.files + Self.more {
            Self.move(tree.paths.output.appending(name), to: tree.results.appending(name))
        }
        failure = (try? readFile(tree.results.appending("failure"), limit: 1 << 16)).map {
            String(decoding: $0, as: UTF8.self)
        }
        // The platform keeps what is there of a failed or stopped job too, and packs it itself.
        pack(tree.paths.model, supervisor, "model.tar.gz")
        pack(tree.paths.outputData, supervisor, "output.tar.gz")
        makePage(supervisor)
    }

    private static func move(_ old: FilePath, to new: FilePath) {
        do throws(Errno) { try FileSystem.rename(old, to: new) } catch .noSuchFileOrDirectory {
            return
        } catch {
            log.warning("\(old): cannot be moved to \(new): \(error)")
        }
    }

    private func pack(_ tree: FilePath, _ supervisor: Supervisor, _ name: String) {
        let archive = directory.appending(name)
        guard !FileSystem.exists(archive), DirectoryListing.holdsSomething(tree) else { return }
        run("pack \(name)", .pack(tree, to: archive, summary: nil), supervisor)
    }

    /// Out of the job's own time, and also where it was stopped and had none left.
    private func makePage(_ supervisor: Supervisor) {
        let names = ["report.json", "train-report.json"].map { directory.appending($0) }
        guard let record = names.last(where: { FileSystem.exists($0) }) else { return }
        run("report page", .report(record, seconds: 60), supervisor)
    }

    private func run(_ name: String, _ task: HelperTask, _ supervisor: Supervisor) {
        var environment = EnvironmentVariables.current()
        // What is done here is told in the summary.
        environment.set("SM_LOG_LEVEL", "30")
        let step = HelperRequest(task).step(name, environment: environment.entries)
        do throws(Failure) {
            let report = try supervisor.run(step, policy: SupervisionPolicy(onStop: .finish), output: .readErrors)
            if !report.isSuccess { log.error("\(name): \(EndingWords.line(report.ending) ?? "it was not begun")") }
        } catch {
            log.error("\(name): \(error)")
        }
    }

    /// Whether it failed only since another host did.
    var followsAnother: Bool { failure?.hasPrefix("\(FailureClass.peer.rawValue):") ?? false }

    /// What DescribeTrainingJob would say: the first 1,024 characters of the file, and the status.
    var failureReason: String {
        // docker-run(1): 125 of Docker itself, 126 and 127 where the command cannot be executed or is not there.
        if isContainer, failure == nil, 125...127 ~= status.rawValue {
            return "none, docker could not start train in the image: exit code \(status.rawValue), see job.log"
        }
        let text = String(String.UnicodeScalarView((failure ?? "").unicodeScalars.prefix(1_024)))
        return "AlgorithmError: \(text), exit code: \(status.rawValue)"
    }
}
