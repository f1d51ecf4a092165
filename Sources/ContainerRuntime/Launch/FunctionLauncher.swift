import SystemPackage

/// Starts this executable once more, for the function that is the job's program: the first process runs no code of the
/// user's.
enum FunctionLauncher {
    /// The variable that says to the new process what it is for: the file for how the function ended.
    static let variable: RawString = "TRAIN_FUNCTION_REPORT"

    /// Plans the call; the working directory is ours.
    static func plan(
        executable: FilePath,
        arguments: [RawString],
        environment: EnvironmentVariables,
        report: FilePath
    ) -> LaunchPlan {
        var environment = environment
        environment.set(variable, RawString(report))
        let name = CommandLine.unsafeArgv[0].map { RawString(cString: $0) } ?? "train"
        return LaunchPlan(
            step: Step(
                name: name.description,
                executable: executable,
                arguments: [name] + arguments,
                environment: environment.entries
            ),
            functionReport: report
        )
    }

    /// Whether this process is the program of a job, and not the one that runs the job: it has the job's facts.
    static func isBelowRuntime(_ variables: EnvironmentVariables) -> Bool {
        ["SM_TRAINING_ENV", "SM_TRAINING_ENV_FILE"].contains { variables[$0] != nil } || variables[variable] != nil
    }

    /// Calls the function in this process, and says how it ended in the file that the job has named, if one has.
    ///
    /// - Returns: 0, or the status of what it threw.
    static func call(
        _ function: (TrainingEnvironment) throws -> Void,
        variables: EnvironmentVariables
    ) -> ExitStatus {
        // What the function starts is no function's process.
        try? CurrentProcess.removeVariable(variable.description)
        do {
            try function(try TrainingEnvironment.current(variables))
            return .success
        } catch {
            let known = error as? any TrainingError
            let failure = error as? Failure
            let cause = failure?.description ?? "\(type(of: error)): \(error)".asOneLine
            let failureClass = known?.failureClass ?? failure?.failureClass ?? .executeUserScript
            RuntimeLog.shared.writeNow(Array("\(cause)\n".utf8))
            if let report = variables[variable] { FailureNote(failureClass, cause).write(to: FilePath(report)) }
            return known?.exitStatus ?? failure?.exitStatus ?? .failure
        }
    }
}

/// An error that says how the job is to end, where the function of a `TrainingJob` throws it.
public protocol TrainingError: Error {
    /// The first word of the failure file; a name such as `MyFrameworkError`.
    var failureClass: FailureClass { get }
    /// The status of the job, not 0; 1 unless the error says otherwise.
    var exitStatus: ExitStatus { get }
}

extension TrainingError {
    /// The status of the runtime's own failures, 1.
    public var exitStatus: ExitStatus { .failure }
}
