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
        do throws(Failure) {
            _ = try Self.modificationTime()
        } catch {
            throw ValidationError("\(error)")
        }
    }

    func run() throws {
        // Nobody may be reading our log any more.
        Signal.pipe.ignore()
        do throws(Failure) {
            if verify { try check() } else { try pack() }
        } catch {
            throw ExitCode(error.tell(namesClass: true).rawValue)
        }
    }

    private func check() throws(Failure) {
        let archive = paths[0]
        let summary = try ModelArchive.verify(FilePath(archive), manifest: manifest.map { FilePath($0) })
        let entries = Amount.count(summary.entries, "entry", "entries")
        RuntimeLog.logger().info("\(archive) is whole: \(entries), \(Amount.bytes(summary.bytesIn)) of files")
    }

    private func pack() throws(Failure) {
        let options = PackingOptions(
            level: level,
            threads: threads,
            links: symlinks,
            format: paths[1].hasSuffix("/") ? .directory : nil,
            modificationTime: try Self.modificationTime(),
            manifest: manifest.map { FilePath($0) }
        )
        let summary = summary.map { FilePath($0) }
        try ModelArchive.pack(FilePath(paths[0]), to: FilePath(paths[1]), summary: summary, options)
    }

    private static func modificationTime() throws(Failure) -> Int {
        try PackingOptions.modificationTime(EnvironmentVariables(entries: Startup.shared.environment))
    }
}

extension PackingOptions.Level: ExpressibleByArgument {}
extension PackingOptions.Links: ExpressibleByArgument {}
