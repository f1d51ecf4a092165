public import ArgumentParser
public import ContainerRuntime
import Logging
import SystemPackage

#if canImport(Glibc)
import Glibc
#endif

struct PackCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pack",
        abstract: "Packs a directory as the platform would: its content at the root of a .tar.gz."
    )

    @Argument(help: "The directory to pack.")
    var directory: String

    @Argument(help: "The archive to make; - is standard output.")
    var archive: String

    @Option(help: "How much work is put into a smaller archive: fast, balanced, best or store.")
    var level = PackingOptions.Level.fast

    @Option(help: "Threads that compress. (default: the processors that this container has)")
    var threads: Int?

    @Option(help: "What becomes of symbolic links: follow stores what they point to, keep stores links.")
    var symlinks = PackingOptions.Links.follow

    func run() throws {
        let options = PackingOptions(level: level, threads: threads, links: symlinks)
        do {
            let summary = try ModelArchive.pack(
                directory: FilePath(directory),
                to: FilePath(archive),
                options: options
            )
            RuntimeLog.logger().info(
                "packed \(directory): \(summary.entries) entries, \(summary.bytesIn) bytes, in \(summary.bytesOut) bytes"
            )
        } catch {
            RuntimeLog.logger().error("\(error.failureClass.rawValue): \(error)")
            throw ExitCode(error.exitStatus.rawValue)
        }
    }
}

extension PackingOptions.Level: ExpressibleByArgument {}
extension PackingOptions.Links: ExpressibleByArgument {}
