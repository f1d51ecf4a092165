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
        let options = baseDirectory.map { [RuntimeSetting.baseDirectory: $0] } ?? [:]
        let report: EnvironmentReport
        do {
            report = try EnvironmentReport(options: options, incoming: .current())
        } catch {
            Self.tell("\(error)")
            throw ExitCode(error.exitStatus.rawValue)
        }
        for warning in report.warnings { Self.tell("\(warning)") }
        try StandardOutput.write(format == .json ? report.json : report.shell)
    }

    /// To stderr, where nobody can be told that it fails.
    private static func tell(_ text: String) {
        try? FileDescriptor.standardError.writeAll(Array("train env: \(text)\n".utf8))
    }
}
