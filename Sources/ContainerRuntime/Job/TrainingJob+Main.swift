import SystemPackage

#if canImport(Glibc)
import Glibc
#endif

extension TrainingJob {
    /// Runs a Swift program as a training job: all that `train` does around a script, done around a function.
    ///
    /// The process that is started first, PID 1 in a container, supervises and never calls the function: it starts the same
    /// executable once more, and there the function runs, with the job's variables and arguments. So a crash, a signal or a
    /// thrown error ends the job as a script's would, with a failure file and the right status. Where a runtime is around it
    /// already, as when `train` has it for an entry point, the function is called at once.
    ///
    /// ```swift
    /// @main struct Trainer {
    ///     static func main() {
    ///         TrainingJob.main { environment in
    ///             let epochs = environment.hyperparameters["epochs"]?.integer ?? 10
    ///             …
    ///         }
    ///     }
    /// }
    /// ```
    ///
    /// Without arguments, and with `train` or `run`, it runs the job, and with `run --dry-run` it prints the plan; settings
    /// come from variables such as `TRAIN_GRACE_PERIOD`. It never returns.
    ///
    /// - Parameters:
    ///   - configure: Changes the job before it begins: failure patterns, the plan, settings.
    ///   - function: The training process. What it throws is the cause in the failure file; a `TrainingError` says the class
    ///     and the status too.
    public static func main(
        configure: (inout TrainingJob) -> Void = { _ in },
        _ function: (TrainingEnvironment) throws -> Void
    ) -> Never {
        let inbox: SignalInbox
        do throws(Errno) {
            inbox = try SignalInbox.take()
        } catch {
            RuntimeLog.shared.write("error: signals cannot be blocked: \(error)")
            exit(ExitStatus.failure.rawValue)
        }
        let incoming = EnvironmentVariables.current()
        let words = Array(CommandLine.arguments.dropFirst())
        if FunctionLauncher.isBelowRuntime(incoming) {
            giveBack(inbox)
            exit(FunctionLauncher.call(function, variables: incoming).rawValue)
        }
        if let status = JobHelper.run(words, giveBack: { giveBack(inbox) }) { exit(status.rawValue) }
        guard [[], ["train"], ["run"], ["run", "--dry-run"]].contains(words) else {
            RuntimeLog.shared.write("error: usage: \(CommandLine.arguments.first ?? "program") [train]")
            exit(ExitStatus.usage.rawValue)
        }
        do throws(Failure) {
            let settings = try RuntimeSettings(environment: incoming)
            var job = TrainingJob(settings: settings, incoming: incoming)
            job.isFunction = true
            configure(&job)
            if words.contains("--dry-run") {
                _ = try? FileDescriptor.standardOutput.writeAll(try PlanReport(job).text.utf8)
                exit(ExitStatus.success.rawValue)
            }
            exit(job.run(under: try Supervisor(inbox: inbox)).rawValue)
        } catch {
            RuntimeLog.shared.write("error: \(error)")
            exit(error.exitStatus.rawValue)
        }
    }

    /// A process that supervises nothing ends at a signal as any program does.
    private static func giveBack(_ inbox: SignalInbox) {
        do throws(Errno) {
            try inbox.giveBack()
        } catch {
            RuntimeLog.shared.write("error: signals cannot be given back: \(error)")
            exit(ExitStatus.failure.rawValue)
        }
    }
}
