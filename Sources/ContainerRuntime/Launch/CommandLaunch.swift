import SystemPackage

/// Runs one command with all the promises of a job's program, and nothing else of a job: `train exec -- COMMAND`.
///
/// - Its descriptors 0, 1 and 2 are ours, untouched.
/// - The exit status is its own; 127 where it is not found, 126 where it cannot be executed, as a shell has it.
public enum CommandLaunch {
    /// Runs the command to its end.
    ///
    /// - Parameters:
    ///   - words: The command and its arguments, at least one.
    ///   - environment: All variables, as NAME=VALUE.
    ///   - supervisor: What supervises it.
    ///   - policy: Its limits and its grace period.
    /// - Returns: The status to end with.
    public static func run(
        _ words: [RawString],
        environment: [RawString],
        supervisor: Supervisor,
        policy: SupervisionPolicy
    ) -> ExitStatus {
        guard let name = words.first else { return .usage }
        let path = environment.lazy.compactMap { $0.value(of: "PATH") }.first
        var step: Step
        switch ExecutableSearch.find(name, path: path) {
        case .found(let file):
            step = Step(name: "\(name)", executable: file, arguments: words, environment: environment)
        case .unusable(_, let error):
            return Failure(.commandNotExecutable, "\(name)", error).tell()
        case .missing:
            return Failure(.commandNotFound, "\(name)").tell()
        }
        do throws(Failure) {
            let output: OutputPolicy = policy.idleLimit == nil ? .inherit : .readBoth
            var report = try supervisor.run(step, policy: policy, output: output)
            if report.ending == .notStarted(.execFormatError) {
                // Text without a #! line: execvp(3) has /bin/sh run it, and so do shells.
                step.arguments = ["/bin/sh", RawString(step.executable)] + words.dropFirst()
                step.executable = "/bin/sh"
                report = try supervisor.run(step, policy: policy, output: output)
            }
            return status(of: report, step)
        } catch {
            return error.tell()
        }
    }

    private static func status(of report: StepReport, _ step: Step) -> ExitStatus {
        guard case .notStarted(let error) = report.ending else {
            return EndingTable.status(of: report)
        }
        return ProgramDiagnosis.failure(of: step, error).tell()
    }
}

extension RawString {
    /// The value, where this is NAME=VALUE of that name.
    public func value(of name: String) -> RawString? {
        let start = Array(name.utf8) + [UInt8(ascii: "=")]
        guard bytes.starts(with: start) else { return nil }
        return RawString(unchecked: Array(bytes.dropFirst(start.count)))
    }
}
