import ArgumentParser
import ContainerRuntime

#if canImport(Glibc)
import Glibc
#endif

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
            Self.write("train env: \(error)\n", to: 2)
            throw ExitCode(error.exitStatus.rawValue)
        }
        for warning in report.warnings { Self.write("train env: \(warning)\n", to: 2) }
        Self.write(format == .json ? report.json : report.shell, to: 1)
    }

    private static func write(_ text: String, to descriptor: Int32) {
        write(Array(text.utf8), to: descriptor)
    }

    private static func write(_ bytes: [UInt8], to descriptor: Int32) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            // A reader that went away does not want the rest.
            guard count > 0 || errno == EINTR else { return }
            rest = rest.dropFirst(max(0, count))
        }
    }
}
