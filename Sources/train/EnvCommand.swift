import ArgumentParser
import ContainerRuntime
import SystemPackage

/// `train env`: prints what the program would see, without running it.
struct EnvCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "env",
        abstract: "Prints the variables and arguments that the program would get.",
        discussion: """
            The values are true ones: nothing is masked. The shell format can be read by a POSIX shell; variables whose \
            names no shell takes are comments in it. Warnings go to stderr.
            """
    )

    /// How the values are printed.
    enum Format: String, ExpressibleByArgument, CaseIterable {
        case shell
        case json
    }

    @Option(help: "How the values are printed.")
    var format = Format.shell

    @Option(name: .customLong("base-dir"), help: "\(RuntimeSetting.baseDirectory.help)")
    var baseDirectory: String?

    func validate() throws {
        if let baseDirectory, let problem = RuntimeSetting.baseDirectory.problem(with: baseDirectory) {
            throw ValidationError(problem)
        }
    }

    func run() throws {
        let incoming = EnvironmentVariables.current()
        let options = baseDirectory.map { [RuntimeSetting.baseDirectory: $0] } ?? [:]
        let report: EnvironmentReport
        do {
            report = try EnvironmentReport(options: options, incoming: incoming)
        } catch {
            Self.write("train env: \(error)\n".utf8, to: .standardError)
            throw ExitCode(error.exitStatus.rawValue)
        }
        for warning in report.warnings { Self.write("train env: \(warning)\n".utf8, to: .standardError) }
        Self.write(format == .json ? report.json : report.shell, to: .standardOutput)
    }

    /// A reader that went away does not want the rest.
    private static func write(_ bytes: some Sequence<UInt8>, to descriptor: FileDescriptor) {
        _ = try? descriptor.writeAll(bytes)
    }
}
