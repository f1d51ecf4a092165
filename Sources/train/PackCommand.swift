public import ArgumentParser
public import ContainerRuntime
import Logging
import SystemPackage

/// `train pack`: packs a directory as the platform would, or checks an archive that it packed.
struct PackCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pack",
        abstract: "Packs a directory as the platform would: its content at the root of a .tar.gz.",
        usage: """
            train pack DIRECTORY ARCHIVE [--level LEVEL] [--threads N] [--symlinks follow|keep] [--manifest FILE]
                 [--summary FILE]
            train pack --verify ARCHIVE [--manifest FILE]
            """,
        discussion: """
            ARCHIVE is a .tar.gz or, by its name, a .tar; with a slash at its end it is a directory that the files are copied \
            to; - is standard output. It appears whole or not at all. The same files give the same bytes.
            """
    )

    @Argument(help: ArgumentHelp("The directory and the archive.", valueName: "path"), completion: .file())
    var paths: [String]

    @Option(help: "How much work is put into a smaller archive: fast, balanced, best or store.")
    var level = PackingOptions.Level.fast

    @Option(help: "Threads that compress. (default: the processors that this container has)")
    var threads: Int?

    @Option(help: "What becomes of symbolic links: follow stores what they point to, keep stores links.")
    var symlinks = PackingOptions.Links.follow

    @Option(help: "A file for the SHA-256 of every file, in the format of sha256sum; with --verify: to compare with.")
    var manifest: String?

    @Option(help: "A file for what the archive holds, as JSON: entries, bytes, and its SHA-256 where that is fast.")
    var summary: String?

    @Flag(help: "Read all of an archive and check every byte.")
    var verify = false

    func validate() throws {
        guard paths.count == (verify ? 1 : 2) else {
            throw ValidationError(verify ? "--verify takes one archive" : "a directory and an archive are expected")
        }
        if let threads, !(1...1024).contains(threads) { throw ValidationError("--threads takes 1 to 1024") }
        if !verify, paths[1] == "-", FileDescriptor.standardOutput.isTerminal {
            throw ValidationError("an archive is not written to a terminal")
        }
        _ = try Self.sourceDateEpoch()
    }

    func run() throws {
        // Nobody may be reading our log any more: that must not cost the archive. A pipe as the archive gives EPIPE.
        Signal.pipe.ignore()
        do {
            if verify { try check() } else { try pack() }
        } catch let failure as Failure {
            // Whatever the level: the job takes its failure from this line.
            RuntimeLog.shared.write("error: \(failure.failureClass.rawValue): \(failure)")
            throw ExitCode(failure.exitStatus.rawValue)
        }
    }

    private func check() throws {
        let archive = paths[0]
        let summary = try ModelArchive.verify(FilePath(archive), manifest: manifest.map { FilePath($0) })
        RuntimeLog.logger().info(
            "\(archive) is whole: \(summary.entries) entries, \(Amount.bytes(summary.bytesIn)) of files"
        )
    }

    private func pack() throws {
        ModelArchive.removeTemporariesOnSignals()
        let line = ProgressLine("packing \(paths[0])")
        let options = PackingOptions(
            level: level,
            threads: threads,
            links: symlinks,
            format: paths[1].hasSuffix("/") ? .directory : nil,
            modificationTime: try Self.sourceDateEpoch(),
            manifest: manifest.map { FilePath($0) },
            digest: self.summary != nil && PackingSummary.digestIsCheap,
            countsAhead: line.isOnTerminal
        ) { told in
            let ratio = Amount.percent(told.bytesOut, of: told.bytesIn)
            line.show(done: told.bytesIn, total: told.total, more: ", \(ratio) of the size")
        }
        let started = ContinuousClock.now
        defer { line.clear() }
        let summary = try ModelArchive.pack(directory: FilePath(paths[0]), to: FilePath(paths[1]), options: options)
        line.clear()
        if let file = self.summary { try summary.write(to: FilePath(file)) }
        let seconds = max(ContinuousClock.now - started, .microseconds(1)) / .seconds(1)
        RuntimeLog.logger().info(
            """
            packed \(paths[0]) into \(paths[1]): \(summary.entries) entries, \(Amount.bytes(summary.bytesIn)) in \
            \(Amount.bytes(summary.bytesOut)) (\(Amount.percent(summary.bytesOut, of: summary.bytesIn))), \
            \(Amount.seconds(seconds)), \(Amount.bytes(Int(Double(summary.bytesIn) / seconds))) a second
            """
        )
    }

    // https://reproducible-builds.org/specs/source-date-epoch/
    private static func sourceDateEpoch() throws -> Int {
        guard let text = variable("SOURCE_DATE_EPOCH"), !text.isEmpty else { return 0 }
        guard let seconds = Int(text), seconds >= 0, seconds < 1 << 40 else {
            throw ValidationError("SOURCE_DATE_EPOCH must be seconds since 1970, found \"\(text)\"")
        }
        return seconds
    }
}

extension PackingOptions.Level: ExpressibleByArgument {}
extension PackingOptions.Links: ExpressibleByArgument {}
