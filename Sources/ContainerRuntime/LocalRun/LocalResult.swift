import Logging
import SystemPackage

#if canImport(Glibc)
import Glibc
#endif

/// What is left of one host: its files, moved out of the tree, and how it ended.
struct LocalResult {
    let host: String
    let directory: FilePath
    let status: ExitStatus
    /// The failure file's text, or nil where there is none.
    let failure: String?

    /// What is moved, in the order in which it is told.
    static let files = ["model.tar.gz", "output.tar.gz", "report.html", "report.json", "failure"]
    private static let more = ["train-report.html", "train-report.json", "metrics"]

    /// Collects the files of a host that has ended.
    init(_ host: LocalHost, _ supervisor: Supervisor) {
        let tree = host.tree
        self.host = tree.host
        directory = tree.results
        status = host.status ?? .failure
        for name in Self.files + Self.more {
            Self.move(tree.paths.output.appending(name), to: tree.results.appending(name))
        }
        failure = (try? readFile(tree.results.appending("failure"), limit: 1 << 16)).map {
            String(decoding: $0, as: UTF8.self)
        }
        // The platform keeps what is there of a failed or stopped job too, and packs it itself.
        Self.pack(tree.paths.model, tree.results.appending("model.tar.gz"), supervisor)
        Self.pack(tree.paths.outputData, tree.results.appending("output.tar.gz"), supervisor)
    }

    private static func move(_ old: FilePath, to new: FilePath) {
        let failed = old.withPlatformString { old in new.withPlatformString { rename(old, $0) } } != 0
        if failed, errno != ENOENT { log.warning("\(old): cannot be moved to \(new): \(Errno(rawValue: errno))") }
    }

    private static func pack(_ directory: FilePath, _ archive: FilePath, _ supervisor: Supervisor) {
        guard !DirectoryListing.exists(archive), directoryEntries(directory)?.isEmpty == false else { return }
        let words = ["train", "pack", directory.string, archive.string]
        let step = Step(
            name: "pack \(archive.lastComponent?.string ?? "")",
            executable: "/proc/self/exe",
            arguments: words.compactMap { RawString($0) },
            environment: EnvironmentVariables.current().entries
        )
        do throws(Failure) {
            let report = try supervisor.run(step, policy: SupervisionPolicy(onStop: .finish), output: .readErrors)
            if !report.isSuccess {
                log.error("\(archive): not made: \(EndingWords.line(report.ending) ?? "it was not begun")")
            }
        } catch {
            log.error("\(archive): not made: \(error)")
        }
    }

    /// Whether it failed only since another host did.
    var followsAnother: Bool { failure?.hasPrefix("\(FailureClass.peer.rawValue):") ?? false }

    /// What DescribeTrainingJob would say: the first 1,024 characters of the file, and the status.
    var failureReason: String {
        let text = String(String.UnicodeScalarView((failure ?? "").unicodeScalars.prefix(1_024)))
        return "AlgorithmError: \(text), exit code: \(status.rawValue)"
    }
}
